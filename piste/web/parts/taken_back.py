"""Which entries of a timeline somebody took back later: a move, an edit, or something done or noted as done."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from piste.journal.models import Entry

#: What takes back something done, and what takes back a move; whatever takes an edit back names its number.
OF_ACTIVITY, OF_MOVE = "activity.taken_back", "deal.undone"
TAKES_BACK = Q(verb=OF_ACTIVITY) | Q(data__has_key="undoes")
DONE = ("activity.done", "activity.logged")


def taken_back(entries: Sequence[Entry]) -> set[int]:
    """The ids of those of these entries that were taken back; one statement. They are of one subject, or of several that were
    merged into one."""
    if not entries:
        return set()
    later = Entry.objects.filter(
        TAKES_BACK,
        subject_kind=entries[0].subject_kind,
        subject_id__in={entry.subject_id for entry in entries},
        pk__gt=min(entry.pk for entry in entries),
        erased_at=None,
    )
    moves: set[tuple[int, int]] = set()
    edits: set[tuple[int, int]] = set()
    activities: dict[int, int] = {}
    for verb, key, subject, data in later.order_by("pk").values_list("verb", "pk", "subject_id", "data"):
        if verb == OF_ACTIVITY:
            activities[data["activity"]] = key
        else:
            (moves if verb == OF_MOVE else edits).add((subject, data["undoes"]))
    return {entry.pk for entry in entries if _is_undone(entry, moves, edits, activities)}


def _is_undone(entry: Entry, moves: set[tuple[int, int]], edits: set[tuple[int, int]], activities: dict[int, int]) -> bool:
    if entry.verb in DONE:
        return entry.pk < activities.get(entry.data.get("activity", 0), 0)
    if "move" in entry.data:
        return (entry.subject_id, entry.data["move"]) in moves
    return (entry.subject_id, entry.number) in edits
