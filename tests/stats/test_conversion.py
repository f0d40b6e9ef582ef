"""The share that goes on: by hand, against what it must equal in simpler cases, and by simulation."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.stats.conversion import ADVANCED, OUT, STILL, Incidence, incidence
from piste.stats.durations import survival
from piste.stats.shares import Z, wilson

FATES = st.sampled_from([STILL, ADVANCED, OUT])
watched = st.lists(st.tuples(st.integers(0, 10), FATES), min_size=1, max_size=50)


def arrays(told: list[tuple[int, int]]) -> tuple[Any, Any]:
    return np.array([days for days, _ in told], dtype=np.float64), np.array([fate for _, fate in told], dtype=np.int64)


def rate(told: list[tuple[int, int]]) -> float:
    found = incidence(*arrays(told)).rate
    assert found is not None
    return found


def deviation(found: Incidence) -> float:
    """The standard error that an interval on the log-log scale was made of."""
    assert found.rate is not None
    assert found.low is not None
    swing = np.log(found.low) / np.log(found.rate)
    return float(np.log(swing) * abs(found.rate * np.log(found.rate)) / Z)


def test_ten_deals_by_hand() -> None:
    """Ten enter: of 10 at risk on day 1 one advances, of 9 on day 2 one is lost, one is still there after 3 days, of 7 on day 4
    two advance, two are there after 5, of 3 on day 6 one is lost, of 2 on day 7 one advances, one is there after 8."""
    told = [
        (1, ADVANCED), (2, OUT), (3, STILL), (4, ADVANCED), (4, ADVANCED), (5, STILL), (5, STILL), (6, OUT), (7, ADVANCED),
        (8, STILL),
    ]  # fmt: skip
    staying = [1, 9 / 10, 8 / 10, 8 / 10 * 5 / 7, 8 / 10 * 5 / 7 * 2 / 3]
    by_hand = staying[0] / 10 + staying[2] * 2 / 7 + staying[4] / 2
    found = incidence(*arrays(told))
    assert found.rate == pytest.approx(by_hand) == pytest.approx(0.519048, abs=1e-6)
    assert found.within_days == 8
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 4 / 10 < found.rate < found.high < 1


@given(watched)
def test_when_all_is_known_it_is_the_plain_share(told: list[tuple[int, int]]) -> None:
    known = [(days, fate) for days, fate in told if fate != STILL] or [(1, OUT)]
    found = incidence(*arrays(known))
    plain = sum(fate == ADVANCED for _, fate in known) / len(known)
    assert found.rate == pytest.approx(plain)
    if 0 < plain < 1:
        assert deviation(found) == pytest.approx(sqrt(plain * (1 - plain) / len(known)), rel=1e-6)
    else:
        assert (found.low, found.high) == pytest.approx(wilson(plain, len(known)))


@given(watched)
def test_without_losses_it_is_what_kaplan_and_meier_say(told: list[tuple[int, int]]) -> None:
    days, fate = arrays([(day, ADVANCED if fate == OUT else fate) for day, fate in told])
    curve = survival(days, fate == ADVANCED)
    found = incidence(days, fate)
    if not len(curve.times):
        assert found.rate is None
        return
    assert found.rate == pytest.approx(1 - curve.share[-1])
    if 0 < curve.share[-1] < 1 - 1e-9:
        assert deviation(found) == pytest.approx(curve.share[-1] * sqrt(curve.greenwood[-1]), rel=1e-6)


@given(watched)
def test_gone_on_and_gone_out_and_still_there_are_all(told: list[tuple[int, int]]) -> None:
    days, fate = arrays(told)
    curve = survival(days, fate != STILL)
    if not len(curve.times):
        return
    other = np.select([fate == ADVANCED, fate == OUT], [OUT, ADVANCED], STILL)
    one, two = incidence(days, fate), incidence(days, other)
    assert one.rate is not None
    assert two.rate is not None
    assert one.rate + two.rate + curve.share[-1] == pytest.approx(1)


@given(watched)
def test_it_is_the_share_weighted_by_the_chance_of_being_seen(told: list[tuple[int, int]]) -> None:
    """Satten & Datta 2001, The American Statistician 55:207–210: the estimate is a mean over those who advanced, each weighted by
    one over the Kaplan–Meier chance that it was not yet censored."""
    days, fate = arrays(told)
    if (fate == STILL).all():
        return
    # Who is censored at a time was still at risk at it: ends come first.
    hidden = survival(np.where(fate == STILL, days + 0.5, days), fate == STILL)
    weights = [np.prod(hidden.share[-1:] if not len(hidden.times) else _until(hidden, day)) for day in days[fate == ADVANCED]]
    assert rate(told) == pytest.approx(sum(1 / weight for weight in weights) / len(days))


def _until(curve: Any, day: float) -> float:
    before = np.flatnonzero(curve.times < day)
    return float(curve.share[before[-1]]) if len(before) else 1.0


@given(watched)
def test_an_interval_holds_its_rate(told: list[tuple[int, int]]) -> None:
    found = incidence(*arrays(told))
    if found.rate is not None:
        assert found.low is not None
        assert found.high is not None
        assert 0 <= found.low <= found.rate + 1e-12
        assert found.rate <= found.high + 1e-12 <= 1 + 1e-11


@given(watched, st.randoms())
def test_the_order_of_deals_is_irrelevant(told: list[tuple[int, int]], chance: Any) -> None:
    mixed = list(told)
    chance.shuffle(mixed)
    assert incidence(*arrays(mixed)) == incidence(*arrays(told))


def test_who_is_still_on_the_way_counts_as_unknown_not_as_failed() -> None:
    decided = [(5, ADVANCED)] * 30 + [(5, OUT)] * 70
    fresh = [(1, STILL)] * 100
    assert rate(decided + fresh) == pytest.approx(0.3)
    assert sum(fate == ADVANCED for _, fate in decided + fresh) / 200 == 0.15


def test_of_nothing_nothing_is_said() -> None:
    assert incidence(*arrays([])) == Incidence(None, None, None, None)
    assert incidence(*arrays([(3, STILL), (9, STILL)])) == Incidence(None, None, None, 9.0)


def test_known_ends_alone_carry_an_interval_at_none_and_at_all() -> None:
    """A thousand who came in yesterday prove nothing: two known losses leave much open, and so do two known successes."""
    fresh = [(1, STILL)] * 1000
    lost = incidence(*arrays([*fresh, (2, OUT), (3, OUT)]))
    assert (lost.rate, lost.low, lost.high) == (0.0, *wilson(0.0, 2))
    won = incidence(*arrays([*fresh, (2, ADVANCED), (3, ADVANCED)]))
    assert won.rate == pytest.approx(1.0)
    assert (won.low, won.high) == pytest.approx(wilson(1.0, 2))


@pytest.mark.parametrize(("n", "chance", "window"), [(60, 0.3, 3.0), (200, 0.5, 2.0), (200, 0.1, 4.0)])
def test_intervals_keep_their_promise(n: int, chance: float, window: float) -> None:
    """Deals advance with a known chance after exponential times and are watched for uniform times: the interval holds the true
    share within the longest watch about 95 times of 100."""
    random = np.random.default_rng(20261127)
    held = 0
    for _ in range(600):
        ends = random.exponential(1.0, n)
        watched_for = random.uniform(0, window, n)
        watched_for[: n // 10] = window
        kind = np.where(random.uniform(size=n) < chance, ADVANCED, OUT)
        fate = np.where(ends <= watched_for, kind, STILL)
        found = incidence(np.minimum(ends, watched_for), fate)
        truth = chance * (1 - np.exp(-window))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.925 <= held / 600 <= 0.975
