"""Companies and contacts are sorted by their names without capitals and accents."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piste.foundations.names import order_key

MANY = 1000


def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One by one, many at a time: a single statement over so many rows would compare each with all."""
    with schema_editor.connection.cursor() as cursor:
        for name in ("Company", "Contact"):
            model = apps.get_model("people", name)
            table = schema_editor.quote_name(model._meta.db_table)
            last = 0
            while rows := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("name", "pk")[:MANY]):
                keys = [(order_key(text), key) for text, key in rows]
                cursor.executemany(f"UPDATE {table} SET order_key = %s WHERE id = %s", keys)
                last = rows[-1][1]


class Migration(migrations.Migration):
    dependencies = [("people", "0003_erasure")]

    operations = [
        *(
            migrations.AddField(name, "order_key", models.CharField(blank=True, db_default="", default="", max_length=200))
            for name in ("company", "contact")
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex("company", "people_company_name"),
        migrations.RemoveIndex("contact", "people_contact_name"),
        migrations.AddIndex("company", models.Index(fields=["order_key", "id"], name="people_company_order")),
        migrations.AddIndex("contact", models.Index(fields=["order_key", "id"], name="people_contact_order")),
    ]
