"""Deals as a list: any column as the order, what nobody knows last, page by page, with totals over the whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import BigIntegerField, Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf

from piste.asking import Kept
from piste.company.models import FieldKind, Member
from piste.deals import rules
from piste.deals.models import Deal, DealSet, Habit, Status

from .board import Beside, Board, Sums, first_ids, seen_of_people
from .board import totals as board_totals
from .custom import as_number, as_text
from .filtering import Filter

CUSTOM = "custom:"
#: Rows that an export holds in memory at a time.
BATCH = 500
#: Beyond this many rows of each stage, sorting all is as good as reading the beginnings of the stages.
DEEP = 1_000


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: the name of a column, and whether the greatest comes first. What is not known comes last in both directions."""

    name: str = "step"
    descending: bool = False


class ListRow(NamedTuple):
    """What a line of the list needs of a deal; `seen` is the number of its last move, `beside` what a room above had fetched
    along."""

    id: int
    seen: int
    title: str
    company_id: int | None
    company: str | None
    stage_id: int
    status: str
    owner: str
    hue: int
    team: str | None
    amount_minor: int | None
    currency: str
    expected_close_on: date | None
    entered_stage_at: datetime
    closed_at: datetime | None
    source: str | None
    campaign: str
    created_at: datetime
    last_activity_at: datetime | None
    custom: dict[str, Any]
    probability: int
    beside: Any = None


FIELDS = (
    "pk", "ledger_number", "title", "company_id", "company__name", "stage_id", "status", "owner__name", "owner__hue",
    "team__name", "amount_minor", "currency", "expected_close_on", "entered_stage_at", "closed_at", "source__name", "campaign",
    "created_at", "last_activity_at", "custom", "stage__probability",
)  # fmt: skip

#: Orders that an index of each column of the board serves, with what the index's key must hold for its order to be this one.
SERVED: dict[Sort, tuple[Any, Q]] = {
    Sort("step"): ("step_key", Q()),
    Sort("expected_close_on"): ("closing_key", Q()),
    Sort("amount", True): ("-amount_key", Q(amount_key__gt=0)),
    Sort("days", True): ("entered_stage_at", Q()),
    Sort("created", True): ("-created_at", Q()),
    Sort("title"): (Lower("title"), Q()),
}


def listed(board: Board) -> DealSet:
    """The deals of the list: those the board shows in its columns, or those of the statuses asked for."""
    seen = board.seen().present().filter(pipeline_id=board.pipeline_id)
    return seen if board.wanted.statuses else seen.filter(column_id__in=[stage.pk for stage in board.stages])


def totals(board: Board) -> Sums:
    """How many deals the whole list has, with total and weighted total by currency; lost and held ones weigh nothing."""
    if not board.wanted.statuses:
        return _together(board_totals(board).columns.values())
    probabilities = {stage.pk: stage.probability for stage in board.stages}
    cells = listed(board).order_by().values_list("stage_id", "status", "currency").annotate(Count("pk"), Sum("amount_key"))
    parts = []
    for stage_id, status, currency, counted, amount in cells:
        counts = status in (Status.OPEN, Status.WON)
        weighted = rules.weighted(amount, status, probabilities.get(stage_id, 0)) if counts else 0
        parts.append(Sums(counted, {currency: (amount, weighted)}))
    return _together(parts)


def _together(parts: Iterable[Sums]) -> Sums:
    counted, found = 0, dict[str, tuple[int, int]]()
    for part in parts:
        counted += part.counted
        for currency, (amount, weighted) in part.totals.items():
            before = found.get(currency, (0, 0))
            found[currency] = (before[0] + amount, before[1] + weighted)
    return Sums(counted, dict(sorted(found.items(), key=lambda item: (-item[1][0], item[0]))))


def page(
    board: Board, sort: Sort, kinds: Mapping[str, str], *, skip: int, limit: int, beside: Beside | None = None
) -> list[ListRow]:
    """Some rows of the list in an order; `kinds` are those of custom fields by key."""
    if sort in SERVED and not board.wanted.statuses and skip + limit <= DEEP:
        rows = _from_beginnings(board, sort, skip, limit, beside)
        if len(rows) == limit:
            return rows
    found = in_order(listed(board), sort, kinds).values_list(*_columns(beside))[skip : skip + limit]
    return [ListRow(*values) for values in found]


def _from_beginnings(board: Board, sort: Sort, skip: int, limit: int, beside: Beside | None) -> list[ListRow]:
    """The same rows found among the first of each stage, which indexes give without sorting all; fewer when an index's order
    ends before."""
    wanted = board.wanted.stages
    stages = tuple(stage.pk for stage in board.stages if not wanted or stage.pk in wanted)
    rows: Iterable[tuple[Any, ...]]
    if board.wanted.is_of_people:
        rows = _beginnings_of_people(board.member.sight, board.wanted, stages, sort, skip, limit, beside, **board.who)
    else:
        try:
            rows = _beginnings(board.seen(), stages, sort, skip, limit, beside)
        except EmptyResultSet:
            rows = ()
    return [ListRow(*values) for values in rows]


def _beginnings(
    seen: DealSet, stages: Sequence[int], sort: Sort, skip: int, limit: int, beside: Beside | None
) -> QuerySet[Any, Any]:
    key, holds = SERVED[sort]
    limits = [(stage, skip + limit) for stage in stages]
    union = first_ids(seen, limits, lambda deals: deals.filter(holds).order_by(key, "pk"))
    return in_order(Deal.objects.filter(pk__in=union), sort, {}).values_list(*_columns(beside))[skip : skip + limit]


@Kept
def _beginnings_of_people(
    sight: str,
    wanted: Filter,
    stages: Sequence[int],
    sort: Sort,
    skip: int,
    limit: int,
    beside: Beside | None,
    *,
    member: int,
    team: int,
) -> Any:
    return _beginnings(seen_of_people(sight, wanted, member, team), stages, sort, skip, limit, beside)


def every(board: Board, sort: Sort, kinds: Mapping[str, str], *, beside: Beside | None = None) -> Iterator[ListRow]:
    """All rows of the list in an order, a batch of them in memory at a time."""
    rows = in_order(listed(board), sort, kinds).values_list(*_columns(beside))
    for values in rows.iterator(chunk_size=BATCH):
        yield ListRow(*values)


def columns_of(member: Member) -> list[str]:
    """The columns a member has chosen for their lists; none for the usual ones."""
    rows = _chosen(member=member.pk)
    return list(rows[0][0]) if rows else []


@Kept
def _chosen(*, member: int) -> Any:
    return Habit.objects.filter(member_id=member).values_list("columns")


def tags_of(deals: Collection[int]) -> dict[int, list[str]]:
    """The tags of deals, in order; one statement."""
    found: dict[int, list[str]] = {}
    for deal_id, name in _tags(deals=list(deals)) if deals else ():
        found.setdefault(deal_id, []).append(name)
    return found


@Kept
def _tags(*, deals: list[int]) -> Any:
    through = Deal.tags.through.objects.filter(deal_id__in=deals).order_by("tag__name")
    return through.values_list("deal_id", "tag__name")


def _columns(beside: Beside | None) -> list[Any]:
    return [*FIELDS, *([beside()] if beside is not None else [])]


def in_order(deals: DealSet, sort: Sort, kinds: Mapping[str, str]) -> DealSet:
    """Deals in the order of a column, unknown values last, the older deal first among equals."""
    key = _custom_key(sort.name.removeprefix(CUSTOM), kinds) if sort.name.startswith(CUSTOM) else _key(sort.name)
    # Days in the stage grow as its beginning goes back.
    descending = sort.descending != (sort.name == "days")
    ordered = key.desc(nulls_last=True) if descending else key.asc(nulls_last=True)
    return deals.order_by(ordered, "pk")


def _key(name: str) -> Any:
    match name:
        case "title":
            return Lower(name)
        case "deal":
            return Coalesce(F("company__order_key"), Lower("title"))
        case "owner" | "team" | "source":
            return Lower(f"{name}__name")
        case "stage":
            return F("stage__position")
        case "campaign":
            return Lower(NullIf(F("campaign"), Value("")))
        case "amount":
            return F("amount_minor")
        case "weighted":
            share = Case(
                When(status=Status.WON, then=Value(100)),
                When(status=Status.OPEN, then=F("stage__probability")),
                default=Value(0),
                output_field=BigIntegerField(),
            )
            return F("amount_minor") * share
        case "expected_close_on":
            return F("expected_close_on")
        case "days":
            return F("entered_stage_at")
        case "created":
            return F("created_at")
        case "activity":
            return F("last_activity_at")
        case "status":
            return F("status")
        case "tags":
            names = Deal.tags.through.objects.filter(deal_id=OuterRef("pk")).order_by(Lower("tag__name"))
            return Subquery(names.values_list(Lower("tag__name"))[:1])
        case _:
            return F("next_step_on")


def _custom_key(key: str, kinds: Mapping[str, str]) -> Any:
    kind = kinds.get(key)
    if kind == FieldKind.NUMBER:
        return as_number(key)
    return as_text(key) if kind in (FieldKind.DATE, FieldKind.YES_NO) else Lower(as_text(key))
