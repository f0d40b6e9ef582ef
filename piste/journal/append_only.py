"""Making a table append only in the database itself, on SQLite and PostgreSQL, for migrations to call.

Updates and deletes are refused unless the same transaction holds a row of `journal_removalpermit`.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = (
    "journal_entry",
    "deals_move",
    "pipelines_processversion",
    "forecasting_target",
    "forecasting_repcall",
    "forecasting_dealcall",
    "forecasting_snapshot",
    "audits_audit",
    "audits_finding",
    "training_lessonversion",
    "training_lessonreceipt",
    "training_processreceipt",
    "experiments_assignment",
    "upkeep_retest",
    "upkeep_verdict",
)

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
WHEN NOT EXISTS (SELECT 1 FROM journal_removalpermit)
BEGIN SELECT RAISE(ABORT, '{table} is append only'); END
"""

POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM journal_removalpermit) THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME;
END
$$ LANGUAGE plpgsql
"""

POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION journal_refuse()
"""

POSTGRES_WHOLE = """
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()
"""


def protect(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Lays the triggers on a table."""
    if table not in TABLES:
        raise ValueError(table)
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(SQLITE.format(table=table, verb=verb))
    else:
        # Without parameters, so that the per cent sign of the message stays one.
        schema_editor.execute(POSTGRES_FUNCTION, None)
        schema_editor.execute(POSTGRES.format(table=table))
        schema_editor.execute(POSTGRES_WHOLE.format(table=table))


def unprotect(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Takes them away again."""
    if table not in TABLES:
        raise ValueError(table)
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    else:
        for name in ("append_only", "never_emptied"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")


def append_only(table: str) -> migrations.RunPython:
    """The migration step that makes `table` append only."""

    def forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        protect(schema_editor, table)

    def backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
        unprotect(schema_editor, table)

    return migrations.RunPython(forwards, backwards)
