"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('experiments', '0001_tables'), ('experiments', '0002_append_only'), ('experiments', '0003_what_varies'), ('experiments', '0004_changes'), ('experiments', '0005_copied_changes'), ('experiments', '0006_without_one_subject')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('deals', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
        ('playbooks', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Idea',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=120)),
                        ('if_text', models.CharField(max_length=400)),
                        ('then_text', models.CharField(max_length=400)),
                        ('because_text', models.CharField(max_length=400)),
                        ('effort', models.CharField(choices=[('small', 'A few hours'), ('medium', 'A few days'), ('large', 'A few weeks')], default='medium', max_length=8)),
                        ('gain_minor', models.BigIntegerField(blank=True, null=True)),
                        ('currency', models.CharField(blank=True, max_length=3)),
                        ('gain_on', models.DateField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('dropped_at', models.DateTimeField(blank=True, null=True)),
                        ('dropped_why', models.CharField(blank=True, max_length=400)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('stage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                    ],
                    options={
                        'ordering': ['-created_at', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='experiments_idea_title')],
                    },
                ),
                migrations.CreateModel(
                    name='SplitTest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('title', models.CharField(max_length=120)),
                        ('unit', models.CharField(choices=[('deal', 'each deal'), ('company', 'each company, with all its deals'), ('rep', 'each rep, with all their deals')], default='deal', max_length=8)),
                        ('among', models.JSONField(blank=True, default=dict)),
                        ('measure', models.CharField(choices=[('reaches', 'reaches a stage'), ('wins', 'is won'), ('amount', 'amount won'), ('days', 'days in the stage')], default='reaches', max_length=8)),
                        ('within_days', models.PositiveSmallIntegerField(default=30)),
                        ('currency', models.CharField(blank=True, max_length=3)),
                        ('smallest', models.DecimalField(decimal_places=3, max_digits=14)),
                        ('bar', models.DecimalField(decimal_places=3, default=0, max_digits=14)),
                        ('guards', models.JSONField(blank=True, default=list)),
                        ('planned_count', models.PositiveIntegerField()),
                        ('expected', models.JSONField(blank=True, default=dict)),
                        ('is_factorial', models.BooleanField(default=False)),
                        ('salt', models.CharField(max_length=32)),
                        ('arms', models.JSONField(blank=True, default=list)),
                        ('designed_at', models.DateTimeField()),
                        ('dropped_at', models.DateTimeField(blank=True, null=True)),
                        ('started_at', models.DateTimeField(blank=True, null=True)),
                        ('paused_at', models.DateTimeField(blank=True, null=True)),
                        ('stopped_at', models.DateTimeField(blank=True, null=True)),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('decision', models.CharField(blank=True, choices=[('adopt', 'Adopt'), ('reject', 'Reject'), ('none', 'No effect seen')], max_length=8)),
                        ('words', models.TextField(blank=True)),
                        ('verdict', models.JSONField(blank=True, default=dict)),
                        ('rolled_out_at', models.DateTimeField(blank=True, null=True)),
                        ('retest_on', models.DateField(blank=True, null=True)),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('designed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('goal', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('idea', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='experiments.idea')),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('stopped_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.processversion')),
                        ('winner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='experiments.variant')),
                    ],
                    options={
                        'ordering': ['-number'],
                        'indexes': [models.Index(condition=models.Q(('decided_at', None), ('started_at__isnull', False)), fields=['stage'], name='experiments_test_in_force')],
                        'constraints': [models.UniqueConstraint(fields=('pipeline', 'number'), name='experiments_test_number'), models.CheckConstraint(condition=models.Q(('stopped_at', None), ('started_at__isnull', False), _connector='OR'), name='experiments_test_stopped'), models.CheckConstraint(condition=models.Q(('decided_at', None), ('stopped_at__isnull', False), _connector='OR'), name='experiments_test_decided'), models.CheckConstraint(condition=models.Q(('planned_count__gt', 0)), name='experiments_test_planned')],
                    },
                ),
                migrations.CreateModel(
                    name='Variant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveSmallIntegerField()),
                        ('name', models.CharField(max_length=80)),
                        ('share', models.PositiveSmallIntegerField()),
                        ('guide', models.JSONField(blank=True, null=True)),
                        ('needs', models.JSONField(blank=True, null=True)),
                        ('clock_days', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('test', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variants', to='experiments.splittest')),
                    ],
                    options={
                        'ordering': ['position'],
                        'constraints': [models.UniqueConstraint(fields=('test', 'position'), name='experiments_variant_position'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lt', 100)), name='experiments_variant_share')],
                    },
                ),
                migrations.CreateModel(
                    name='Assignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('unit', models.CharField(max_length=28)),
                        ('amount_minor', models.BigIntegerField(blank=True, null=True)),
                        ('at', models.DateTimeField()),
                        ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                        ('test', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='experiments.splittest')),
                        ('variant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='experiments.variant')),
                    ],
                    options={
                        'ordering': ['at', 'pk'],
                        'constraints': [models.UniqueConstraint(fields=('test', 'deal'), name='experiments_assignment_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Vote',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='experiments.idea')),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('idea', 'member'), name='experiments_vote_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Change',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('automation', models.BigIntegerField(blank=True, db_index=True, null=True)),
                        ('said', models.JSONField()),
                        ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='playbooks.template')),
                        ('variant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='experiments.variant')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('automation__isnull', False), ('template', None)), models.Q(('automation', None), ('template__isnull', False)), _connector='OR'), name='experiments_change_of_one'), models.UniqueConstraint(fields=('variant', 'template'), name='experiments_change_template'), models.UniqueConstraint(fields=('variant', 'automation'), name='experiments_change_automation')],
                    },
                ),
            ],
        ),
        append_only('experiments_assignment'),
    ]
