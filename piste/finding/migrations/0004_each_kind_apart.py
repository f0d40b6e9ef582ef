"""On PostgreSQL an index of three-letter pieces for each kind of document, which then knows what is frequent within a kind.

With one index over all, it took what is frequent anywhere for frequent everywhere, and went through the whole table for the first
hundred answers of a kind that stands at its end, or that has none. Each expression is of its own kind alone and the index is over
all rows, because only then does the database keep count of what it holds.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = {"deal": "deals", "company": "companies", "contact": "contacts"}
ALL = "CREATE INDEX finding_document_fragments ON finding_document USING gin ((' ' || words || ' ') gin_trgm_ops)"


def apart(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for kind, name in KINDS.items():
        words = f"(CASE WHEN kind = '{kind}' THEN ' ' || words || ' ' END)"
        schema_editor.execute(f"CREATE INDEX finding_document_{name} ON finding_document USING gin ({words} gin_trgm_ops)")
        order = f"CREATE INDEX finding_document_{name}_in_order ON finding_document (object_id) WHERE {words} IS NOT NULL"
        schema_editor.execute(order)
    schema_editor.execute("DROP INDEX finding_document_fragments")
    schema_editor.execute("ANALYZE finding_document")


def together(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(ALL)
    for name in KINDS.values():
        schema_editor.execute(f"DROP INDEX finding_document_{name}")
        schema_editor.execute(f"DROP INDEX finding_document_{name}_in_order")


class Migration(migrations.Migration):
    dependencies = [("finding", "0003_word_beginnings")]

    operations = [migrations.RunPython(apart, together)]
