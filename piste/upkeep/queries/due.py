"""What has lain in the bin for as long as it is kept there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from piste.activities.models import Activity, Attachment, Note
from piste.deals.models import Deal
from piste.deals.queries.naming import unnamed
from piste.people.models import Company, Contact
from piste.upkeep.rules import KEPT

#: What lies in the bin, in the order of erasure: what names others before what it names.
DUE: dict[str, Any] = {
    "deal": Deal, "activity": Activity, "note": Note, "file": Attachment, "contact": Contact, "company": Company,
}  # fmt: skip


def due(kind: str, *, at: datetime, after: tuple[datetime, int] | None, limit: int) -> list[Any]:
    """The next rows of a kind whose day has come, in the order they were put in the bin; `after` is the last one looked at."""
    rows = DUE[kind].objects.filter(deleted_at__isnull=False, erased_at=None, deleted_at__lte=at - KEPT)
    if kind in ("contact", "company"):
        # One that was folded into another goes with it; one that is named waits.
        rows = unnamed(kind, rows.filter(merged_into=None))
    if after is not None:
        rows = rows.filter(deleted_at__gte=after[0]).exclude(deleted_at=after[0], pk__lte=after[1])
    return list(rows.order_by("deleted_at", "pk")[:limit])
