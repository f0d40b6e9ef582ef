"""Entries of a person are found by one index: that of when they were made begins with who made them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

INDEX = "journal_entry_actor_id_50c64a09"


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_entries_of_a_pipeline")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # By name: SQLite would copy the whole table to alter the column.
            [
                migrations.RunSQL(
                    f'DROP INDEX IF EXISTS "{INDEX}"', f'CREATE INDEX "{INDEX}" ON "journal_entry" ("actor_id")'
                )
            ],
            [
                migrations.AlterField(
                    "entry",
                    "actor",
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
