"""Up to where the journal was read, and whose turn it is."""

from __future__ import annotations

from piste.automations.models import Cursor
from piste.journal.models import Entry


def newest() -> int:
    """The number of the journal's last entry."""
    return Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def begin() -> None:
    """Reads the journal from here on, unless it is read already."""
    if not Cursor.objects.filter(pk=1).exists():
        Cursor.objects.get_or_create(pk=1, defaults={"last": newest()})


def hold() -> Cursor | None:
    """The cursor, held until the end of the transaction: of two workers one waits. None before the first automation."""
    return Cursor.objects.select_for_update().filter(pk=1).first()
