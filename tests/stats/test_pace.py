"""Whether one is on course: what is due by today, the season counted in."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.stats.pace import NO_SEASON, elapsed, pace, season

QUARTER = [(10, 22), (11, 20), (12, 22)]


def test_without_a_season_every_working_day_weighs_the_same() -> None:
    assert elapsed(NO_SEASON, [(10, 22), (11, 10)], QUARTER) == pytest.approx(32 / 64)
    assert season([(month, 20, 5) for month in range(1, 12)]) == NO_SEASON, "eleven months tell no season"
    assert season([(month, 20, 0) for month in range(1, 13)]) == NO_SEASON, "nor do months without a win"


def test_a_month_that_always_sold_twice_as_much_weighs_more() -> None:
    past = [(month, 20, 400 if month == 12 else 200) for month in range(1, 13)] * 2
    found = season(past)
    mean = 200 * 13 / 12
    assert found.weights[11] == pytest.approx((800 + 12) / (2 * mean + 12))
    assert found.weights[0] == pytest.approx((400 + 12) / (2 * mean + 12))
    assert (found.wins, found.months) == (5200, 24)
    # Of this quarter the best month is still to come: less is due than by days alone.
    assert elapsed(found, QUARTER[:2], QUARTER) < 42 / 64 - 0.1


def test_a_few_wins_tell_little_of_a_season() -> None:
    past = [(month, 20, 2 if month == 12 else 1) for month in range(1, 13)]
    assert max(season(past).weights) < 1.1


def test_the_pace_is_what_was_won_against_what_is_due() -> None:
    found = pace(won=80, target=200, share=0.5)
    assert (found.due, found.ratio) == (100, pytest.approx(0.8))
    assert pace(won=5, target=200, share=0).ratio is None


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 23), st.integers(0, 50)), min_size=12, max_size=36))
def test_what_is_behind_grows_with_each_day_and_ends_at_the_whole(past: list[tuple[int, int, int]]) -> None:
    found = season(past)
    shares = [elapsed(found, [(10, 22), (11, days)], QUARTER) for days in range(21)]
    assert all(low < high for low, high in pairwise(shares))
    assert elapsed(found, QUARTER, QUARTER) == pytest.approx(1)
