"""From moves to visits: the rules one by one, and over random ledgers."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.stats.conversion import conversion, estimated, reached_by_pair
from piste.stats.course import Course, course
from piste.stats.durations import durations
from piste.stats.flows import flows, returned, skipped
from piste.stats.history import ELSEWHERE, LOST, NOWHERE, WON, Exit, History, MoveTuple, Status, as_moves
from piste.stats.outcomes import closed, cohort
from tests.stats.ledgers import DAY, ORDER, PLACES, RETENTION, START, Told, grown, history, ledgers, plain

FAR = 30000.0


def moves(*steps: tuple[str, int, str], deal: int = 1) -> list[MoveTuple]:
    """Kind, stage and status, one a day from day 1 on."""
    return [MoveTuple(deal, day, kind, stage, status, float(day)) for day, (kind, stage, status) in enumerate(steps, start=1)]


def visits(found: History) -> list[tuple[int, float, float | None, Exit]]:
    rows = found.visits
    return [
        (int(stage), float(entered), None if np.isnan(left) else float(left), Exit(how))
        for stage, entered, left, how in zip(rows.stage, rows.entered, rows.left, rows.exit, strict=True)
    ]


def ways(found: History) -> list[tuple[int, int, float]]:
    return list(zip(found.flows.origin.tolist(), found.flows.target.tolist(), found.flows.at.tolist(), strict=True))


def state(found: History) -> tuple[Status, int]:
    return Status(int(found.deals.status[0])), int(found.deals.stage[0])


def test_a_way_with_a_skip_a_return_and_a_sale() -> None:
    found = history(
        moves(
            ("created", 10, "open"),
            ("skipped", 30, "open"),
            ("held", 30, "held"),
            ("returned", 20, "open"),
            ("advanced", 30, "open"),
            ("won", 50, "won"),
            ("advanced", 60, "won"),
        )
    )
    assert visits(found) == [
        (0, 1, 2, Exit.ADVANCED),
        (2, 2, 4, Exit.RETURNED),
        (1, 4, 5, Exit.ADVANCED),
        (2, 5, 6, Exit.WON),
        (4, 6, 7, Exit.ADVANCED),
        (5, 7, None, Exit.NOT_YET),
    ]
    assert ways(found) == [(NOWHERE, 0, 1), (0, 2, 2), (2, 1, 4), (1, 2, 5), (2, 4, 6), (4, 5, 7)]
    assert state(found) == (Status.WON, 5)
    assert (found.deals.created[0], found.deals.won[0], found.deals.closed[0]) == (1, 6, 6)


def test_a_loss_and_another_try() -> None:
    found = history(moves(("created", 10, "open"), ("lost", 10, "lost"), ("reopened", 10, "open"), ("advanced", 20, "open")))
    assert visits(found) == [(0, 1, 2, Exit.LOST), (0, 3, 4, Exit.ADVANCED), (1, 4, None, Exit.NOT_YET)]
    assert ways(found) == [(NOWHERE, 0, 1), (0, LOST, 2), (LOST, 0, 3), (0, 1, 4)]
    assert np.isnan(found.deals.closed[0])


def test_a_stage_that_a_lost_deal_is_filed_under_is_not_visited() -> None:
    for later in ("advanced", "lost"):
        found = history(moves(("created", 10, "open"), (later, 40, "lost"), ("returned", 20, "lost")))
        assert visits(found) == [(0, 1, 2, Exit.LOST)]
        assert state(found) == (Status.LOST, 1)
        assert found.deals.closed[0] == 2
        assert len(conversion(found, 0).advanced) == 0, "it went out, not on"


def test_a_sale_where_no_stage_of_customers_is() -> None:
    found = history(moves(("created", 10, "open"), ("advanced", 30, "open"), ("won", 30, "won"), ("advanced", 40, "won")))
    assert visits(found) == [(0, 1, 2, Exit.ADVANCED), (2, 2, 3, Exit.WON)]
    assert ways(found)[-1] == (2, WON, 3)
    assert conversion(found, 2).advanced.tolist() == [1]


def test_a_deal_that_is_still_being_sold_among_the_customers() -> None:
    found = history(moves(("created", 10, "open"), ("skipped", 50, "open"), ("won", 50, "won")))
    assert visits(found) == [(0, 1, 2, Exit.ADVANCED), (4, 2, None, Exit.NOT_YET)]
    assert found.deals.won[0] == 3


def test_a_customer_lost_was_won_a_customer_reopened_was_not() -> None:
    churned = [("created", 10, "open"), ("won", 50, "won"), ("lost", 50, "lost")]
    found = history(moves(*churned))
    assert (found.deals.won[0], found.deals.closed[0], state(found)) == (2, 3, (Status.LOST, 4))
    assert visits(found)[-1] == (4, 2, 3, Exit.LOST)
    for again in ([*churned, ("reopened", 30, "open")], [*churned[:2], ("reopened", 30, "open")]):
        found = history(moves(*again))
        assert np.isnan(found.deals.won[0])
        assert state(found) == (Status.OPEN, 2)
    sold_again = history(moves(*churned, ("reopened", 30, "open"), ("won", 50, "won")))
    assert sold_again.deals.won[0] == 5


def test_a_deal_that_came_closed_has_visited_nothing() -> None:
    for status, place in (("lost", LOST), ("won", WON)):
        found = history(moves(("created", 20, status)))
        assert visits(found) == []
        assert ways(found) == [(NOWHERE, place, 1)]
    found = history(moves(("created", 50, "won")))
    assert visits(found) == [(4, 1, None, Exit.NOT_YET)]
    assert found.deals.won[0] == 1


def test_another_pipeline_and_back() -> None:
    found = history(moves(("created", 20, "open"), ("changed_pipeline", 90, "open")))
    assert (visits(found), state(found)) == ([(1, 1, 2, Exit.LEFT)], (Status.LEFT, ELSEWHERE))
    found = history(moves(("created", 20, "open"), ("changed_pipeline", 90, "open"), ("changed_pipeline", 30, "open")))
    assert visits(found)[-1] == (2, 3, None, Exit.NOT_YET)
    assert ways(found)[-1] == (ELSEWHERE, 2, 3)


def test_an_undone_loss_never_was() -> None:
    steps = moves(("created", 10, "open"), ("advanced", 20, "open"), ("lost", 20, "lost"), ("undone", 20, "open"))
    assert visits(history(steps)) == visits(history(steps[:2]))
    twice = [*steps, MoveTuple(1, 5, "undone", 10, "open", 5.0)]
    assert visits(history(twice)) == visits(history(steps[:1]))


def test_no_moves_no_history() -> None:
    found = history([])
    assert (len(found.visits), len(found.flows), len(found.deals)) == (0, 0, 0)
    assert len(conversion(found, 0).entered) == 0
    assert flows(found) == []
    assert cohort(found.deals).rate.n == 0
    assert reached_by_pair(found).sum() == 0


@given(ledgers)
def test_the_fast_reading_is_the_plain_one(told: Told) -> None:
    rows = grown(told)
    found, by_hand = history(rows), plain(rows)
    assert found.deals.id.tolist() == sorted(by_hand)
    for place, deal in enumerate(sorted(by_hand)):
        one, alone = by_hand[deal], found.among(np.array([deal]))
        assert ways(alone) == one.flows
        assert visits(alone) == [(stage, at, None if np.isnan(left) else left, Exit(how)) for stage, at, left, how in one.visits]
        row = found.deals
        mine = (row.status[place], row.stage[place], row.created[place], row.won[place], row.closed[place])
        np.testing.assert_array_equal(mine, (one.status, one.stage, one.created, one.won, one.closed))


@given(ledgers, st.integers(0, 10**6))
def test_the_order_in_which_rows_come_is_irrelevant(told: Told, seed: int) -> None:
    rows = grown(told)
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)
    same(history(mixed), history(rows))


@given(ledgers, st.integers(0, 60 * 24))
def test_as_it_was_is_what_a_ledger_cut_then_tells(told: Told, hours: int) -> None:
    rows = grown(told)
    then = min((move.at for move in rows), default=0.0) + hours / 24
    same(history(rows, as_of=then), history([move for move in rows if move.at <= then], as_of=then))


@given(ledgers)
def test_what_was_undone_leaves_no_trace(told: Told) -> None:
    rows = grown(told)
    kept: list[MoveTuple] = []
    for move in rows:
        if move.kind == "undone":
            kept.pop(max(place for place, other in enumerate(kept) if other.deal == move.deal))
        else:
            kept.append(move)
    same(history(rows), history(kept))


@given(ledgers)
def test_everything_is_counted_once(told: Told) -> None:
    found = history(grown(told))
    every = Counter(found.deals.id.tolist())
    for outcome in (cohort(found.deals), closed(found.deals)):
        groups = [outcome.won, outcome.lost, outcome.open, outcome.held, outcome.left]
        named = Counter(np.concatenate(groups).tolist())
        assert all(count == 1 for count in named.values())
        assert outcome.rate.n == len(outcome.won) + len(outcome.lost)
    born = cohort(found.deals)
    assert Counter(np.concatenate([born.won, born.lost, born.open, born.held, born.left]).tolist()) == every
    for stage in range(found.stages):
        one = conversion(found, stage)
        groups = [one.advanced, one.lost, one.held, one.open, one.kept, one.left]
        assert sorted(np.concatenate(groups).tolist()) == one.entered.tolist()
        assert (one.days >= 0).all()
        assert one.plain.count == len(one.advanced)


@given(ledgers)
def test_who_comes_in_goes_out_or_is_there(told: Told) -> None:
    found = history(grown(told))
    every = flows(found)
    assert sum(flow.count for flow in every) == len(found.flows)
    for stage in range(found.stages):
        here = found.visits.stage == stage
        arrived = sum(flow.count for flow in every if flow.target == stage)
        gone = sum(flow.count for flow in every if flow.origin == stage)
        still = int(np.isnan(found.visits.left[here]).sum())
        assert arrived == here.sum() == gone + still
        standing = (found.deals.stage == stage) & np.isin(found.deals.status, [Status.OPEN, Status.HELD])
        customers = (found.deals.stage == stage) & (found.deals.status == Status.WON) & (stage >= found.selling)
        assert still == (standing | customers).sum()


@given(ledgers, st.floats(0, 60), st.floats(0, 60))
def test_periods_that_follow_each_other_add_up(told: Told, one: float, two: float) -> None:
    found = history(grown(told))
    cuts = sorted((20454 + one, 20454 + two))
    bounds = list(zip([float("-inf"), *cuts], [*cuts, float("inf")], strict=True))
    for stage in range(found.stages):
        parts = [conversion(found, stage, since=since, until=until) for since, until in bounds]
        assert sum(len(part.entered) for part in parts) == len(conversion(found, stage).entered)
        assert sum(len(part.advanced) for part in parts) == len(conversion(found, stage).advanced)
    assert sum(flow.count for since, until in bounds for flow in flows(found, since=since, until=until)) == len(found.flows)
    for count in (cohort, closed):
        whole = count(found.deals)
        assert sum(len(count(found.deals, since=since, until=until).won) for since, until in bounds) == len(whole.won)


@given(ledgers, st.integers(0, 2))
def test_folding_two_stages_changes_nothing_of_the_others(told: Told, at: int) -> None:
    """Two neighbouring stages of selling counted as one."""
    rows = grown(told)
    folded = {key: place - (place > at) for key, place in PLACES.items()}
    before, after = history(rows), history(rows, places=folded)
    others = [place for place in range(len(ORDER)) if place not in (at, at + 1)]
    for stage in others:
        now = stage - (stage > at)
        alike(conversion(before, stage), conversion(after, now))
        assert stays(before, stage) == stays(after, now)
        assert returned_to(before, stage) == returned_to(after, now)
    assert sold(before) == sold(after)
    assert np.array_equal(np.isnan(before.deals.closed), np.isnan(after.deals.closed))
    one = conversion(after, at)
    entered = np.union1d(conversion(before, at).entered, conversion(before, at + 1).entered)
    assert one.entered.tolist() == entered.tolist()
    reached = reached_by_pair(before), reached_by_pair(after)
    assert [int(reached[0][stage, -1]) for stage in others] == [int(reached[1][stage - (stage > at), -1]) for stage in others]


def ready(rows: list[MoveTuple]) -> Course:
    return course(as_moves(rows), PLACES, stages=len(PLACES), selling=PLACES[RETENTION[0]])


@given(ledgers, st.floats(0, 40), st.floats(-10, 40), st.floats(0, 40))
def test_a_later_history_tells_of_an_earlier_moment_what_was_told_then(
    told: Told, then: float, first: float, length: float
) -> None:
    """Where nothing was taken back since: the conversions of the period before are made from the history of now."""
    first_day = START.timestamp() / DAY
    rows, moment, now = ready(grown(told)), first_day + then, first_day + 60
    plain_one, later, went_back = rows.as_of(moment), rows.as_of(now), rows.back_to(moment, now)
    for one in fields(plain_one.deals):
        assert np.array_equal(getattr(went_back.deals, one.name), getattr(plain_one.deals, one.name), equal_nan=True)
    assert (visits(went_back), ways(went_back)) == (visits(plain_one), ways(plain_one))
    if not rows.tells_the_same(moment, now):
        assert rows.until is not None
        assert ((rows.at <= moment) & (rows.until > moment) & (rows.until <= now)).any()
        return
    told_by_it = replace(went_back, later=later, worked_out={})
    for since, until in ((first_day + first, first_day + first + length), (float("-inf"), float("inf"))):
        for stage in range(plain_one.stages):
            found, expected = (conversion(one, stage, since=since, until=until) for one in (told_by_it, plain_one))
            assert all(np.array_equal(getattr(found, one.name), getattr(expected, one.name)) for one in fields(found))
            alone = replace(went_back, later=later, worked_out={})
            assert estimated(alone, stage, since=since, until=until) == expected.estimate
    assert visits(told_by_it) == visits(plain_one)


@given(ledgers, st.floats(0, 60), st.floats(0, 60), st.floats(0, 40), st.floats(0, 40))
def test_what_was_worked_out_at_one_moment_holds_at_another(
    told: Told, then: float, more: float, first: float, length: float
) -> None:
    """Histories of the same moves have in common what follows from these alone, and nothing else."""
    first_day = START.timestamp() / DAY
    rows, since = ready(grown(told)), first_day + first
    for moment in (first_day + then, first_day + then + more):
        kept, plain_one = rows.as_of(moment), ready(grown(told)).as_of(moment)
        same(kept, plain_one)
        assert np.array_equal(kept.last_visits, plain_one.last_visits)
        for stage in range(kept.stages):
            for _ in range(2):
                found, expected = (conversion(one, stage, since=since, until=since + length) for one in (kept, plain_one))
                assert all(np.array_equal(getattr(found, one.name), getattr(expected, one.name)) for one in fields(found))
            assert skipped(kept, stage, since=since, until=since + length).tolist() == (
                skipped(plain_one, stage, since=since, until=since + length).tolist()
            )
        assert [(one.count, one.deals.tolist()) for one in flows(kept, since=since)] == (
            [(one.count, one.deals.tolist()) for one in flows(plain_one, since=since)]
        )


def test_what_was_taken_back_since_or_stands_out_of_order_is_told_by_no_later_history() -> None:
    way = moves(("created", 10, "open"), ("advanced", 20, "open"), ("undone", 10, "open"), ("advanced", 30, "open"))
    assert not ready(way).tells_the_same(2.5, 9.0)
    assert ready(way).tells_the_same(1.5, 9.0)
    assert ready(way).tells_the_same(3.5, 9.0)
    assert not ready(way).tells_the_same(9.0, 3.5)
    dated_back = [*moves(("created", 10, "open"), ("advanced", 20, "open")), MoveTuple(1, 3, "advanced", 30, "open", 1.5)]
    assert not ready(dated_back).tells_the_same(1.7, 9.0)


@given(ledgers, st.floats(0, 40), st.floats(0, 40), st.lists(st.integers(-50, 50), min_size=60, max_size=60))
def test_flows_of_a_period_are_the_changes_told_one_by_one(told: Told, first: float, length: float, shifts: list[int]) -> None:
    """Where moves of a deal are dated before others of it as well."""
    in_time = grown(told)
    shifted = [move._replace(at=move.at + shifts[number % len(shifts)]) for number, move in enumerate(in_time)]
    since = START.timestamp() / DAY + first
    for rows in (in_time, shifted):
        found = history(rows)
        expected: dict[tuple[int, int], list[int]] = {}
        for deal, (origin, target, at) in zip(found.flows.deal.tolist(), ways(found), strict=True):
            if since <= at < since + length:
                expected.setdefault((origin, target), []).append(deal)
        flowing = flows(found, since=since, until=since + length)
        assert {(one.origin, one.target): one.count for one in flowing} == {way: len(deals) for way, deals in expected.items()}
        for one in flowing:
            assert one.deals.tolist() == sorted(set(expected[one.origin, one.target]))
            assert one.deal_count == len(one.deals)


@given(ledgers)
def test_skips_and_returns_name_the_deals_that_flows_count(told: Told) -> None:
    found = history(grown(told))
    for stage in range(found.selling):
        passing: set[int] = set()
        back: set[int] = set()
        for flow in flows(found):
            if 0 <= flow.origin < stage < flow.target < found.selling:
                passing.update(flow.deals.tolist())
            if flow.origin == stage and 0 <= flow.target < stage:
                back.update(flow.deals.tolist())
        assert skipped(found, stage, since=-FAR, until=FAR).tolist() == sorted(passing)
        assert returned(found, stage, since=-FAR, until=FAR).tolist() == sorted(back)


@given(ledgers, st.sets(st.integers(1, 6)))
def test_deals_among_others_are_as_they_are_alone(told: Told, chosen: set[int]) -> None:
    rows = grown(told)
    ids = np.array(sorted(chosen), dtype=np.int64)
    same(history(rows).among(ids), history([move for move in rows if move.deal in chosen]))


def same(one: History, other: History) -> None:
    for part in ("visits", "flows", "deals"):
        left, right = getattr(one, part), getattr(other, part)
        for name in left.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=f"{part}.{name}")


def alike(one: Any, other: Any) -> None:
    for name in ("entered", "advanced", "lost", "held", "open", "kept", "left"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    assert one.plain == other.plain
    assert one.estimate.rate == (None if other.estimate.rate is None else pytest.approx(other.estimate.rate))


def stays(found: History, stage: int) -> Any:
    here = found.visits.stage == stage
    ended = ~np.isnan(found.visits.left[here])
    return durations(np.where(ended, found.visits.left[here], found.as_of) - found.visits.entered[here], ended)


def returned_to(found: History, stage: int) -> list[int]:
    """Deals that came back to a stage from any later one."""
    rows = found.flows
    return sorted(set(rows.deal[(rows.target == stage) & (rows.origin > stage)].tolist()))


def sold(found: History) -> list[list[int]]:
    outcome = cohort(found.deals)
    return [part.tolist() for part in (outcome.won, outcome.lost, outcome.open, outcome.held, outcome.left)]
