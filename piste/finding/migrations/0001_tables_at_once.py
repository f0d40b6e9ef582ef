"""The tables of the room as they stand, for a new database; one that is there already took the steps to them."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piste.journal.tables import Tables

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


SQLITE = (
    "CREATE VIRTUAL TABLE finding_match USING fts5(words, owner, team, kind, "
    "content='', contentless_delete=1, tokenize='trigram')",
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
#: On PostgreSQL an index of pieces for each kind, which then knows what is frequent within a kind. Each expression is of its own
#: kind alone and the index is over all rows, because only then does the database keep count of what it holds.
KINDS = {"deal": "deals", "company": "companies", "contact": "contacts"}
PIECES = "(CASE WHEN kind = '{kind}' THEN ' ' || words || ' ' END)"
POSTGRES = (
    'CREATE INDEX finding_document_head ON finding_document (kind, head COLLATE "C", owner_id, team_id)',
    "CREATE INDEX finding_document_owner ON finding_document (owner_id)",
    "CREATE INDEX finding_document_team ON finding_document (team_id)",
    *(
        f"CREATE INDEX finding_document_{name} ON finding_document USING gin ({PIECES.format(kind=kind)} gin_trgm_ops)"
        for kind, name in KINDS.items()
    ),
    *(
        f"CREATE INDEX finding_document_{name}_in_order ON finding_document (object_id) "
        f"WHERE {PIECES.format(kind=kind)} IS NOT NULL"
        for kind, name in KINDS.items()
    ),
    "ANALYZE finding_document",
)
NOT_PERMITTED = (
    "Piste searches with pg_trgm, an extension that comes with PostgreSQL, and this database does not let it be created. "
    "Ask whoever runs the database to execute once, inside it: CREATE EXTENSION pg_trgm; then start again."
)


def lay(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An index of three-letter pieces, so that any fragment of a word is found at once, and one of the beginnings of labels."""
    if schema_editor.connection.vendor == "postgresql":
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError as problem:
            raise ImproperlyConfigured(NOT_PERMITTED) from problem
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRES:
        # Without parameters, so that the per cent sign stays one.
        schema_editor.execute(statement, None)


def lift(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Triggers and indexes go with their table; what stands beside it goes here."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE finding_match")


class Migration(migrations.Migration):

    replaces = [('finding', '0001_tables'), ('finding', '0002_fragments'), ('finding', '0003_word_beginnings'), ('finding', '0004_each_kind_apart')]

    initial = True

    dependencies = [
    ]

    operations = [
        Tables(
            tables=[
                migrations.CreateModel(
                    name='Document',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=10)),
                        ('object_id', models.BigIntegerField()),
                        ('label', models.CharField(max_length=240)),
                        ('words', models.TextField()),
                        ('owner_id', models.BigIntegerField(blank=True, null=True)),
                        ('team_id', models.BigIntegerField(blank=True, null=True)),
                        ('head', models.CharField(blank=True, max_length=240)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('kind', 'object_id'), name='finding_document_subject')],
                    },
                ),
            ],
        ),
        migrations.RunPython(lay, lift),
    ]
