"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('forecasting', '0001_tables'), ('forecasting', '0002_append_only'), ('forecasting', '0003_snapshots'), ('forecasting', '0004_snapshots_append_only'), ('forecasting', '0005_chances_apart')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('deals', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='DealCall',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('category', models.CharField(choices=[('commit', 'Commit'), ('best', 'Best case'), ('pipeline', 'Pipeline'), ('omitted', 'Left out')], max_length=8)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('deal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deals.deal')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['deal', 'id'], name='forecasting_dealcall_by_deal')],
                    },
                ),
                migrations.CreateModel(
                    name='RepCall',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('span', models.PositiveSmallIntegerField()),
                        ('first', models.DateField()),
                        ('amount_minor', models.BigIntegerField()),
                        ('currency', models.CharField(max_length=3)),
                        ('note', models.CharField(blank=True, max_length=300)),
                        ('at', models.DateTimeField()),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['pipeline', 'member', 'first'], name='forecasting_repcall_by_period')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('span__in', [1, 3, 12])), name='forecasting_repcall_span'), models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0)), name='forecasting_repcall_amount')],
                    },
                ),
                migrations.CreateModel(
                    name='Target',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('whose', models.CharField(choices=[('company', 'Company'), ('team', 'Team'), ('rep', 'Rep'), ('product', 'Product')], max_length=8)),
                        ('subject_id', models.BigIntegerField(default=0)),
                        ('span', models.PositiveSmallIntegerField()),
                        ('first', models.DateField()),
                        ('measure', models.CharField(choices=[('amount', 'Value'), ('wins', 'Number of wins')], max_length=6)),
                        ('value', models.BigIntegerField(null=True)),
                        ('currency', models.CharField(blank=True, max_length=3)),
                        ('why', models.CharField(blank=True, max_length=300)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['pipeline', 'first'], name='forecasting_target_by_period')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('span__in', [1, 3, 12])), name='forecasting_target_span'), models.CheckConstraint(condition=models.Q(('value', None), ('value__gte', 0), _connector='OR'), name='forecasting_target_value'), models.CheckConstraint(condition=models.Q(models.Q(('subject_id', 0), ('whose', 'company')), models.Q(models.Q(('whose', 'company'), _negated=True), ('subject_id__gt', 0)), _connector='OR'), name='forecasting_target_subject')],
                    },
                ),
                migrations.CreateModel(
                    name='Chance',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('until', models.DateField()),
                        ('ever', models.FloatField()),
                        ('within', models.FloatField()),
                        ('table', models.FloatField()),
                        ('low', models.FloatField()),
                        ('high', models.FloatField()),
                        ('like', models.PositiveIntegerField()),
                        ('reasons', models.JSONField(default=list)),
                        ('deal', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='deals.deal')),
                    ],
                ),
                migrations.CreateModel(
                    name='Computing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('asked_at', models.DateTimeField()),
                        ('started_at', models.DateTimeField(blank=True, null=True)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('progress', models.FloatField(default=0.0)),
                        ('failed', models.BooleanField(default=False)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('pipeline',), name='forecasting_computing_one_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Snapshot',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('span', models.PositiveSmallIntegerField()),
                        ('first', models.DateField()),
                        ('day', models.DateField()),
                        ('at', models.DateTimeField()),
                        ('currency', models.CharField(max_length=3)),
                        ('said', models.JSONField(default=dict)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.pipeline')),
                        ('chances', models.JSONField(null=True)),
                    ],
                    options={
                        'ordering': ['pk'],
                        'indexes': [models.Index(fields=['pipeline', 'span', 'first', 'at'], name='forecasting_snapshot_by_period')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('span__in', [1, 3, 12])), name='forecasting_snapshot_span')],
                    },
                ),
            ],
        ),
        append_only('forecasting_target'),
        append_only('forecasting_repcall'),
        append_only('forecasting_dealcall'),
        append_only('forecasting_snapshot'),
    ]
