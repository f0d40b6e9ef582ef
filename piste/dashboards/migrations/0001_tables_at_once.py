"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('dashboards', '0001_tables'), ('dashboards', '0002_letters')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Dashboard',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=60)),
                        ('is_shared', models.BooleanField(default=False)),
                        ('asked', models.CharField(blank=True, max_length=4000)),
                        ('figures', models.JSONField(blank=True, default=list)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pipelines.pipeline')),
                    ],
                    options={
                        'ordering': ['name', 'pk'],
                        'constraints': [models.UniqueConstraint(models.F('owner'), models.F('pipeline'), django.db.models.functions.text.Lower('name'), name='dashboards_dashboard_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Schedule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rhythm', models.CharField(choices=[('daily', 'Each working day'), ('weekly', 'Each week'), ('monthly', 'Each month, on the first working day')], default='weekly', max_length=8)),
                        ('weekday', models.PositiveSmallIntegerField(default=0)),
                        ('hour', models.TimeField()),
                        ('language', models.CharField(blank=True, max_length=5)),
                        ('since', models.DateTimeField()),
                        ('paused_at', models.DateTimeField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('changed_at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('dashboard', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dashboards.dashboard')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='dashboards_schedule_weekday')],
                    },
                ),
                migrations.CreateModel(
                    name='Reader',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('address', models.EmailField(blank=True, max_length=254)),
                        ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dashboards.schedule')),
                    ],
                    options={
                        'ordering': ['pk'],
                        'constraints': [models.UniqueConstraint(fields=('schedule', 'member'), name='dashboards_reader_once'), models.UniqueConstraint(models.F('schedule'), django.db.models.functions.text.Lower('address'), condition=models.Q(('address', ''), _negated=True), name='dashboards_reader_address_once'), models.CheckConstraint(condition=models.Q(models.Q(('member', None), models.Q(('address', ''), _negated=True)), models.Q(('address', ''), ('member__isnull', False)), _connector='OR'), name='dashboards_reader_one')],
                    },
                ),
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('occasion', models.CharField(max_length=40)),
                        ('due_at', models.DateTimeField()),
                        ('held_until', models.DateTimeField()),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('over_at', models.DateTimeField(blank=True, null=True)),
                        ('why_not', models.CharField(blank=True, max_length=200)),
                        ('reader', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dashboards.reader')),
                        ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='dashboards.schedule')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('over_at', None)), fields=['held_until'], name='dashboards_delivery_waiting')],
                        'constraints': [models.UniqueConstraint(fields=('reader', 'occasion'), name='dashboards_delivery_once')],
                    },
                ),
            ],
        ),
    ]
