"""A version says what is expected of it: a measure, a change, a day to look again, and what it rests on."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piste.journal.append_only import append_only, protect, unprotect

TABLE = "pipelines_processversion"


def lift(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    unprotect(schema_editor, TABLE)


def lay(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    protect(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [("pipelines", "0002_append_only")]

    operations = [
        # SQLite makes the table anew and loses its triggers with the old one: they are laid on the new one.
        migrations.RunPython(lift, lay),
        migrations.AddField("processversion", "expects_measure", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("processversion", "expects_change", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField("processversion", "retest_on", models.DateField(blank=True, null=True)),
        migrations.AddField("processversion", "evidence", models.JSONField(blank=True, default=dict)),
        migrations.AddIndex(
            "processversion",
            models.Index(
                fields=["retest_on"], condition=models.Q(retest_on__isnull=False), name="pipelines_version_retest"
            ),
        ),
        append_only(TABLE),
    ]
