"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('automations', '0001_tables'), ('automations', '0002_cleared_runs'), ('automations', '0003_tested_automations')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('deals', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Automation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120)),
                        ('kind', models.CharField(max_length=16)),
                        ('recipe', models.JSONField(default=dict)),
                        ('most_per_hour', models.PositiveIntegerField(default=100)),
                        ('past', models.BooleanField(default=False)),
                        ('since', models.DateTimeField()),
                        ('created_at', models.DateTimeField()),
                        ('paused_at', models.DateTimeField(blank=True, null=True)),
                        ('paused_why', models.CharField(blank=True, max_length=8)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('turn', models.PositiveIntegerField(default=0)),
                        ('secret', models.CharField(blank=True, max_length=64)),
                        ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('cleared', models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict)),
                        ('is_tested', models.BooleanField(db_default=False, default=False)),
                        ('is_tried', models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='automations_automation_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Cursor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('last', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='automations_cursor_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Level',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('automation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='automations.automation')),
                        ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('automation', 'deal'), name='automations_level_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Run',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=80)),
                        ('at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('done', 'Ran'), ('not_met', 'Conditions not met'), ('refused', 'Refused'), ('failed', 'Failed')], max_length=8)),
                        ('because', models.JSONField(default=dict)),
                        ('told', models.JSONField(default=dict)),
                        ('depth', models.PositiveSmallIntegerField(default=0)),
                        ('entry', models.BigIntegerField(blank=True, null=True)),
                        ('of_day', models.DateField(blank=True, null=True)),
                        ('of_moment', models.DateTimeField(blank=True, null=True)),
                        ('automation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='automations.automation')),
                        ('deal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['automation', '-at'], name='automations_run_newest'), models.Index(fields=['deal', '-at'], name='automations_run_of_deal'), models.Index(fields=['at'], name='automations_run_oldest')],
                        'constraints': [models.UniqueConstraint(fields=('automation', 'deal', 'key'), name='automations_run_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Later',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.PositiveSmallIntegerField()),
                        ('action', models.JSONField(default=dict)),
                        ('due_at', models.DateTimeField()),
                        ('over_at', models.DateTimeField(blank=True, null=True)),
                        ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='automations.run')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('over_at', None)), fields=['due_at'], name='automations_later_waiting')],
                        'constraints': [models.UniqueConstraint(fields=('run', 'place'), name='automations_later_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('place', models.PositiveSmallIntegerField()),
                        ('number', models.UUIDField(unique=True)),
                        ('url', models.CharField(max_length=500)),
                        ('body', models.TextField(blank=True)),
                        ('written_at', models.DateTimeField()),
                        ('held_until', models.DateTimeField()),
                        ('tries', models.PositiveIntegerField(default=0)),
                        ('status', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('problem', models.CharField(blank=True, max_length=16)),
                        ('sent_at', models.DateTimeField(blank=True, null=True)),
                        ('dropped_at', models.DateTimeField(blank=True, null=True)),
                        ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='automations.run')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('dropped_at', None), ('sent_at', None)), fields=['held_until'], name='automations_delivery_waiting')],
                        'constraints': [models.UniqueConstraint(fields=('run', 'place'), name='automations_delivery_once')],
                    },
                ),
            ],
        ),
    ]
