"""One edit of many deals: each by the rules of one, those refused told with their reason, and all of it taken back at once.

`start` writes down what is asked and of which deals; `carry_on` does some hundred in one transaction, so that whoever is
stopped goes on where it stood. `ask_back` and `carry_back` take it back in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, Self

from django.db import transaction

from piste.company.models import Member
from piste.deals.models import BulkEdit, BulkPart, Deal, DealSet, PartState, Source
from piste.deals.queries import fact_value
from piste.journal.models import Entry
from piste.journal.rows import add_values
from piste.people.operations import FactsChanged as PersonChanged
from piste.people.operations import standing
from piste.pipelines.models import Stage

from .amending import amend, name_tags
from .batch import Batch, Tagging, lock_many
from .errors import AlreadyThere, CannotUndo, DataMissing, DealError, Discarded, FactsChanged, NotAllowed, StageRetired, WrongDate
from .moving import move
from .taking_back import EDITS, Finding, before, take_back
from .undoing import undo

#: Deals of one transaction; fewer when each is moved, which takes longer.
CHUNK, MOVED = 500, 100
#: Facts that many deals may be given at once.
MANY = ("owner", "source", "expected_close_on", "campaign")
#: What each refusal is called in `BulkPart.reason`.
REASONS: dict[type[DealError], str] = {
    DataMissing: "missing",
    StageRetired: "retired",
    NotAllowed: "not_allowed",
    Discarded: "gone",
    WrongDate: "date",
    FactsChanged: "changed",
    CannotUndo: "moved_on",
}


class NothingAsked(DealError):
    """A bulk edit that would change nothing, or of no deal."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked of many deals. `facts` (of `MANY`) and `custom` hold values as the journal keeps them: ids, ISO days."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    stage: int | None = None

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """A change as it was kept."""
        tags = {name: tuple(kept[name]) for name in ("add_tags", "remove_tags")}
        return cls(kept["facts"], kept["custom"], stage=kept["stage"], **tags)

    @property
    def is_empty(self) -> bool:
        return self == Change()

    def rows(self) -> dict[str, Any]:
        """The facts as a deal's row takes them. Raises `NotAllowed` when the owner has left meanwhile."""
        facts = dict(self.facts)
        if "owner" in facts:
            facts["owner"] = Member.objects.active().select_related("team").filter(pk=facts["owner"]).first()
            if facts["owner"] is None:
                raise NotAllowed
        if "source" in facts:
            facts["source"] = Source.objects.filter(pk=facts["source"]).first()
        if facts.get("expected_close_on"):
            facts["expected_close_on"] = date.fromisoformat(facts["expected_close_on"])
        return facts

    def tags(self, there: list[str]) -> list[str]:
        """The tags of a deal after it, from those it has."""
        gone = {name.casefold() for name in self.remove_tags}
        kept = [name for name in there if name.casefold() not in gone]
        known = {name.casefold() for name in kept}
        return kept + [name for name in self.add_tags if name.casefold() not in known]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one deal."""

    state: str
    reason: str = ""
    facts: list[str] = field(default_factory=list)
    move: int | None = None


GONE = Outcome(PartState.REFUSED, "gone")


@transaction.atomic
def start(*, deals: DealSet, change: Change, by: Member | None, at: datetime) -> BulkEdit:
    """Writes down an edit of these deals (those `by` may see), each of them as it is chosen now.

    Raises `NothingAsked`, `NotAllowed` for an owner who has left, `KeyError` for a fact that is not of `MANY`.
    """
    if unknown := set(change.facts) - set(MANY):
        raise KeyError(*unknown)
    change.rows()
    keys = list(deals.present().order_by("pk").values_list("pk", flat=True))
    if change.is_empty or not keys:
        raise NothingAsked
    edit = BulkEdit.objects.create(by=by, change=asdict(change), counted=len(keys), at=at)
    names = ["edit_id", "deal_id", "state", "reason", "facts"]
    add_values(BulkPart, names, ((edit.pk, key, PartState.WAITING.value, "", []) for key in keys))
    return edit


def carry_out(*, edit: BulkEdit, at: datetime) -> None:
    """Does all that is left of an edit."""
    while carry_on(edit=edit, at=at):
        pass


@transaction.atomic
def carry_on(*, edit: BulkEdit, at: datetime) -> int:
    """Does the next part of an edit; returns how many deals were done, 0 when none was left."""
    current = BulkEdit.objects.select_for_update(of=("self",)).select_related("by").get(pk=edit.pk)
    change = Change.of(current.change)
    keys = _next(current, PartState.WAITING, MOVED if change.stage else CHUNK)
    if not keys:
        if current.finished_at is None:
            current.finished_at = at
            current.save(update_fields=["finished_at"])
        return 0
    # In the meantime some may have gone out of sight, or to the bin.
    seen = Deal.objects.all() if current.by is None else Deal.objects.visible_to(current.by)
    there = lock_many(seen, keys)
    outcomes = dict.fromkeys(keys, GONE)
    try:
        facts = change.rows()
        change_them = _each if change.stage else _together
        outcomes |= change_them(current, there, change, facts, at)
    except NotAllowed:
        outcomes |= dict.fromkeys(there, Outcome(PartState.REFUSED, "owner_left"))
    _keep(current, outcomes)
    return len(keys)


def _together(
    edit: BulkEdit, deals: Mapping[int, Deal], change: Change, facts: Mapping[str, Any], at: datetime
) -> dict[int, Outcome]:
    """Facts and tags of all of them in a handful of statements."""
    batch = Batch(by=edit.by, at=at, cause="bulk", besides={"batch": edit.pk})
    done = {key for key, deal in deals.items() if batch.amend(deal, facts, change.custom)}
    if change.add_tags or change.remove_tags:
        tagging = Tagging(deals)
        tags = {key: tagging.of(key) for key in deals}
        for key, names in tagging.put({key: change.tags(names) for key, names in tags.items()}).items():
            if names != tags[key]:
                batch.tagged(deals[key], tags[key], names)
                done.add(key)
    batch.write()
    return {key: Outcome(PartState.DONE if key in done else PartState.SAME) for key in deals}


def _each(
    edit: BulkEdit, deals: Mapping[int, Deal], change: Change, facts: Mapping[str, Any], at: datetime
) -> dict[int, Outcome]:
    """Deals that are moved: each by the operations of one deal, wholly or not at all."""
    to = Stage.objects.get(pk=change.stage or 0)
    act: dict[str, Any] = {"by": edit.by, "at": at, "cause": "bulk", "besides": {"batch": edit.pk}}

    @transaction.atomic
    def one(deal: Deal) -> Outcome:
        changed = bool(amend(deal=deal, facts=facts, custom=change.custom, **act))
        if change.add_tags or change.remove_tags:
            there = fact_value(deal, "tags")
            name_tags(deal=deal, tags=change.tags(there), **act)
            changed |= fact_value(deal, "tags") != there
        try:
            return Outcome(PartState.DONE, move=move(deal=deal, to=to, **act).number)
        except AlreadyThere:
            return Outcome(PartState.DONE if changed else PartState.SAME)

    return {key: _attempt(one, deal, PartState.REFUSED) for key, deal in deals.items()}


@transaction.atomic
def ask_back(*, edit: BulkEdit, at: datetime) -> BulkEdit:
    """Writes down that an edit that is done is to be taken back. Raises `CannotUndo` when it is not, or was asked before."""
    current = BulkEdit.objects.select_for_update(of=("self",)).get(pk=edit.pk)
    if current.finished_at is None or current.undo_asked_at is not None:
        raise CannotUndo
    current.undo_asked_at = at
    current.save(update_fields=["undo_asked_at"])
    return current


def take_all_back(*, edit: BulkEdit, at: datetime) -> None:
    """Takes back all that is left of an edit."""
    while carry_back(edit=edit, at=at):
        pass


@transaction.atomic
def carry_back(*, edit: BulkEdit, at: datetime) -> int:
    """Takes the next part of an edit back; returns how many deals were looked at, 0 when none was left. What somebody has
    changed since is kept, and told."""
    current = BulkEdit.objects.select_for_update(of=("self",)).select_related("by").get(pk=edit.pk)
    if current.undo_asked_at is None:
        raise CannotUndo
    keys = _next(current, PartState.DONE, MOVED if current.change["stage"] else CHUNK)
    if not keys:
        if current.undone_at is None:
            current.undone_at = at
            current.save(update_fields=["undone_at"])
        return 0
    # Whose deals they have become does not matter: who gave them away may take them back.
    there = lock_many(Deal.objects.all(), keys)
    entries: dict[int, list[Entry]] = {key: [] for key in keys}
    written = Entry.objects.of("deal", keys).filter(verb__in=EDITS, cause="bulk", at__gte=current.at)
    for entry in written.order_by("number"):
        if entry.data.get("batch") == current.pk and "undoes" not in entry.data:
            entries[entry.subject_id].append(entry)
    outcomes = dict.fromkeys(keys, Outcome(PartState.KEPT, "gone"))
    if current.change["stage"]:
        moves = dict(current.parts.filter(deal__in=there).values_list("deal_id", "move"))
        outcomes |= _each_back(current, there, entries, moves, at)
    else:
        outcomes |= _together_back(current, there, entries, at)
    _keep(current, outcomes)
    return len(keys)


def _together_back(
    edit: BulkEdit, deals: Mapping[int, Deal], entries: Mapping[int, list[Entry]], at: datetime
) -> dict[int, Outcome]:
    batch = Batch(by=edit.by, at=at, cause="bulk", besides={"batch": edit.pk})
    tagging, find = Tagging(deals), cache(standing)
    outcomes: dict[int, Outcome] = {}
    tags: dict[int, Entry] = {}
    for key, deal in deals.items():
        changed = [name for entry in entries[key] for name in _changed_since(deal, entry, tagging)]
        if changed:
            outcomes[key] = Outcome(PartState.KEPT, "changed", changed)
            continue
        outcomes[key] = _attempt(lambda deal: _row_back(batch, deal, entries[deal.pk], find), deal, PartState.KEPT)
        if outcomes[key].state == PartState.BACK:
            tags |= {entry.subject_id: entry for entry in entries[key] if entry.verb == "deal.tagged"}
    there = {key: tagging.of(key) for key in tags}
    for key, names in tagging.put({key: entry.data["before"] for key, entry in tags.items()}).items():
        batch.tagged(deals[key], there[key], names, undoes=tags[key].number)
    batch.write()
    return outcomes


def _row_back(batch: Batch, deal: Deal, entries: list[Entry], find: Finding) -> Outcome:
    for entry in entries:
        if entry.verb == "deal.amended":
            facts, custom = before(deal, entry.data["changes"], find)
            owner = facts.get("owner")
            if owner is not None and owner.pk != deal.owner_id and not owner.is_active:
                raise NotAllowed
            batch.amend(deal, facts, custom, undoes=entry.number)
    return Outcome(PartState.BACK)


def _changed_since(deal: Deal, entry: Entry, tagging: Tagging) -> list[str]:
    """The facts of an entry that are no longer as it left them."""
    if entry.verb == "deal.tagged":
        return [] if tagging.of(deal.pk) == entry.data["after"] else ["tags"]
    return [name for name, pair in entry.data["changes"].items() if fact_value(deal, name) != pair[1]]


def _each_back(
    edit: BulkEdit,
    deals: Mapping[int, Deal],
    entries: Mapping[int, list[Entry]],
    moves: Mapping[int, int | None],
    at: datetime,
) -> dict[int, Outcome]:
    act: dict[str, Any] = {"by": edit.by, "at": at, "cause": "bulk", "besides": {"batch": edit.pk}}

    @transaction.atomic
    def one(deal: Deal) -> Outcome:
        if number := moves[deal.pk]:
            undo(deal=deal, number=number, **act)
        take_back(entries=entries[deal.pk], **act)
        return Outcome(PartState.BACK)

    return {key: _attempt(one, deal, PartState.KEPT) for key, deal in deals.items()}


def _attempt(go: Callable[[Deal], Outcome], deal: Deal, refused: str) -> Outcome:
    """What becomes of one deal; what stands in its way leaves it as it was."""
    try:
        return go(deal)
    except DataMissing as lack:
        return Outcome(refused, "missing", lack.facts)
    except FactsChanged as since:
        return Outcome(refused, "changed", list(since.now))
    except PersonChanged as since:
        return Outcome(refused, "changed", list(since.facts))
    except DealError as problem:
        return Outcome(refused, REASONS.get(type(problem), "moved_on"))


def _next(edit: BulkEdit, state: str, count: int) -> list[int]:
    parts = edit.parts.filter(state=state).order_by("deal_id")
    return list(parts.values_list("deal_id", flat=True)[:count])


def _keep(edit: BulkEdit, outcomes: Mapping[int, Outcome]) -> None:
    """Keeps what became of each deal: one statement for those alike."""
    alike: dict[tuple[Any, ...], list[int]] = {}
    for key, outcome in outcomes.items():
        alike.setdefault((outcome.state, outcome.reason, tuple(outcome.facts), outcome.move), []).append(key)
    for (state, reason, facts, number), keys in alike.items():
        kept: dict[str, Any] = {} if number is None else {"move": number}
        edit.parts.filter(deal_id__in=keys).update(state=state, reason=reason, facts=list(facts), **kept)
