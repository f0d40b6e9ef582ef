"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('audits', '0001_tables'), ('audits', '0002_append_only')]

    initial = True

    dependencies = [
        ('activities', '0001_tables_at_once'),
        ('company', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Audit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('schedule_key', models.BigIntegerField(blank=True, null=True)),
                        ('occasion', models.CharField(blank=True, max_length=10)),
                        ('facts', models.JSONField(default=dict)),
                        ('before', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.audit')),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('eyes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['-at', '-pk'],
                        'indexes': [models.Index(fields=['pipeline', '-at'], name='audits_audit_newest')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('occasion', ''), _negated=True), fields=('schedule_key', 'occasion'), name='audits_audit_once_an_occasion')],
                    },
                ),
                migrations.CreateModel(
                    name='Finding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=24)),
                        ('key', models.CharField(blank=True, max_length=24)),
                        ('severity', models.PositiveSmallIntegerField()),
                        ('count', models.PositiveIntegerField()),
                        ('out_of', models.PositiveIntegerField(default=0)),
                        ('amounts', models.JSONField(default=dict)),
                        ('facts', models.JSONField(default=dict)),
                        ('kind', models.CharField(blank=True, max_length=8)),
                        ('named', models.BinaryField(default=bytes)),
                        ('became', models.CharField(choices=[('first', 'first audit'), ('new', 'new'), ('worse', 'grown'), ('same', 'unchanged'), ('smaller', 'shrunk')], max_length=8)),
                        ('audit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.audit')),
                        ('before', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.finding')),
                    ],
                    options={
                        'ordering': ['-severity', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('audit', 'code', 'key'), name='audits_finding_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Chore',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('activity', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                        ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audits.finding')),
                    ],
                ),
                migrations.CreateModel(
                    name='Schedule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rhythm', models.CharField(choices=[('weekly', 'Each week'), ('monthly', 'Each month, on the first working day')], default='weekly', max_length=8)),
                        ('weekday', models.PositiveSmallIntegerField(default=0)),
                        ('hour', models.TimeField()),
                        ('since', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.UniqueConstraint(fields=('pipeline', 'by'), name='audits_schedule_one_each'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='audits_schedule_weekday')],
                    },
                ),
                migrations.CreateModel(
                    name='Reader',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='audits.schedule')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('schedule', 'member'), name='audits_reader_once')],
                    },
                ),
            ],
        ),
        append_only('audits_audit'),
        append_only('audits_finding'),
    ]
