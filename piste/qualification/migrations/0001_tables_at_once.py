"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

import django.db.models.deletion
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piste.journal.tables import Tables


def learn(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Tells PostgreSQL that almost every clock was either met or dropped. Each by itself is rare, so that it took the few that
    run for thousands, and read all deals to find theirs."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS qualification_clock_ends (mcv) ON met_at, dropped_at FROM qualification_contactclock"
        )
        schema_editor.execute("ANALYZE qualification_contactclock")


def forget(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS qualification_clock_ends")


class Migration(migrations.Migration):

    replaces = [('qualification', '0001_contact_clock'), ('qualification', '0002_ends_together')]

    initial = True

    dependencies = [
        ('activities', '0001_tables_at_once'),
        ('company', '0001_tables_at_once'),
        ('deals', '0001_tables_at_once'),
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='ClockRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('prospecting', 'Prospecting'), ('qualification', 'Qualification'), ('meeting', 'Meeting'), ('proposal', 'Proposal'), ('closing', 'Closing'), ('retention', 'Retention')], default='qualification', max_length=16)),
                        ('working_days', models.PositiveSmallIntegerField(default=1)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='qualification_clockrule_one')],
                    },
                ),
                migrations.CreateModel(
                    name='ContactClock',
                    fields=[
                        ('deal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='deals.deal')),
                        ('started_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('met_at', models.DateTimeField(blank=True, null=True)),
                        ('dropped_at', models.DateTimeField(blank=True, null=True)),
                        ('met_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='activities.activity')),
                        ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('dropped_at', None), ('met_at', None)), fields=['due_at'], name='qualification_clock_running'), models.Index(fields=['owner', '-started_at'], name='qualification_clock_owner')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('met_at', None), ('dropped_at', None), _connector='OR'), name='qualification_clock_one_end')],
                    },
                ),
            ],
        ),
        migrations.RunPython(learn, forget),
    ]
