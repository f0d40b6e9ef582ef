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
    """The ids of those of these entries (of one subject) that were taken back; one statement."""
    if not entries:
        return set()
    subject = entries[0]
    later = Entry.objects.of(subject.subject_kind, subject.subject_id).filter(
        TAKES_BACK,
        number__gt=min(entry.number for entry in entries),
        erased_at=None,
    )
    moves: set[int] = set()
    edits: set[int] = set()
    activities: dict[int, int] = {}
    for verb, number, data in later.order_by("number").values_list("verb", "number", "data"):
        if verb == OF_ACTIVITY:
            activities[data["activity"]] = number
        else:
            (moves if verb == OF_MOVE else edits).add(data["undoes"])
    return {entry.pk for entry in entries if _is_undone(entry, moves, edits, activities)}


def _is_undone(entry: Entry, moves: set[int], edits: set[int], activities: dict[int, int]) -> bool:
    if entry.verb in DONE:
        return entry.number < activities.get(entry.data.get("activity", 0), 0)
    if "move" in entry.data:
        return entry.data["move"] in moves
    return entry.number in edits
