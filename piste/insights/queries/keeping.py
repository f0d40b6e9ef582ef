"""What a process keeps of the deals between two questions, and how it learns of what happened since.

Whatever is changed is told in the journal: as long as that ends where it ended, nothing has changed, and what was made from it
may be kept as well. When it has grown, only the deals that it tells of are read again; when it tells of something wider (an
import, two companies put together), everything is.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Coalesce

from piste.activities.models import KINDS, Activity
from piste.activities.queries import asked
from piste.deals.models import DealContact, DealProduct, Move, PurchaseRole
from piste.journal.models import Entry
from piste.qualification.models import ContactClock
from piste.qualification.queries import ending

from . import changes, facts, laid
from .facts import NONE, Texts
from .heads import Head, head_of, is_unchanged, place
from .ledger import whole
from .rows import Rows
from .whole_numbers import Microseconds, table

#: When what is not in the bin went there.
THERE = 2**62
#: Deals read again one by one; of more, all are.
MOST_TOUCHED = 2_000
#: Answers kept with what they were made from, of each kind: a history of a million moves takes some 70 MB, a drawn page 60 kB.
MOST_ANSWERS = {"course": 2, "history": 2, "reading": 4, "followed": 4, "drawn": 64}
#: Those that say by how many moves they were made: as long as there are no more, they are the same whatever else was changed.
OF_MOVES = ("course", "history")
#: Entries that change nothing of any deal, by the beginning of what they say.
HARMLESS = (
    "member.signed",
    "member.entered",
    "view.",
    "dashboard.",
    "activity.",
    "note.",
    "file.",
    "company.created",
    "company.amended",
    "contact.created",
    "contact.amended",
    "contact.consent",
)


def _contacts(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, contact."""
    return _rows(DealContact.objects.values_list("deal_id", "contact_id"), deals)


def _deciders(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, contact who decides."""
    deciding = DealContact.objects.filter(role=PurchaseRole.DECIDES)
    return _rows(deciding.values_list("deal_id", "contact_id"), deals)


def _goods(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, product."""
    return _rows(DealProduct.objects.values_list("deal_id", "product_id"), deals)


def _done(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, moment of an activity done, its key, who did it (`NONE` for nobody), the place of its kind in `KINDS`, the moment it
    went to the bin (`THERE` where it did not); moments in microseconds."""
    kind = Case(*(When(kind=name, then=Value(place)) for place, name in enumerate(KINDS)), default=Value(0))
    who, binned = Coalesce("done_by_id", Value(NONE)), Coalesce(Microseconds("deleted_at"), Value(THERE))
    rows = Activity.objects.exclude(deal=None).exclude(done_at=None)
    return _rows(rows.values_list("deal_id", Microseconds("done_at"), "pk", who, kind, binned), deals)


def _asked(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, whoever a standard activity that counts was given to, its day in microseconds, its verdict, the moment it was done
    (`THERE` where it was not) in microseconds."""
    rows, done = asked(Activity.objects.exclude(deal=None)), Coalesce(Microseconds("done_at"), Value(THERE))
    return _rows(rows.values_list("deal_id", "assignee_id", Microseconds("due_on"), "verdict", done), deals)


def _clocks(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, whoever had it when its contact clock started, the moments that started and ended in microseconds, whether the first
    contact came in time."""
    clocks = ending(ContactClock.objects.all())
    return _rows(clocks.values_list("deal_id", "owner_id", Microseconds("started_at"), Microseconds("ends_at"), "in_time"), deals)


def _lost(_: Texts, deals: list[int] | None) -> Rows:
    """Deal, number of the move, stage, moment in microseconds, reason (0: none named)."""
    moves = Move.objects.filter(to_status="lost")
    reason = Coalesce("loss_reason_id", Value(0))
    return _rows(moves.values_list("deal_id", "number", "to_stage_id", Microseconds("at"), reason), deals)


def _rows(rows: QuerySet[Any, Any], deals: list[int] | None) -> Rows:
    found = table(rows if deals is None else rows.filter(deal_id__in=deals))
    return Rows(np.ascontiguousarray(found[np.lexsort(found.T[::-1])].T))


LOADERS: dict[str, Callable[[Texts, list[int] | None], Any]] = {
    "facts": facts.load,
    "changes": changes.load,
    "contacts": _contacts,
    "deciders": _deciders,
    "goods": _goods,
    "done": _done,
    "lost": _lost,
    "asked": _asked,
    "clocks": _clocks,
}


@dataclass(eq=False)
class Known:
    """What is kept as the journal stood at a head; `parts` are loaded when they are asked for."""

    texts: Texts = field(default_factory=Texts)
    parts: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, OrderedDict[Hashable, Any]] = field(default_factory=dict)
    turn: Lock = field(default_factory=Lock, repr=False)

    def _part(self, name: str) -> Any:
        with self.turn:
            if name not in self.parts:
                self.parts[name] = LOADERS[name](self.texts, None)
            return self.parts[name]

    @property
    def facts(self) -> facts.Facts:
        """The facts of all deals, those in the bin as well."""
        found: facts.Facts = self._part("facts")
        return found

    @property
    def changes(self) -> changes.Changes:
        """What facts were before they were changed."""
        found: changes.Changes = self._part("changes")
        return found

    def rows(self, name: str) -> Rows:
        """One of `contacts`, `deciders`, `goods`, `done`, `lost`, `asked`, `clocks`."""
        found: Rows = self._part(name)
        return found

    def answer[T](self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """What was made before of the same kind for the same key, else what is made now."""
        kept = self.answers.setdefault(kind, OrderedDict())
        with self.turn:
            if key in kept:
                kept.move_to_end(key)
                found: T = kept[key]
                return found
        made = make()
        with self.turn:
            kept[key] = made
            while len(kept) > MOST_ANSWERS[kind]:
                kept.popitem(last=False)
        return made

    def after(self, touched: list[int]) -> Known:
        """The same with some deals read again."""
        parts = self.parts
        if touched:
            ids = np.array(touched, dtype=np.int64)
            parts = {name: part.joined(LOADERS[name](self.texts, touched), ids) for name, part in self.parts.items()}
        return Known(self.texts, parts, {kind: kept for kind, kept in self.answers.items() if kind in OF_MOVES})


@dataclass(frozen=True, slots=True)
class _Kept:
    place: str
    head: Head
    known: Known


_kept: _Kept | None = None
_turn = Lock()


def known() -> Known:
    """What is known of the deals now."""
    global _kept
    # What a transaction has written may be taken back with it.
    if connection.in_atomic_block:
        return Known()
    with _turn:
        before = _kept if _kept is not None and _kept.place == place() else _laid()
        # What comes in behind the head is read again the next time.
        head = head_of(Entry)
        if before is not None and is_unchanged(Entry, before.head, head):
            _kept = before
            return before.known
        told_of = touched(before.head, head) if before is not None else None
        found = before.known.after(told_of) if before is not None and told_of is not None else Known()
        _kept = _Kept(place(), head, found)
        if before is not None:
            # Readings lead back to what they were made from: nobody asks for those any more, and they would stay for long.
            before.known.answers.clear()
        return found


def _laid() -> _Kept | None:
    """What another process has laid by."""
    found = laid.find()
    return _Kept(place(), found.journal, Known(found.texts, found.parts)) if found is not None else None


def keep() -> list[Callable[[], object]]:
    """What the pages of the insights ask first, to be read before somebody waits for it: each part when it is called."""
    parts: list[Callable[[], object]] = [whole, lambda: known().facts, lambda: known().changes]
    return parts + [lambda name=name: known().rows(name) for name in ("contacts", "deciders", "goods", "done", "asked", "clocks")]


def anew() -> Known:
    """All parts, read from the database."""
    found = Known()
    for name in LOADERS:
        found._part(name)
    return found


def touched(before: Head, now: Head) -> list[int] | None:
    """The deals that were told of between two heads; None when anything may have changed."""
    if before.count is not None or now.last <= before.last:
        return None
    rows = Entry.objects.filter(id__gt=before.last).values_list("subject_kind", "subject_id", "verb").order_by("id")
    found: set[int] = set()
    for kind, key, verb in rows[: 5 * MOST_TOUCHED + 1]:
        if kind == "deal":
            found.add(key)
        elif not verb.startswith(HARMLESS):
            return None
    return sorted(found) if rows[5 * MOST_TOUCHED :].first() is None and len(found) <= MOST_TOUCHED else None
