"""Companies and contacts are sorted by their names without capitals and accents."""

from itertools import batched
from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piste.foundations.names import order_key

MANY = 1000


def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name in ("Company", "Contact"):
        model = apps.get_model("people", name)
        for batch in batched(model.objects.only("name").order_by("pk").iterator(chunk_size=MANY), MANY, strict=False):
            for row in batch:
                row.order_key = order_key(row.name)
            model.objects.bulk_update(batch, ["order_key"])


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
