"""The board's figures are the sums of what its reader may see, whatever happened before."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from piste.company.models import Member
from piste.deals import operations, queries, rules
from piste.deals.models import Deal, LossReason, Source, Total
from piste.deals.operations.totals import rebuild
from piste.deals.queries import board as boards
from piste.deals.queries.board import Board
from piste.deals.queries.filtering import Filter, narrow
from piste.pipelines.models import Stage
from piste.pipelines.operations import require
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(days=90)


def look(member: Member, stages: list[Stage], wanted: Filter | None = None, order: str = "closing") -> Board:
    return Board(
        member=member,
        pipeline_id=stages[0].pipeline_id,
        stages=stages,
        order=order,
        wanted=wanted or Filter(),
        at=LATER,
        today=LATER.date(),
    )


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def live_through(cast: Cast, stages: list[Stage], seed: int, count: int = 40) -> None:
    """Deals of several people and currencies, moved at random for a while."""
    make.remembered(("deals on a board", seed, count), lambda: _live_through(cast, stages, seed, count))


def _live_through(cast: Cast, stages: list[Stage], seed: int, count: int) -> None:
    dice = random.Random(seed)
    reason, source = LossReason.objects.create(name="Too dear"), Source.objects.create(name="Fair")
    owners = [cast.rosa, cast.remi, cast.olga, cast.marc]
    for number in range(count):
        deal = make.deal(
            dice.choice(stages),
            dice.choice(owners),
            title=f"Deal {number} {dice.choice(['Alba', 'Borel'])}",
            amount_minor=dice.choice([None, 0, 99, 12_345, 1_000_050]),
            currency=dice.choice(["EUR", "EUR", "USD", "JPY"]),
            expected_close_on=dice.choice([None, date(2026, 12, 1), date(2027, 1, 10)]),
            source=dice.choice([None, source]),
        )
        at = NOW
        for _ in range(dice.randrange(5)):
            at += timedelta(days=dice.randrange(1, 15))
            act = dice.choice(["move", "move", "move", "win", "lose", "hold", "bin", "give"])
            try:
                if act == "move":
                    operations.move(deal=deal, to=dice.choice(stages), by=None, at=at)
                elif act == "win":
                    operations.win(deal=deal, by=None, at=at)
                elif act == "lose":
                    operations.lose(deal=deal, reason=reason, by=None, at=at)
                elif act == "hold":
                    day = at.date() + timedelta(days=30)
                    operations.hold(deal=deal, until=day, by=None, at=at, today=at.date())
                elif act == "bin":
                    operations.discard(deal=deal, by=None, at=at)
                else:
                    operations.amend(deal=deal, facts={"owner": dice.choice(owners)}, by=None, at=at)
            except operations.DealError:
                continue


FILTERS = [
    Filter(),
    Filter(text="alba"),
    Filter(amount_from=Decimal(100)),
    Filter(amount_to=Decimal("123.45")),
    Filter(closes_missing=True),
    Filter(closes_from=date(2027, 1, 1)),
    Filter(closes_until=date(2026, 12, 31), closes_missing=True),
    Filter(pace="stalling"),
    Filter(pace="rotting"),
]


@pytest.mark.parametrize("seed", range(3))
def test_heads_and_cards_are_what_each_member_may_see(cast, stages, seed):
    live_through(cast, stages, seed)
    filters = [*FILTERS, Filter(owners=(cast.rosa.pk,)), Filter(owners=(cast.olga.pk,), teams=(cast.north.pk,))]
    filters += [Filter(sources=(Source.objects.get().pk,)), Filter(teams=(cast.north.pk,))]
    for member in [*cast.everybody(), cast.lea]:
        for wanted in filters:
            check(look(member, stages, wanted))


def check(board: Board) -> None:
    """Counts everything again, one deal after the other, by the plain rules."""
    told = boards.totals(board)
    seen = list(
        narrow(Deal.objects.visible_to(board.member).present(), board.wanted, stages=board.stages, at=LATER, today=LATER.date())
    )
    rows = boards.cards(board, limits={stage.pk: 500 for stage in board.stages})
    for stage in board.stages:
        here = [d for d in seen if d.stage_id == stage.pk and rules.shows_in_column(d.status, stage.role)]
        assert {row.id for row in rows[stage.pk]} == {deal.pk for deal in here}
        assert told.columns[stage.pk].counted == len(here)
        assert_sums(told.columns[stage.pk].totals, here, stage)
    held = [deal for deal in seen if deal.status == rules.HELD]
    assert told.held.counted == len(held)
    assert [row.id for row in boards.held(board, limit=500)] == [
        deal.pk for deal in sorted(held, key=lambda deal: (deal.hold_until, deal.pk))
    ]


def assert_sums(told: dict[str, tuple[int, int]], deals: list[Deal], stage: Stage) -> None:
    for currency in {deal.currency for deal in deals} | set(told):
        own = [deal for deal in deals if deal.currency == currency]
        total = sum(deal.amount_minor or 0 for deal in own)
        parts = [sum(d.amount_minor or 0 for d in own if d.status == status) for status in (rules.OPEN, rules.WON)]
        weighted = rules.weighted(parts[0], rules.OPEN, stage.probability) + parts[1]
        assert told[currency] == (total, weighted)


def test_totals_computed_anew_are_those_kept(cast, stages):
    live_through(cast, stages, 4)
    cells = ("stage_id", "status", "owner_id", "team_key", "currency", "counted", "amount_minor")
    kept = set(Total.objects.exclude(counted=0).values_list(*cells))
    rebuild()
    assert set(Total.objects.values_list(*cells)) == kept


def test_olga_sees_neither_cards_nor_sums_of_rosa(cast, stages):
    make.deal(stages[0], cast.rosa, amount_minor=777)
    board = look(cast.olga, stages)
    assert boards.totals(board).columns[stages[0].pk].counted == 0
    assert boards.totals(board).columns[stages[0].pk].totals == {}
    assert boards.cards(board, limits={stages[0].pk: 25})[stages[0].pk] == []
    asked = look(cast.olga, stages, Filter(owners=(cast.rosa.pk,)))
    assert boards.totals(asked).columns[stages[0].pk].counted == 0


@pytest.mark.parametrize("order", list(boards.ORDERS))
def test_each_order_has_its_cards_and_the_next_ones(cast, stages, order):
    live_through(cast, stages, 5, 60)
    board = look(cast.alice, stages, order=order)
    key, descending = boards.ORDERS[order]
    for stage in stages:
        expected = [
            deal.pk
            for deal in sorted(
                sorted(Deal.objects.filter(column=stage), key=lambda deal: deal.pk),
                key=lambda deal: getattr(deal, key),
                reverse=descending,
            )
        ]
        rows = boards.cards(board, limits={stage.pk: 3})[stage.pk]
        assert [row.id for row in rows] == expected[:3]
        if not rows:
            continue
        last = (rows[-1].key, rows[-1].id)
        assert [row.id for row in boards.following(board, stage=stage, after=last)] == expected[3 : 3 + boards.PAGE]
        assert boards.shown(board, stage=stage, last=last).counted == len(rows)


@pytest.mark.parametrize("order", list(boards.ORDERS))
def test_the_place_foreseen_is_the_place_taken(cast, stages, order):
    live_through(cast, stages, 6, 40)
    deal = make.deal(stages[0], cast.rosa, amount_minor=12_345, expected_close_on=date(2026, 12, 1))
    board = look(cast.alice, stages, order=order)
    foreseen = boards.places(board, deal=deal)
    for stage in stages[1:]:
        operations.move(deal=deal, to=stage, by=cast.rosa, at=LATER)
        rows = boards.cards(board, limits={stage.pk: 500})[stage.pk]
        assert foreseen[stage.pk] == ([row.id for row in rows].index(deal.pk) + 1, len(rows))


@pytest.mark.parametrize("order", list(boards.ORDERS))
def test_every_column_is_found_by_the_index_of_its_order(cast, stages, order, django_assert_num_queries):
    if connection.vendor != "sqlite":
        pytest.skip("reads SQLite's plan")
    board = look(cast.alice, stages, order=order)
    statements: list[str] = []

    def catch(execute, sql, params, many, context):
        statements.append(connection.ops.last_executed_query(context["cursor"], sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(catch), django_assert_num_queries(1):
        boards.cards(board, limits={stage.pk: 25 for stage in stages})
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + statements[0].replace("%", "%%"))
        plan = [row[3] for row in cursor.fetchall()]
    index = {"step": "step", "closing": "closing", "amount": "amount", "longest": "entry", "newest": "creation"}[order]
    assert sum(f"INDEX deals_deal_by_{index} (column_id=?)" in line for line in plan) == len(stages)
    assert not any("TEMP B-TREE" in line or line.startswith("SCAN deals_deal") for line in plan)


def test_what_is_lacking_is_what_the_move_would_refuse(cast, stages):
    for place, fact, enter, leave in ((0, "amount", False, True), (2, "source", True, False), (3, "contact", True, True)):
        require(stage=stages[place], fact=fact, to_enter=enter, to_leave=leave, by=None, at=NOW, why="Quality")
    for start in range(len(stages)):
        deal = make.deal(stages[0], cast.rosa, amount_minor=None)
        if start:
            operations.move(deal=deal, to=stages[start], by=cast.alice, at=NOW, override="Start")
            deal = Deal.objects.get(pk=deal.pk)
        lacking = queries.lacking(deal, stages=stages)
        for place, stage in enumerate(stages):
            if place == start:
                continue
            if lacking[stage.pk]:
                with pytest.raises(operations.DataMissing) as lack:
                    operations.move(deal=deal, to=stage, by=cast.rosa, at=NOW)
                assert lack.value.facts == lacking[stage.pk]
            else:
                moved = operations.move(deal=deal, to=stage, by=cast.rosa, at=NOW)
                operations.undo(deal=deal, number=moved.number, by=cast.rosa, at=NOW)
