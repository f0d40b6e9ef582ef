"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('pipelines', '0001_tables'), ('pipelines', '0002_append_only'), ('pipelines', '0003_promises'), ('pipelines', '0004_drafts'), ('pipelines', '0005_tested_stages')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Pipeline',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.processversion')),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                        'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('retired_at', None)), name='pipelines_pipeline_name')],
                    },
                ),
                migrations.CreateModel(
                    name='ProcessVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('at', models.DateTimeField()),
                        ('why', models.TextField()),
                        ('changes', models.JSONField(default=list)),
                        ('definition', models.JSONField(default=dict)),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('expects_measure', models.CharField(blank=True, default='', max_length=40)),
                        ('expects_change', models.CharField(blank=True, default='', max_length=80)),
                        ('retest_on', models.DateField(blank=True, null=True)),
                        ('evidence', models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        'ordering': ['-number'],
                        'indexes': [models.Index(condition=models.Q(('retest_on__isnull', False)), fields=['retest_on'], name='pipelines_version_retest')],
                        'constraints': [models.UniqueConstraint(fields=('pipeline', 'number'), name='pipelines_version_number'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='pipelines_version_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Stage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=80)),
                        ('role', models.CharField(choices=[('prospecting', 'Prospecting'), ('qualification', 'Qualification'), ('meeting', 'Meeting'), ('proposal', 'Proposal'), ('closing', 'Closing'), ('retention', 'Retention')], max_length=16)),
                        ('position', models.PositiveIntegerField()),
                        ('probability', models.PositiveSmallIntegerField(default=0)),
                        ('norm_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stages', to='pipelines.pipeline')),
                        ('is_tested', models.BooleanField(db_default=False, default=False)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                        'indexes': [models.Index(fields=['pipeline', 'position'], name='pipelines_stage_position')],
                        'constraints': [models.UniqueConstraint(models.F('pipeline'), django.db.models.functions.text.Lower('name'), condition=models.Q(('retired_at', None)), name='pipelines_stage_name'), models.CheckConstraint(condition=models.Q(('probability__lte', 100)), name='pipelines_stage_probability')],
                    },
                ),
                migrations.CreateModel(
                    name='Requirement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('fact', models.CharField(max_length=80)),
                        ('to_enter', models.BooleanField(default=False)),
                        ('to_leave', models.BooleanField(default=True)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirements', to='pipelines.stage')),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('stage', 'fact'), name='pipelines_requirement_fact')],
                    },
                ),
                migrations.CreateModel(
                    name='Draft',
                    fields=[
                        ('pipeline', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='pipelines.pipeline')),
                        ('base_number', models.PositiveIntegerField()),
                        ('definition', models.JSONField()),
                        ('started_at', models.DateTimeField()),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                ),
            ],
        ),
        append_only('pipelines_processversion'),
    ]
