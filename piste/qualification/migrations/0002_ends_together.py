from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


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
    dependencies = [("qualification", "0001_contact_clock")]

    operations = [migrations.RunPython(learn, forget)]
