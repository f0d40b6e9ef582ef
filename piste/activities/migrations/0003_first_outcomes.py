"""A company that is there already gets the first lists of outcomes, in its language."""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OFFERED = {
    "task": (("Done", "Fait", False), ("No longer needed", "Plus nécessaire", False)),
    "call": (
        ("Reached", "Joint", True),
        ("Message left", "Message laissé", False),
        ("No answer", "Pas de réponse", False),
        ("Wrong number", "Mauvais numéro", False),
    ),
    "meeting": (("Held", "Tenu", True), ("Postponed", "Reporté", False), ("Did not come", "Absent", False)),
    "email": (("Sent", "Envoyé", True), ("Answered", "A répondu", True)),
}


def offer(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    settings = apps.get_model("company", "Settings").objects.filter(pk=1).first()
    outcomes = apps.get_model("activities", "Outcome")
    if settings is None or outcomes.objects.exists():
        return
    for kind, offered in OFFERED.items():
        for place, (english, french, is_contact) in enumerate(offered):
            name = french if settings.language == "fr" else english
            outcomes.objects.create(kind=kind, name=name, is_contact=is_contact, position=place)


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_activities"), ("company", "0003_working_hours")]

    operations = [migrations.RunPython(offer, migrations.RunPython.noop)]
