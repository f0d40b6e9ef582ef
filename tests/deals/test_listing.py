"""The list: any order with what is unknown last, page by page, totals of the whole, for what one may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.company.models import FieldKind, Member
from piste.deals import operations, rules
from piste.deals.models import Deal, LossReason, Source
from piste.deals.queries import listing
from piste.deals.queries.board import Board
from piste.deals.queries.filtering import Filter
from piste.deals.queries.listing import Sort
from piste.people.operations import create_company
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast

DAY = NOW.date()
KINDS = {"size": FieldKind.NUMBER, "since": FieldKind.DATE, "note": FieldKind.TEXT}
OWN: list[dict[str, Any]] = [
    {"size": "9", "since": "2026-01-01", "note": "b"},
    {"size": "10.5", "note": "A"},
    {"size": "-100", "since": "2025-12-31"},
    {"size": None, "note": None},
    {},
]


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deals(cast: Cast, stages: list[Stage]) -> list[Deal]:
    """Deals of two owners in every stage, each fact known of some and unknown of others."""
    made = []
    fair, reason = Source.objects.create(name="Fair"), LossReason.objects.create(name="Too dear")
    firms = [None, create_company(name="Borel", by=cast.rosa, at=NOW), create_company(name="alba", by=cast.rosa, at=NOW)]
    for number in range(45):
        deal = make.deal(
            stages[number % len(stages)],
            cast.olga if number % 5 == 4 else cast.rosa,
            at=NOW - timedelta(days=number * 7 % 40, hours=number),
            title=f"{'dD'[number % 2]}eal {number * 37 % 45:02}",
            company=firms[number % 3],
            amount_minor=[None, 0, 100, 2500, 100][number % 5],
            currency=["EUR", "USD"][number % 2],
            expected_close_on=[None, DAY, DAY + timedelta(days=9)][number % 3],
            source=[None, fair][number % 2],
            campaign=["", "Spring"][number // 2 % 2],
            custom=OWN[number // 3 % len(OWN)],
            tags=[[], ["b"], ["c", "a"]][number // 4 % 3],
        )
        step = [None, DAY, DAY - timedelta(days=3), DAY + timedelta(days=2)][number % 4]
        done = [None, NOW - timedelta(days=number)][number // 2 % 2]
        operations.keep_activities(rows=[(deal.pk, step, done)])
        if number % 11 == 5:
            operations.win(deal=deal, by=cast.rosa, at=NOW)
        elif number % 11 == 6:
            operations.lose(deal=deal, reason=reason, by=cast.rosa, at=NOW)
        elif number % 11 == 7:
            operations.hold(deal=deal, until=DAY + timedelta(days=9), today=DAY, by=cast.rosa, at=NOW)
        deal.refresh_from_db()
        made.append(deal)
    return made


def look(member: Member, stages: list[Stage], wanted: Filter | None = None) -> Board:
    filtered = wanted or Filter()
    return Board(member, stages[0].pipeline_id, stages, "step", filtered, NOW, DAY)


def weight(deal: Deal) -> int | None:
    if deal.amount_minor is None:
        return None
    return deal.amount_minor * {"won": 100, "open": deal.stage.probability}.get(deal.status, 0)


def first_tag(deal: Deal) -> str | None:
    return min(deal.tags.values_list("name", flat=True), default=None)


def own(key: str, kind: Callable[[Any], Any] = str) -> Callable[[Deal], Any]:
    return lambda deal: None if deal.custom.get(key) is None else kind(deal.custom[key])


KEYS: dict[str, Callable[[Deal], Any]] = {
    "title": lambda deal: deal.title.lower(),
    "deal": lambda deal: (deal.company.name if deal.company else deal.title).lower(),
    "stage": lambda deal: deal.stage.position,
    "owner": lambda deal: deal.owner.name.lower(),
    "team": lambda deal: deal.team.name.lower() if deal.team else None,
    "amount": lambda deal: deal.amount_minor,
    "weighted": weight,
    "expected_close_on": lambda deal: deal.expected_close_on,
    "step": lambda deal: deal.next_step_on,
    "days": lambda deal: NOW - deal.entered_stage_at,
    "source": lambda deal: deal.source.name.lower() if deal.source else None,
    "campaign": lambda deal: deal.campaign.lower() or None,
    "tags": first_tag,
    "created": lambda deal: deal.created_at,
    "activity": lambda deal: deal.last_activity_at,
    "status": lambda deal: deal.status,
    "custom:size": own("size", float),
    "custom:since": own("since"),
    "custom:note": own("note", str.lower),
}


def in_order(deals: list[Deal], name: str, *, descending: bool) -> list[int]:
    key = KEYS[name]
    known = sorted((deal for deal in deals if key(deal) is not None), key=lambda deal: deal.pk)
    known.sort(key=key, reverse=descending)
    return [deal.pk for deal in known] + sorted(deal.pk for deal in deals if key(deal) is None)


def listed(deals: list[Deal]) -> list[Deal]:
    return [deal for deal in deals if rules.shows_in_column(deal.status, deal.stage.role)]


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_orders_the_list(cast: Cast, stages: list[Stage], deals: list[Deal], name: str, descending: bool) -> None:
    board, sort = look(cast.alice, stages), Sort(name, descending)
    expected = in_order(listed(deals), name, descending=descending)
    pages = [
        listing.page(board, sort, KINDS, skip=skip, limit=min(7, len(expected) - skip)) for skip in range(0, len(expected), 7)
    ]
    assert [row.id for rows in pages for row in rows] == expected
    assert [row.id for row in listing.every(board, sort, KINDS)] == expected


FILTERS = [
    Filter(),
    Filter(steps=("none",)),
    Filter(statuses=("lost", "held")),
    Filter(statuses=("won", "open")),
    Filter(quiet_days=5),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_count_and_totals_are_those_of_the_whole_list(cast: Cast, stages: list[Stage], deals: list[Deal], wanted: Filter) -> None:
    for member in (cast.alice, cast.rosa, cast.olga):
        board = look(member, stages, wanted)
        told, rows = listing.totals(board), list(listing.every(board, Sort("title"), KINDS))
        assert told.counted == len(rows)
        for currency in {row.currency for row in rows} | set(told.totals):
            amounts = [row.amount_minor or 0 for row in rows if row.currency == currency]
            assert told.totals[currency][0] == sum(amounts)


def test_one_sees_in_the_list_what_one_may_see(cast: Cast, stages: list[Stage], deals: list[Deal]) -> None:
    rows = listing.page(look(cast.olga, stages), Sort(), KINDS, skip=0, limit=50)
    assert {row.id for row in rows} == {deal.pk for deal in listed(deals) if deal.owner_id == cast.olga.pk}


@pytest.mark.parametrize("sort", listing.SERVED, ids=str)
def test_usual_orders_are_read_from_the_indexes_of_the_columns(
    cast: Cast, stages: list[Stage], deals: list[Deal], sort: Sort
) -> None:
    """No sorting of all deals for the first page of the orders asked for most."""
    if connection.vendor != "sqlite":
        pytest.skip("the plan is told by SQLite")
    with CaptureQueriesContext(connection) as asked:
        listing.page(look(cast.alice, stages), sort, KINDS, skip=0, limit=10)
    assert len(asked) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        plan = [row[3] for row in cursor.fetchall()]
    assert sum("USING INDEX deals_deal_by_" in line or "COVERING INDEX deals_deal_by_" in line for line in plan) >= len(stages)
    assert not [line for line in plan if line.startswith("SCAN deals_deal")]


def test_the_list_by_company_leaves_accents_aside(cast: Cast, stages: list[Stage]) -> None:
    for name in ("Zénith", "Étoile", "abel", "Eugène"):
        make.deal(stages[0], cast.rosa, company=create_company(name=name, by=cast.rosa, at=NOW))
    rows = listing.page(look(cast.alice, stages), Sort("deal"), KINDS, skip=0, limit=9)
    assert [row.company for row in rows] == ["abel", "Étoile", "Eugène", "Zénith"]
