"""Moves of a person are found by one index: that of all that counting progress asks begins with who moved."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEX = "deals_move_by_id_08da6ede"


class Migration(migrations.Migration):
    dependencies = [("deals", "0012_by_title")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # By name: SQLite would copy the whole table to alter the column.
            [
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{INDEX}"', f'CREATE INDEX "{INDEX}" ON "deals_move" ("by_id")'
                )
            ],
            [
                migrations.AlterField(
                    "move",
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        )
    ]
