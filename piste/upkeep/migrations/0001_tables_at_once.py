"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from piste.journal.tables import Tables
from piste.journal.append_only import append_only


class Migration(migrations.Migration):

    replaces = [('upkeep', '0001_retests'), ('upkeep', '0002_append_only')]

    initial = True

    dependencies = [
        ('company', '0001_tables_at_once'),
        ('journal', '0001_tables_at_once'),
        ('pipelines', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Retest',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on', models.DateField()),
                        ('at', models.DateTimeField()),
                        ('figures', models.JSONField()),
                        ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='pipelines.processversion')),
                    ],
                    options={
                        'ordering': ['-on', '-pk'],
                        'constraints': [models.UniqueConstraint(fields=('version', 'on'), name='upkeep_retest_once_a_day')],
                    },
                ),
                migrations.CreateModel(
                    name='Verdict',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('choice', models.CharField(choices=[('keep', 'Keep the change'), ('roll_back', 'Take the change back'), ('test', 'Test it properly'), ('again', 'Look again later')], max_length=10)),
                        ('why', models.TextField()),
                        ('again_on', models.DateField(blank=True, null=True)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('retest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='upkeep.retest')),
                    ],
                    options={
                        'ordering': ['-pk'],
                        'indexes': [models.Index(condition=models.Q(('again_on__isnull', False)), fields=['again_on'], name='upkeep_verdict_day')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='upkeep_verdict_why'), models.CheckConstraint(condition=models.Q(models.Q(('again_on__isnull', False), ('choice', 'again')), models.Q(models.Q(('choice', 'again'), _negated=True), ('again_on', None)), _connector='OR'), name='upkeep_verdict_again')],
                    },
                ),
            ],
        ),
        append_only('upkeep_retest'),
        append_only('upkeep_verdict'),
    ]
