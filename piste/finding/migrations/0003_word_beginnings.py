"""An index that also knows where words begin and end, whose each document is and what kind it is; labels in order."""

from importlib import import_module
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piste.foundations.names import search_words

BATCH = 2000

#: What SQLite's index holds of a row: two spaces stand between words, so that a beginning and an end have pieces of three
#: signs of their own; owner, team and kind are one piece each, of signs that no word contains.
SIGNS = (
    "'  ' || replace({row}words, ' ', '  ') || '  '",
    "char(63728, 57344 + coalesce({row}owner_id, 0) % 6000, 57344 + coalesce({row}owner_id, 0) / 6000)",
    "char(63729, 57344 + coalesce({row}team_id, 0) % 6000, 57344 + coalesce({row}team_id, 0) / 6000)",
    "char(63730, unicode({row}kind), unicode(substr({row}kind, 3)))",
)


def signs(row: str) -> str:
    return ", ".join(sign.format(row=row) for sign in SIGNS)


SQLITE_OLD = (
    "DROP TRIGGER finding_match_insert",
    "DROP TRIGGER finding_match_delete",
    "DROP TRIGGER finding_match_update",
    "DROP TABLE finding_match",
)
SQLITE = (
    "CREATE VIRTUAL TABLE finding_match USING fts5(words, owner, team, kind, "
    "content='', contentless_delete=1, tokenize='trigram')",
    f"INSERT INTO finding_match(rowid, words, owner, team, kind) SELECT id, {signs('')} FROM finding_document",
    "CREATE TRIGGER finding_match_insert AFTER INSERT ON finding_document BEGIN "
    f"INSERT INTO finding_match(rowid, words, owner, team, kind) SELECT new.id, {signs('new.')}; END",
    "CREATE TRIGGER finding_match_delete AFTER DELETE ON finding_document BEGIN "
    "DELETE FROM finding_match WHERE rowid = old.id; END",
    "CREATE TRIGGER finding_match_update AFTER UPDATE OF kind, words, owner_id, team_id ON finding_document "
    "WHEN old.words <> new.words OR old.kind <> new.kind OR old.owner_id IS NOT new.owner_id OR old.team_id IS NOT new.team_id "
    "BEGIN DELETE FROM finding_match WHERE rowid = old.id; "
    f"INSERT INTO finding_match(rowid, words, owner, team, kind) SELECT new.id, {signs('new.')}; END",
    "CREATE INDEX finding_document_head ON finding_document (kind, head, owner_id, team_id)",
)
POSTGRES_OLD = ("DROP INDEX finding_document_fragments",)
POSTGRES = (
    "CREATE INDEX finding_document_fragments ON finding_document USING gin ((' ' || words || ' ') gin_trgm_ops)",
    'CREATE INDEX finding_document_head ON finding_document (kind, head COLLATE "C", owner_id, team_id)',
    "CREATE INDEX finding_document_owner ON finding_document (owner_id)",
    "CREATE INDEX finding_document_team ON finding_document (team_id)",
)


def put_down(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The index of before goes first: rebuilding the table would leave its triggers hanging."""
    run(schema_editor, SQLITE_OLD, POSTGRES_OLD)


def take_back(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    import_module("piste.finding.migrations.0002_fragments").forwards(apps, schema_editor)


def take_up(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    run(schema_editor, SQLITE, POSTGRES)


def forget_heads(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    new = [f"DROP TRIGGER finding_match_{verb}" for verb in ("insert", "delete", "update")]
    indexes = [f"DROP INDEX finding_document_{name}" for name in ("head", "fragments", "owner", "team")]
    run(schema_editor, [*new, "DROP TABLE finding_match", indexes[0]], indexes)


def run(schema_editor: BaseDatabaseSchemaEditor, sqlite: Any, postgres: Any) -> None:
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgres:
        # Without parameters, so that the per cent sign stays one.
        schema_editor.execute(statement, None)


def read_heads(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    documents = apps.get_model("finding", "Document").objects
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while rows := list(documents.filter(pk__gt=last).order_by("pk").values_list("label", "pk")[:BATCH]):
            heads = [(search_words(label)[:240], key) for label, key in rows]
            cursor.executemany("UPDATE finding_document SET head = %s WHERE id = %s", heads)
            last = rows[-1][1]


class Migration(migrations.Migration):
    dependencies = [("finding", "0002_fragments")]

    operations = [
        migrations.RunPython(put_down, take_back),
        migrations.AddField("document", "head", models.CharField(blank=True, default="", max_length=240), preserve_default=False),
        migrations.RunPython(read_heads, migrations.RunPython.noop),
        migrations.RunPython(take_up, forget_heads),
    ]
