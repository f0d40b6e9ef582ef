"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('journal', '0001_tables'), ('journal', '0002_append_only'), ('journal', '0003_entries_of_a_pipeline')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='RemovalPermit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.CharField(max_length=200)),
                    ],
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('verb', models.CharField(max_length=48)),
                        ('subject_kind', models.CharField(max_length=16)),
                        ('subject_id', models.BigIntegerField()),
                        ('number', models.PositiveIntegerField()),
                        ('pipeline_id', models.BigIntegerField(blank=True, null=True)),
                        ('cause', models.CharField(default='page', max_length=16)),
                        ('data', models.JSONField(default=dict)),
                        ('digest', models.BinaryField(max_length=32)),
                        ('previous_hash', models.BinaryField(max_length=32)),
                        ('hash', models.BinaryField(max_length=32)),
                        ('erased_at', models.DateTimeField(blank=True, null=True)),
                        ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['actor', '-at'], name='journal_entry_actor'), models.Index(fields=['pipeline_id', '-at'], name='journal_entry_pipeline')],
                        'constraints': [models.UniqueConstraint(fields=('subject_kind', 'subject_id', 'number'), name='journal_entry_number')],
                    },
                ),
            ],
        ),
        append_only('journal_entry'),
    ]
