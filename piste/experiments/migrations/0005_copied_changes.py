"""What variants said of the one template or automation of their test is a change of theirs among others."""

from typing import Any

from django.db import migrations


def copy(apps: Any, schema_editor: Any) -> None:
    variants, changes = apps.get_model("experiments", "Variant"), apps.get_model("experiments", "Change")
    for row in variants.objects.exclude(wording__isnull=True, way__isnull=True).select_related("test"):
        if row.wording is not None and row.test.template_id is not None:
            changes.objects.create(variant=row, template_id=row.test.template_id, said=row.wording)
        elif row.way is not None and row.test.automation is not None:
            changes.objects.create(variant=row, automation=row.test.automation, said=row.way)


class Migration(migrations.Migration):
    dependencies = [("experiments", "0004_changes")]

    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
