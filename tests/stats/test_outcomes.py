"""Wins, losses, cycles and pace: small answers known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from piste.stats.history import Deals, MoveTuple
from piste.stats.outcomes import Cycle, closed, cohort, coverage, cycle, velocity
from piste.stats.shares import share
from tests.stats.ledgers import history


def told() -> Deals:
    """Six deals, each with its own end; times are days."""
    ways: dict[int, list[tuple[str, int, str, float]]] = {
        1: [("created", 10, "open", 1), ("won", 50, "won", 11)],
        2: [("created", 10, "open", 2), ("lost", 10, "lost", 5)],
        3: [("created", 10, "open", 3)],
        4: [("created", 10, "open", 4), ("held", 10, "held", 6)],
        5: [("created", 10, "open", 5), ("won", 50, "won", 25), ("lost", 50, "lost", 40)],
        6: [("created", 10, "open", 6), ("changed_pipeline", 90, "open", 8)],
    }
    rows = [
        MoveTuple(deal, number, kind, stage, status, at)
        for deal, steps in ways.items()
        for number, (kind, stage, status, at) in enumerate(steps, start=1)
    ]
    return history(rows).deals


def test_by_creation_each_deal_is_in_one_group() -> None:
    found = cohort(told())
    groups = (found.won, found.lost, found.open, found.held, found.left)
    assert [group.tolist() for group in groups] == [[1, 5], [2], [3], [4], [6]]
    assert found.rate == share(2, 3)
    assert found.cycle_won == Cycle(2, 15.0, 15.0)
    assert found.cycle_lost == Cycle(1, 3.0, 3.0)
    assert cohort(told(), since=2, until=5).won.tolist() == []
    assert cohort(told(), since=2, until=5).lost.tolist() == [2]


def test_by_closing_a_customer_lost_counts_as_the_sale_it_was() -> None:
    found = closed(told())
    assert (found.won.tolist(), found.lost.tolist(), found.open.tolist()) == ([1, 5], [2], [])
    assert closed(told(), since=30).rate.n == 0, "that a customer was lost is no lost sale"
    assert closed(told(), since=11, until=25).won.tolist() == [1], "from the first moment to the last, which is out"


def test_a_deal_reopened_is_open_again() -> None:
    rows = [
        MoveTuple(1, 1, "created", 10, "open", 1.0),
        MoveTuple(1, 2, "lost", 10, "lost", 2.0),
        MoveTuple(1, 3, "reopened", 20, "open", 3.0),
    ]
    assert closed(history(rows).deals).rate.rate is None
    assert cohort(history(rows).deals).open.tolist() == [1]


def test_a_cycle_has_a_mean_and_a_middle() -> None:
    assert cycle(np.array([1.0, 2.0, 9.0])) == Cycle(3, 4.0, 2.0)
    assert cycle(np.zeros(0)) == Cycle(0, None, None)


def test_velocity_is_revenue_a_day() -> None:
    assert velocity(open_deals=50, win_rate=0.3, mean_value=10_000, mean_cycle_days=60) == pytest.approx(2500)
    assert velocity(open_deals=0, win_rate=0.3, mean_value=10_000, mean_cycle_days=60) == 0
    for unknown in ({"win_rate": None}, {"mean_value": None}, {"mean_cycle_days": None}, {"mean_cycle_days": 0.0}):
        assert velocity(**({"open_deals": 5, "win_rate": 0.3, "mean_value": 1.0, "mean_cycle_days": 6.0} | unknown)) is None  # type: ignore[arg-type]


def test_coverage_is_of_what_is_left() -> None:
    assert coverage(open_value=300, target=200, won=100) == 3
    assert coverage(open_value=300, target=200, won=200) is None
    assert coverage(open_value=300, target=200, won=250) is None
