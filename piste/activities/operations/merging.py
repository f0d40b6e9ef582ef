"""What was said, filed, planned and done about a contact or a company goes along with its merge, and comes back when undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from piste.activities.models import Activity, Attachment, Note
from piste.deals.operations.merging import also_moved, merge_told
from piste.journal.models import Entry

#: What goes along, by the name under which a merge remembers it: the rows, and how they name whom they are about.
GOING: dict[str, tuple[Callable[[], QuerySet[Any]], Callable[[str, int], dict[str, Any]]]] = {
    "notes": (Note.objects.all, lambda kind, key: {"subject_kind": kind, "subject_id": key}),
    "files": (Attachment.objects.all, lambda kind, key: {"subject_kind": kind, "subject_id": key}),
    "activities": (Activity.objects.all, lambda kind, key: {f"{kind}_id": key}),
}


@transaction.atomic(savepoint=False)
def follow_merge(entry: Entry) -> None:
    """Reacts to a merge, told of both: what the one that goes had is the other's from now on, the bin's content too."""
    merge = merge_told(entry)
    if merge is None:
        return
    moved = {}
    for name, (rows, about) in GOING.items():
        found = rows().filter(**about(merge.kind, merge.folded_id))
        moved[name] = list(found.order_by("pk").values_list("pk", flat=True))
        found.update(**about(merge.kind, merge.kept_id))
    also_moved(merge=merge, moved=moved)


@transaction.atomic(savepoint=False)
def follow_unmerge(entry: Entry) -> None:
    """Reacts to a merge taken back: each has its own again; what came since stays with the one that was kept."""
    merge = merge_told(entry)
    if merge is None:
        return
    for name, (rows, about) in GOING.items():
        # Merges of before these went along know of none.
        mine = rows().filter(pk__in=merge.moved.get(name, []), **about(merge.kind, merge.kept_id))
        mine.update(**about(merge.kind, merge.folded_id))
