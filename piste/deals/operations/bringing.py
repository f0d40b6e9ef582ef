"""Bringing in many deals with their past at once: imports and the demo company."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from piste.company.models import Member
from piste.deals import rules
from piste.deals.models import Deal, DealContact, DealProduct, Move, PurchaseRole
from piste.finding.operations import index
from piste.journal.operations import Happening, record_many
from piste.journal.rows import add_rows, add_values, add_with_ids, unsaved
from piste.pipelines.models import Stage
from piste.pipelines.queries import stage_order, versions_since
from piste.pipelines.rules import kind_of_step

from .around import searchable
from .errors import WrongDate
from .ledger import Act, build_move, keep_in_use, put, told
from .totals import entered


@dataclass(frozen=True, slots=True)
class PastMove:
    """A move of the past: to a stage and a status, when, by whom, and why. `kind` is worked out unless given."""

    to: Stage
    status: str
    at: datetime
    by: Member | None = None
    why: str = ""
    loss_reason_id: int | None = None
    hold_until: date | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A deal to bring in: its facts by field name, what stands around it, and its past, oldest first (at least one move)."""

    facts: Mapping[str, Any]
    past: Sequence[PastMove]
    contacts: Sequence[tuple[int, str]] = ()
    products: Sequence[tuple[int, int, int | None]] = ()
    tag_ids: Sequence[int] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def bring_in(*, arrivals: Sequence[Arrival], by: Member | None, at: datetime, cause: str = "import") -> list[Deal]:
    """Creates deals with their ledgers, in the order given, in a handful of statements a batch.

    The creation date of a deal is that of its first move. Required facts are not asked of the past; whoever calls decides
    for the present. Raises `WrongDate` when a past is not in order of time, `StageRetired` when it ends open or on hold in
    a stage that no longer takes deals.
    """
    deals = [_unsaved(arrival, at) for arrival in arrivals]
    for stage in {deal.stage for deal in deals if deal.column_id or deal.status == rules.HELD}:
        keep_in_use(stage)
    add_with_ids(Deal, deals)
    shapes = _Shapes()
    moves: list[Move] = []
    happenings: list[Happening] = []
    for deal, arrival in zip(deals, arrivals, strict=True):
        written = _ledger(deal, arrival, shapes, by=by, at=at, cause=cause)
        moves += [move for move, _ in written]
        happenings += [happening for _, happening in written]
    add_rows(Move, moves)
    _remember_ends(deals)
    _around(deals, arrivals)
    entered(deals)
    index([searchable(deal) for deal in deals])
    record_many(happenings=happenings)
    return deals


END_OF_LEDGER = "UPDATE deals_deal SET ledger_number = %s, ledger_hash = %s WHERE id = %s"


def _remember_ends(deals: Sequence[Deal]) -> None:
    """Writes the number and hash of each deal's last move by one prepared statement: a bulk update costs thirty times as much."""
    rows = [(deal.ledger_number, bytes(deal.ledger_hash), deal.pk) for deal in deals]
    with connection.cursor() as cursor:
        cursor.executemany(END_OF_LEDGER, rows)


class _Shapes:
    """The orders of stages and the versions of the pipelines met, each read once."""

    def __init__(self) -> None:
        self._orders: dict[int, list[int]] = {}
        self._versions: dict[int, list[tuple[datetime, int]]] = {}

    def order(self, pipeline_id: int) -> list[int]:
        if pipeline_id not in self._orders:
            self._orders[pipeline_id] = stage_order(pipeline_id)
        return self._orders[pipeline_id]

    def version_at(self, pipeline_id: int, at: datetime) -> int | None:
        """The process version that was in force at a moment; None before the first."""
        if pipeline_id not in self._versions:
            self._versions[pipeline_id] = versions_since(pipeline_id)
        found = self._versions[pipeline_id]
        place = bisect_right(found, at, key=lambda version: version[0])
        return found[place - 1][1] if place else None


def _unsaved(arrival: Arrival, at: datetime) -> Deal:
    """The deal as its past leaves it, not yet saved."""
    first = arrival.past[0]
    deal = unsaved(Deal, {**arrival.facts, "created_at": first.at, "updated_at": at, "stage": first.to})
    deal.pipeline = first.to.pipeline
    state: rules.State | None = None
    last: PastMove | None = None
    for number, past in enumerate(arrival.past, start=1):
        if last is not None and past.at < last.at:
            raise WrongDate(last.at)
        state = rules.after(state, _step(number, "created" if number == 1 else "advanced", past))
        last = past
    assert state is not None
    assert last is not None
    deal.updated_at = max(at, last.at)
    deal.pipeline = last.to.pipeline
    put(deal, state, last.to)
    return deal


def _step(number: int, kind: str, past: PastMove) -> rules.Step:
    return rules.Step(
        number=number,
        kind=kind,
        to_stage_id=past.to.pk,
        to_status=past.status,
        at=past.at,
        why=past.why,
        loss_reason_id=past.loss_reason_id,
        hold_until=past.hold_until,
    )


def _ledger(
    deal: Deal,
    arrival: Arrival,
    shapes: _Shapes,
    *,
    by: Member | None,
    at: datetime,
    cause: str,
) -> list[tuple[Move, Happening]]:
    """The rows of a deal's ledger with what the journal tells of each."""
    written = []
    before: PastMove | None = None
    for number, past in enumerate(arrival.past, start=1):
        kind = past.kind or _kind(before, past, shapes)
        who = past.by or by
        act = Act(by=who, at=at, why=past.why, cause=cause)
        move = build_move(
            deal,
            _step(number, kind, past),
            from_stage_id=before.to.pk if before else None,
            from_status=before.status if before else "",
            act=act,
            version_id=shapes.version_at(past.to.pipeline_id, past.at),
        )
        data = told(move, before.to if before else None, past.to)
        if number == 1:
            data |= {"title": deal.title, **arrival.data}
        happening = Happening(
            f"deal.{kind}",
            "deal",
            deal.pk,
            who.pk if who else None,
            past.at,
            data,
            past.to.pipeline_id,
            cause,
        )
        written.append((move, happening))
        before = past
    return written


def _kind(before: PastMove | None, past: PastMove, shapes: _Shapes) -> str:
    """What a past move is called, from the places and statuses around it."""
    if before is None:
        return "created"
    if past.status != before.status:
        if past.status == rules.OPEN:
            return "resumed" if before.status == rules.HELD else "reopened"
        return {rules.WON: "won", rules.LOST: "lost", rules.HELD: "held"}[past.status]
    if past.to.pipeline_id != before.to.pipeline_id:
        return "changed_pipeline"
    return kind_of_step(shapes.order(past.to.pipeline_id), before.to.pk, past.to.pk)


type Link = tuple[Any, ...]


def _around(deals: Sequence[Deal], arrivals: Sequence[Arrival]) -> None:
    """Contacts, products and tags of many deals."""
    people, goods, tags = list[Link](), list[Link](), list[Link]()
    for deal, arrival in zip(deals, arrivals, strict=True):
        for place, (contact, role) in enumerate(dict(arrival.contacts).items()):
            people.append((deal.pk, contact, role or PurchaseRole.OTHER, place == 0))
        goods += [(deal.pk, *sold) for sold in arrival.products]
        tags += [(deal.pk, tag) for tag in arrival.tag_ids]
    add_values(DealContact, ("deal_id", "contact_id", "role", "is_main"), people)
    add_values(DealProduct, ("deal_id", "product_id", "quantity_milli", "price_minor"), goods)
    add_values(Deal.tags.through, ("deal_id", "tag_id"), tags)
