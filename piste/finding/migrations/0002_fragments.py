"""An index of three-letter pieces, so that any fragment of a word is found at once."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    "CREATE VIRTUAL TABLE finding_match USING fts5(words, content='finding_document', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER finding_match_insert AFTER INSERT ON finding_document BEGIN "
    "INSERT INTO finding_match(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER finding_match_delete AFTER DELETE ON finding_document BEGIN "
    "INSERT INTO finding_match(finding_match, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER finding_match_update AFTER UPDATE OF words ON finding_document BEGIN "
    "INSERT INTO finding_match(finding_match, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO finding_match(rowid, words) VALUES (new.id, new.words); END",
    "INSERT INTO finding_match(finding_match) VALUES ('rebuild')",
)
POSTGRES = ("CREATE INDEX finding_document_fragments ON finding_document USING gin (words gin_trgm_ops)",)
NOT_PERMITTED = (
    "Piste searches with pg_trgm, an extension that comes with PostgreSQL, and this database does not let it be created. "
    "Ask whoever runs the database to execute once, inside it: CREATE EXTENSION pg_trgm; then start again."
)


def forwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError as problem:
            raise ImproperlyConfigured(NOT_PERMITTED) from problem
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        schema_editor.execute(statement)


def backwards(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for verb in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER finding_match_{verb}")
        schema_editor.execute("DROP TABLE finding_match")
    else:
        schema_editor.execute("DROP INDEX finding_document_fragments")


class Migration(migrations.Migration):
    dependencies = [("finding", "0001_tables")]

    operations = [migrations.RunPython(forwards, backwards)]
