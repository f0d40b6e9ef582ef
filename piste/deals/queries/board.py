"""The board: the first cards of every column in one statement, and true totals for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import RawSQL

from piste.asking import Kept
from piste.company.models import Member
from piste.company.queries import stand_in
from piste.deals import rules
from piste.deals.models import Deal, DealSet, Move, MoveKind, Status, Total
from piste.pipelines.models import Stage

from .filtering import Filter, narrow

#: Stands for a stage's id in a statement written once for all columns; no row has it.
ANY_STAGE = -(2**53) + 1
#: For what a filter of people alone does not ask for.
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

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


#: What a room above has fetched along with each deal.
type Beside = Callable[[], Subquery]

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

    @property
    def who(self) -> dict[str, int]:
        """Who looks, for statements written once for all who see as far."""
        return {"member": self.member.pk, "team": self.member.team_id or 0}


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


IN_PLAY = Q(status__in=(Status.OPEN, Status.WON, Status.HELD))


def totals(board: Board) -> BoardTotals:
    """Counts and sums of all that the member may see and the filter keeps.

    The kept totals answer when they can (no filter, or by owner and team), else the deals are counted now.
    """
    if board.wanted.is_of_people:
        return _added_up(_kept(board.member.sight, board.pipeline_id, board.wanted, **board.who), board.stages)
    seen = board.seen().present().filter(IN_PLAY, pipeline_id=board.pipeline_id)
    cells = seen.values_list("stage_id", "status", "currency").annotate(Count("pk"), Sum("amount_key"))
    return _added_up(cells.order_by(), board.stages)


@Kept
def _kept(sight: str, pipeline_id: int, wanted: Filter, *, member: int, team: int) -> Any:
    kept = Total.objects.visible_to(stand_in(sight, member, team)).filter(IN_PLAY, stage__pipeline_id=pipeline_id)
    if wanted.owners:
        kept = kept.filter(owner_id__in=wanted.owners)
    if wanted.teams:
        kept = kept.filter(team_key__in=wanted.teams)
    cells = kept.values_list("stage_id", "status", "currency").annotate(Sum("counted"), Sum("amount_minor"))
    return cells.order_by()


def _added_up(cells: Iterable[tuple[Any, ...]], stages: Sequence[Stage]) -> BoardTotals:
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


def cards(board: Board, *, limits: Mapping[int, int], beside: Sequence[Beside] = ()) -> dict[int, list[Row]]:
    """The first cards of each stage in the order asked for, all columns in one statement.

    `limits` says how many for each stage id; a stage without limit, or with none, is not read. Each column is found by
    the index of its order, so the time does not grow with the number of deals.
    """
    found: dict[int, list[Row]] = {stage.pk: [] for stage in board.stages}
    asked = tuple((stage.pk, limits[stage.pk]) for stage in board.stages if limits.get(stage.pk))
    rows: Iterable[tuple[Any, ...]]
    if board.wanted.is_of_people:
        rows = _first_of_people(board.member.sight, board.wanted, board.order, asked, tuple(beside), **board.who)
    else:
        try:
            rows = _first(board.seen(), board.order, asked, beside)
        except EmptyResultSet:  # nothing can be seen, whatever there is
            rows = ()
    for values in rows:
        row = _row(values)
        if row.column is not None:
            found[row.column].append(row)
    for column in found.values():
        column.sort(key=lambda row: row.id)
        column.sort(key=lambda row: row.key, reverse=ORDERS[board.order][1])
    return found


def _first(seen: DealSet, order: str, limits: Sequence[tuple[int, int]], beside: Sequence[Beside]) -> QuerySet[Any, Any]:
    union = first_ids(seen, limits, lambda deals: in_order(deals, order))
    return Deal.objects.filter(pk__in=union).order_by().values_list(*_columns(order, beside))


@Kept
def _first_of_people(
    sight: str, wanted: Filter, order: str, limits: Sequence[tuple[int, int]], beside: Sequence[Beside], *, member: int, team: int
) -> Any:
    return _first(seen_of_people(sight, wanted, member, team), order, limits, beside)


def seen_of_people(sight: str, wanted: Filter, member: int, team: int) -> DealSet:
    """What `Board.seen` is for somebody whose filter asks for people alone."""
    return narrow(Deal.objects.visible_to(stand_in(sight, member, team)), wanted, stages=(), at=LONG_AGO, today=LONG_AGO.date())


def _columns(order: str, beside: Sequence[Beside]) -> list[Any]:
    return [*FIELDS, ORDERS[order][0], *(fetch() for fetch in beside)]


def _row(values: tuple[Any, ...]) -> Row:
    read = len(FIELDS) + 1
    return Row._make((*values[:read], values[read:]))


def first_ids(seen: DealSet, limits: Sequence[tuple[int, int]], ordered: Callable[[DealSet], DealSet]) -> RawSQL:
    """The ids of the first deals of some columns (stage and how many) in an order: one statement written for any stage, and put
    together for all.

    Raises `EmptyResultSet` when nothing can be seen.
    """
    written: dict[int, tuple[str, tuple[Any, ...]]] = {}
    arms, params = list[str](), list[Any]()
    for stage_id, limit in limits:
        if limit not in written:
            first = ordered(seen.filter(column_id=ANY_STAGE)).values("pk")[:limit]
            written[limit] = first.query.sql_with_params()
        sql, values = written[limit]
        # A compound statement takes LIMIT only inside a subquery of its own.
        arms.append(f"SELECT * FROM ({sql}) AS c{len(arms)}")  # noqa: S608
        params += [stage_id if value == ANY_STAGE else value for value in values]
    if not arms:
        raise EmptyResultSet
    return RawSQL(" UNION ALL ".join(arms), params)  # noqa: S611


def in_order(deals: DealSet, order: str) -> DealSet:
    """Deals in one of the board's orders, as its index has them."""
    key, descending = ORDERS[order]
    return deals.order_by(f"-{key}" if descending else key, "pk")


def following(board: Board, *, stage: Stage, after: Place, beside: Sequence[Beside] = ()) -> list[Row]:
    """The next cards of one column behind a place."""
    column = board.seen().filter(_bound(board.order, after), column_id=stage.pk)
    rows = in_order(column.exclude(up_to(board.order, after)), board.order).values_list(*_columns(board.order, beside))[:PAGE]
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
    rows: Iterable[tuple[Any, ...]]
    if board.wanted.is_of_people:
        rows = _held_of_people(board.member.sight, board.wanted, board.pipeline_id, skip, limit, **board.who)
    else:
        rows = _held(board.seen(), board.pipeline_id, skip, limit)
    return [HeldRow._make(values) for values in rows]


def _held(seen: DealSet, pipeline_id: int, skip: int, limit: int) -> QuerySet[Any, Any]:
    last = Move.objects.filter(deal=OuterRef("pk"), kind=MoveKind.HELD).order_by("-number")
    fields = ("pk", "ledger_number", "title", "company__name", "amount_minor", "currency", "hold_until")
    found = seen.held().filter(pipeline_id=pipeline_id).order_by("hold_until", "pk")
    return found.values_list(*fields, Subquery(last.values("why")[:1]))[skip : skip + limit]


@Kept
def _held_of_people(sight: str, wanted: Filter, pipeline_id: int, skip: int, limit: int, *, member: int, team: int) -> Any:
    return _held(seen_of_people(sight, wanted, member, team), pipeline_id, skip, limit)


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
