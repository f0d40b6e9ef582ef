"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('exchange', '0001_runs'), ('exchange', '0002_pending'), ('exchange', '0003_members'), ('exchange', '0004_backups')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='ImportRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('deals', 'Deals'), ('moves', 'Stage history'), ('companies', 'Companies'), ('contacts', 'Contacts'), ('products', 'Products'), ('members', 'Members')], max_length=10)),
                        ('file_name', models.CharField(max_length=240)),
                        ('mapping', models.JSONField(default=dict)),
                        ('report', models.JSONField(default=dict)),
                        ('at', models.DateTimeField()),
                        ('undone_at', models.DateTimeField(blank=True, null=True)),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='SavedMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80, unique=True)),
                        ('kind', models.CharField(choices=[('deals', 'Deals'), ('moves', 'Stage history'), ('companies', 'Companies'), ('contacts', 'Contacts'), ('products', 'Products'), ('members', 'Members')], max_length=10)),
                        ('mapping', models.JSONField(default=dict)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
                migrations.CreateModel(
                    name='ImportedRow',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('line', models.PositiveIntegerField()),
                        ('outcome', models.CharField(max_length=8)),
                        ('object_kind', models.CharField(max_length=10)),
                        ('object_id', models.BigIntegerField()),
                        ('before', models.JSONField(default=dict)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='exchange.importrun')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['object_kind', 'object_id'], name='exchange_row_object')],
                    },
                ),
                migrations.CreateModel(
                    name='PendingImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('deals', 'Deals'), ('moves', 'Stage history'), ('companies', 'Companies'), ('contacts', 'Contacts'), ('products', 'Products'), ('members', 'Members')], max_length=10)),
                        ('file_name', models.CharField(max_length=240)),
                        ('token', models.CharField(max_length=64, unique=True)),
                        ('mapping', models.JSONField(default=dict)),
                        ('report', models.JSONField(default=dict)),
                        ('state', models.CharField(default='mapping', max_length=8)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exchange.importrun')),
                    ],
                ),
                migrations.CreateModel(
                    name='Backup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.TextField()),
                        ('size', models.PositiveBigIntegerField()),
                        ('file_count', models.PositiveIntegerField()),
                        ('at', models.DateTimeField()),
                    ],
                ),
            ],
        ),
    ]
