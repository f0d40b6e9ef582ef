"""Times against published survival data, scipy, and what must hold of any."""

from __future__ import annotations

import warnings
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from piste.stats.durations import Quantile, _bands, crossing, durations, quantile, survival

#: Freireich et al. 1963, Blood 21:699–716: weeks of remission under 6-mercaptopurine (False: still in remission) and placebo.
TREATED = [
    (6, True), (6, True), (6, True), (6, False), (7, True), (9, False), (10, True), (10, False), (11, False), (13, True),
    (16, True), (17, False), (19, False), (20, False), (22, True), (23, True), (25, False), (32, False), (32, False), (34, False),
    (35, False),
]  # fmt: skip
PLACEBO = [(weeks, True) for weeks in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]

visits = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)


def arrays(told: list[tuple[int, bool]]) -> tuple[Any, Any]:
    return np.array([days for days, _ in told], dtype=np.float64), np.array([ended for _, ended in told], dtype=np.bool_)


def test_remission_of_leukaemia() -> None:
    """Collett, Modelling Survival Data in Medical Research, and the manuals of SAS (LIFETEST) and R (survfit) print these."""
    curve = survival(*arrays(TREATED))
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.share == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=5e-5)
    errors = curve.share * np.sqrt(curve.greenwood)
    assert errors == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)
    assert quantile(curve, 0.5) == Quantile(23, 13, None)
    assert quantile(survival(*arrays(PLACEBO)), 0.5) == Quantile(8, 4, 11)


def test_what_lasts_still_makes_the_median_longer() -> None:
    found = durations(*arrays(TREATED))
    assert (found.n, found.completed) == (21, 9)
    assert (found.median.days, found.completed_median) == (23, 10)
    assert found.p90.days is None, "fewer than nine in ten have ended"
    assert found.p10.days == 6


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from([True, True, True, False])), max_size=300), st.integers(1, 40))
def test_bands_looked_for_in_blocks_are_those_of_the_whole_curve(told: list[tuple[int, bool]], block: int) -> None:
    curve = survival(*arrays(told))
    low, high = _bands(curve.share, curve.greenwood)
    with patch("piste.stats.durations.BLOCK", block):
        for part in (0.01, 0.1, 0.5, 0.9, 0.99):
            found = quantile(curve, part)
            assert (found.low, found.high) == tuple(crossing(curve.times, band, 1 - part) for band in (low, high))


@given(visits)
def test_the_curve_and_its_bands_as_scipy_computes_them(told: list[tuple[int, bool]]) -> None:
    days, ended = arrays(told)
    curve = survival(days, ended)
    theirs = ecdf(CensoredData(uncensored=days[ended], right=days[~ended])).sf
    assert curve.share == pytest.approx(theirs.evaluate(curve.times))
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        bands = theirs.confidence_interval(0.95, method="log-log")
    for part in (0.1, 0.5, 0.9):
        found = quantile(curve, part)
        assert found.days == _first(theirs.quantiles, theirs.probabilities, 1 - part)
        # At all and at nothing the log of the log has no value: the lower band is the curve there, the upper one says nothing.
        low = np.where(np.isnan(bands.low.probabilities), theirs.probabilities, bands.low.probabilities)
        assert found.low == _first(bands.low.quantiles, low, 1 - part)
        assert found.high == _first(bands.high.quantiles, bands.high.probabilities, 1 - part)
        assert found.days is None or found.low is not None
        assert found.days is None or found.high is None or found.low <= found.days <= found.high  # type: ignore[operator]


def _first(times: Any, shares: Any, level: float) -> float | None:
    below = np.flatnonzero(shares <= level + 1e-12)
    return float(times[below[0]]) if len(below) else None


@given(visits, st.randoms())
def test_the_order_of_visits_is_irrelevant(told: list[tuple[int, bool]], chance: Any) -> None:
    mixed = list(told)
    chance.shuffle(mixed)
    assert durations(*arrays(mixed)) == durations(*arrays(told))


@given(visits)
def test_when_all_have_ended_it_is_the_plain_quantile(told: list[tuple[int, bool]]) -> None:
    days, _ = arrays(told)
    found = durations(days, np.ones(len(days), dtype=np.bool_))
    in_order = np.sort(days)
    assert found.median.days == in_order[int(np.ceil(len(days) / 2)) - 1], "the lower of two middle ones"
    assert found.completed == len(days)


@given(visits, st.integers(1, 9))
def test_longer_days_give_longer_medians(told: list[tuple[int, bool]], times: int) -> None:
    days, ended = arrays(told)
    one, more = durations(days, ended), durations(days * times, ended)
    for name in ("median", "p90", "p10"):
        for part in ("days", "low", "high"):
            short, long = getattr(getattr(one, name), part), getattr(getattr(more, name), part)
            assert (short is None) == (long is None)
            assert short is None or long == pytest.approx(short * times)


def test_of_nothing_nothing_is_said() -> None:
    none = Quantile(None, None, None)
    for told in ([], [(3, False), (9, False)]):
        found = durations(*arrays(told))
        assert (found.n, found.completed, found.completed_median) == (len(told), 0, None)
        assert (found.median, found.p90, found.p10) == (none, none, none)


def test_a_visit_of_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        durations(np.array([2.0, -0.1]), np.array([True, True]))
