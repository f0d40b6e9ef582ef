"""The board: the first cards of every column in one statement, and true totals for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL

from piste.company.models import Member
from piste.deals import rules
from piste.deals.models import Deal, DealSet, Move, MoveKind, Status, Total
from piste.pipelines.models import Stage

from .filtering import Filter, narrow

#: Stands for a stage's id in a statement written once for all columns; no row has it.
ANY_STAGE = -(2**53) + 1

#: Cards of a column shown at first, and added each time its end is reached.
PAGE = 25

#: Orders of the cards: the sort key, which an index of the table serves, and whether the greatest comes first.
ORDERS: dict[str, tuple[str, bool]] = {
    "step": ("step_key", False),
    "closing": ("closing_key", False),
    "amount": ("amount_key", True),
    "longest": ("entered_stage_at", False),
    "newest": ("created_at", True),
}


class Row(NamedTuple):
    """What a card needs of a deal. `seen` is the number of its last move, `key` its place in the order asked for, `beside` what
    rooms above had fetched along."""

    id: int
    column: int | None
    seen: int
    title: str
    company: str | None
    amount_minor: int | None
    currency: str
    expected_close_on: date | None
    entered_stage_at: datetime
    closed_at: datetime | None
    status: str
    owner: str
    hue: int
    key: Any
    beside: tuple[Any, ...] = ()


#: A place in an order: the sort key of a deal and its id.
type Place = tuple[Any, int]

FIELDS = (
    "pk",
    "column_id",
    "ledger_number",
    "title",
    "company__name",
    "amount_minor",
    "currency",
    "expected_close_on",
    "entered_stage_at",
    "closed_at",
    "status",
    "owner__name",
    "owner__hue",
)


class HeldRow(NamedTuple):
    """A deal of the on-hold shelf: when it comes back, and why it was put there."""

    id: int
    seen: int
    title: str
    company: str | None
    amount_minor: int | None
    currency: str
    hold_until: date
    why: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """One look at one pipeline: by whom, in which order of `ORDERS`, through which filter, when; `stages` are those in use,
    `today` the member's day."""

    member: Member
    pipeline_id: int
    stages: Sequence[Stage]
    order: str
    wanted: Filter
    at: datetime
    today: date

    def seen(self) -> DealSet:
        """The deals this look may show, in whatever stage and status."""
        visible = Deal.objects.visible_to(self.member)
        return narrow(visible, self.wanted, stages=self.stages, at=self.at, today=self.today)


@dataclass(frozen=True, slots=True)
class Sums:
    """Number of deals with total and weighted total in minor units, by currency, the greatest total first."""

    counted: int = 0
    totals: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BoardTotals:
    """What stands at the head of each column (by stage id) and of the on-hold shelf."""

    columns: Mapping[int, Sums]
    held: Sums


def totals(board: Board) -> BoardTotals:
    """Counts and sums of all that the member may see and the filter keeps.

    The kept totals answer when they can (no filter, or by owner and team), else the deals are counted now.
    """
    in_play = Q(status__in=(Status.OPEN, Status.WON, Status.HELD))
    cells: QuerySet[Any, Any]
    if board.wanted.is_of_people:
        kept = Total.objects.visible_to(board.member).filter(in_play, stage__pipeline_id=board.pipeline_id)
        if board.wanted.owners:
            kept = kept.filter(owner_id__in=board.wanted.owners)
        if board.wanted.teams:
            kept = kept.filter(team_key__in=board.wanted.teams)
        cells = kept.values_list("stage_id", "status", "currency").annotate(Sum("counted"), Sum("amount_minor"))
    else:
        seen = board.seen().present().filter(in_play, pipeline_id=board.pipeline_id)
        cells = seen.values_list("stage_id", "status", "currency").annotate(Count("pk"), Sum("amount_key"))
    return _added_up(cells.order_by(), board.stages)


def _added_up(cells: QuerySet[Any, Any], stages: Sequence[Stage]) -> BoardTotals:
    counted: dict[int, int] = {stage.pk: 0 for stage in stages}
    amounts: dict[int, dict[str, list[int]]] = {stage.pk: {} for stage in stages}
    held_count, held_amounts = 0, dict[str, list[int]]()
    by_id = {stage.pk: stage for stage in stages}
    for stage_id, status, currency, number, amount in cells:
        if not number:
            continue
        if status == Status.HELD:
            held_count += number
            _add(held_amounts, currency, amount, 0)
            continue
        stage = by_id.get(stage_id)
        if stage is not None and rules.shows_in_column(status, stage.role):
            counted[stage_id] += number
            _add(amounts[stage_id], currency, amount, rules.weighted(amount, status, stage.probability))
    return BoardTotals(
        columns={key: Sums(counted[key], _ordered(amounts[key])) for key in counted},
        held=Sums(held_count, _ordered(held_amounts)),
    )


def _add(sums: dict[str, list[int]], currency: str, amount: int, weighted: int) -> None:
    found = sums.setdefault(currency, [0, 0])
    found[0] += amount
    found[1] += weighted


def _ordered(sums: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    ranked = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
    return {currency: (amount, weighted) for currency, (amount, weighted) in ranked}


def cards(board: Board, *, limits: Mapping[int, int], beside: Sequence[Subquery] = ()) -> dict[int, list[Row]]:
    """The first cards of each stage in the order asked for, all columns in one statement.

    `limits` says how many for each stage id; a stage without limit, or with none, is not read. Each column is found by
    the index of its order, so the time does not grow with the number of deals.
    """
    key, descending = ORDERS[board.order]
    found: dict[int, list[Row]] = {stage.pk: [] for stage in board.stages}
    try:
        union = first_ids(board, limits, lambda deals: in_order(deals, board.order))
    except EmptyResultSet:  # nothing can be seen, whatever there is
        return found
    for values in Deal.objects.filter(pk__in=union).order_by().values_list(*_columns(key, beside)):
        row = _row(values)
        if row.column is not None:
            found[row.column].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.id)
        rows.sort(key=lambda row: row.key, reverse=descending)
    return found


def _columns(key: str, beside: Sequence[Subquery]) -> list[Any]:
    return [*FIELDS, key, *beside]


def _row(values: tuple[Any, ...]) -> Row:
    read = len(FIELDS) + 1
    return Row._make((*values[:read], values[read:]))


def first_ids(board: Board, limits: Mapping[int, int], ordered: Callable[[DealSet], DealSet]) -> RawSQL:
    """The ids of the first deals of every column in an order: one statement written for any stage, and put together for all.

    Raises `EmptyResultSet` when nothing can be seen.
    """
    seen = board.seen()
    written: dict[int, tuple[str, tuple[Any, ...]]] = {}
    arms, params = list[str](), list[Any]()
    for stage in board.stages:
        limit = limits.get(stage.pk, 0)
        if not limit:
            continue
        if limit not in written:
            first = ordered(seen.filter(column_id=ANY_STAGE)).values("pk")[:limit]
            written[limit] = first.query.sql_with_params()
        sql, values = written[limit]
        # A compound statement takes LIMIT only inside a subquery of its own.
        arms.append(f"SELECT * FROM ({sql}) AS c{len(arms)}")  # noqa: S608
        params += [stage.pk if value == ANY_STAGE else value for value in values]
    if not arms:
        raise EmptyResultSet
    return RawSQL(" UNION ALL ".join(arms), params)  # noqa: S611


def in_order(deals: DealSet, order: str) -> DealSet:
    """Deals in one of the board's orders, as its index has them."""
    key, descending = ORDERS[order]
    return deals.order_by(f"-{key}" if descending else key, "pk")


def following(board: Board, *, stage: Stage, after: Place, beside: Sequence[Subquery] = ()) -> list[Row]:
    """The next cards of one column behind a place."""
    key = ORDERS[board.order][0]
    column = board.seen().filter(_bound(board.order, after), column_id=stage.pk)
    rows = in_order(column.exclude(up_to(board.order, after)), board.order).values_list(*_columns(key, beside))[:PAGE]
    return [_row(values) for values in rows]


def shown(board: Board, *, stage: Stage, last: Place) -> Sums:
    """Number and totals (weighted ones 0) of a column's cards up to and with a place: what stands above the fold."""
    rows = (
        board.seen()
        .filter(up_to(board.order, last), column_id=stage.pk)
        .order_by()
        .values_list("currency")
        .annotate(Count("pk"), Sum("amount_key"))
    )
    amounts: dict[str, list[int]] = {}
    counted = 0
    for currency, number, amount in rows:
        counted += number
        _add(amounts, currency, amount, 0)
    return Sums(counted, _ordered(amounts))


def up_to(order: str, place: Place) -> Q:
    """What stands before a place of an order, and at it."""
    key, descending = ORDERS[order]
    value, number = place
    return Q(**{f"{key}__{'gt' if descending else 'lt'}": value}) | Q(**{key: value, "pk__lte": number})


def _bound(order: str, place: Place) -> Q:
    """Where an index may begin to read behind a place."""
    key, descending = ORDERS[order]
    return Q(**{f"{key}__{'lte' if descending else 'gte'}": place[0]})


def held(board: Board, *, limit: int = PAGE, skip: int = 0) -> list[HeldRow]:
    """The deals on hold of a pipeline, the soonest back first."""
    last = Move.objects.filter(deal=OuterRef("pk"), kind=MoveKind.HELD).order_by("-number")
    rows = (
        board.seen()
        .held()
        .filter(pipeline_id=board.pipeline_id)
        .order_by("hold_until", "pk")
        .values_list(
            "pk",
            "ledger_number",
            "title",
            "company__name",
            "amount_minor",
            "currency",
            "hold_until",
            Subquery(last.values("why")[:1]),
        )
    )
    return [HeldRow._make(values) for values in rows[skip : skip + limit]]


def places(board: Board, *, deal: Deal) -> dict[int, tuple[int, int]]:
    """For each stage the place this deal would take in its column and the number of cards there with it."""
    value = board.at if board.order == "longest" else getattr(deal, ORDERS[board.order][0])
    ids = [stage.pk for stage in board.stages]
    others = board.seen().filter(column_id__in=ids).exclude(pk=deal.pk).order_by()
    first = up_to(board.order, (value, deal.pk))
    counted = (
        others.values("column_id")
        .annotate(before=Count("pk", filter=first), every=Count("pk"))
        .values_list("column_id", "before", "every")
    )
    ahead = {stage_id: (before + 1, every + 1) for stage_id, before, every in counted}
    return {key: ahead.get(key, (1, 1)) for key in ids}
