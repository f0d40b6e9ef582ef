"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables


class Migration(migrations.Migration):

    replaces = [('playbooks', '0001_tables'), ('playbooks', '0002_arms')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Playbook',
                    fields=[
                        ('stage', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='pipelines.stage')),
                        ('script', models.TextField(blank=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='ExitCriterion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.CharField(max_length=200)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('arm', models.BigIntegerField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='Template',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(default='email', max_length=8)),
                        ('name', models.CharField(max_length=120)),
                        ('subject', models.CharField(blank=True, max_length=200)),
                        ('body', models.TextField()),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('arm', models.BigIntegerField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                    },
                ),
                migrations.CreateModel(
                    name='StandardActivity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(default='task', max_length=8)),
                        ('title', models.CharField(max_length=200)),
                        ('detail', models.TextField(blank=True)),
                        ('offset_days', models.PositiveSmallIntegerField(default=0)),
                        ('assigns', models.CharField(choices=[('owner', 'The owner of the deal'), ('mover', 'Whoever moves the deal here'), ('member', 'Always the same person')], default='owner', max_length=8)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('after', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='playbooks.standardactivity')),
                        ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.stage')),
                        ('arm', models.BigIntegerField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ['position', 'pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='playbooks_activity_title'), models.CheckConstraint(condition=models.Q(models.Q(('assigns', 'member'), ('member__isnull', False)), models.Q(models.Q(('assigns', 'member'), _negated=True), ('member', None)), _connector='OR'), name='playbooks_activity_member')],
                    },
                ),
            ],
        ),
    ]
