"""What a split test says: the published case, known answers, and what must not matter."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piste.stats.trials.analysis import Analysis, Units, analyse
from piste.stats.trials.balance import sample_ratio
from piste.stats.trials.ripening import lasted, within

COOKIES = Path(__file__).parents[4] / "shared/data/cookie_cats/cookie_cats.csv.gz"


def two(ones: list[float], others: list[float]) -> Units:
    """A control and a variant."""
    return Units(np.repeat([0, 1], [len(ones), len(others)]), np.array([*ones, *others], dtype=np.float64))


@pytest.mark.skipif(not COOKIES.exists(), reason="needs the shared data")
def test_the_game_whose_gate_was_moved() -> None:
    with gzip.open(COOKIES, "rt") as file:
        rows = list(csv.DictReader(file))
    arm = np.array([row["version"] == "gate_40" for row in rows], dtype=np.int64)
    for measure, points, p in (("retention_1", -0.59, 0.0744), ("retention_7", -0.82, 0.00156)):
        found = analyse(Units(arm, np.array([row[measure] == "TRUE" for row in rows], dtype=np.float64)), is_share=True)
        reading = found.comparisons[0].plain
        assert round(reading.difference * 100, 2) == points
        assert reading.p == pytest.approx(p, rel=0.01)
        assert reading.verdict == ("less" if p < 0.05 else "none_seen")
        assert found.sample_ratio is not None
        assert round(found.sample_ratio.p, 4) == 0.0086
        assert found.sample_ratio.flagged
    rounds = analyse(Units(arm, np.array([float(row["sum_gamerounds"]) for row in rows])), is_share=False).comparisons[0]
    assert rounds.outliers is not None
    # One player of 49,854 rounds makes nearly all of the difference.
    assert rounds.outliers.largest_value == 49854
    assert rounds.outliers.moved == pytest.approx(-1.114, abs=0.001)
    assert rounds.plain.difference == pytest.approx(-1.157, abs=0.001)
    assert rounds.outliers.count == 90


def test_means_are_welch_s() -> None:
    # Student's sleep data: R says t = -1.8608 at 17.776 degrees of freedom, p = 0.07939, from -3.3654832 to 0.2054832.
    control = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    variant = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    reading = analyse(two(control, variant), is_share=False).comparisons[0].plain
    assert (reading.low, reading.high, reading.p) == pytest.approx((-3.3654832, 0.2054832, 0.07939), abs=1e-5)
    assert reading.difference / (reading.error or 0) == pytest.approx(-1.8608, abs=1e-4)


def random_units(seed: int, *, is_share: bool, lift: float = 0.0, size: int = 300) -> Units:
    rng = np.random.default_rng(seed)
    arm = rng.integers(0, 2, size)
    before = rng.normal(size=size)
    if is_share:
        return Units(arm, (rng.random(size) < 0.4 + lift * arm).astype(np.float64), covariates=before[:, None])
    return Units(arm, 10 + 3 * before + lift * arm + rng.normal(size=size), covariates=before[:, None])


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), is_share=st.booleans())
def test_order_is_nothing_and_swapped_arms_turn_the_sign(seed: int, is_share: bool) -> None:
    units = random_units(seed, is_share=is_share, lift=0.1)
    order = np.random.default_rng(seed).permutation(len(units.arm))
    assert units.covariates is not None
    shuffled = Units(units.arm[order], units.value[order], covariates=units.covariates[order])
    swapped = Units(1 - units.arm, units.value, covariates=units.covariates)
    first, again, turned = (analyse(one, is_share=is_share, planned=300).comparisons[0] for one in (units, shuffled, swapped))
    for way in ("plain", "adjusted"):
        a, b, c = getattr(first, way), getattr(again, way), getattr(turned, way)
        assert (a.difference, a.low, a.p) == pytest.approx((b.difference, b.low, b.p))
        assert (a.difference, a.low, a.high) == pytest.approx((-c.difference, -c.high, -c.low))
        assert {a.verdict, c.verdict} in ({"more", "less"}, {"none_seen"})


def test_a_scale_is_only_a_scale() -> None:
    units = random_units(4, is_share=False, lift=1.0)
    cents = Units(units.arm, units.value * 100, covariates=units.covariates)
    euros, other = (analyse(one, is_share=False).comparisons[0].plain for one in (units, cents))
    assert other.difference == pytest.approx(100 * euros.difference)
    assert other.high == pytest.approx(100 * (euros.high or 0))
    assert other.p == pytest.approx(euros.p)


def test_what_was_known_before_narrows_the_interval() -> None:
    found = analyse(random_units(7, is_share=False, lift=0.5, size=600), is_share=False).comparisons[0]
    assert found.adjusted is not None
    assert found.plain.error is not None
    assert found.adjusted.error is not None
    # Nine tenths of the variance were known: about a third of the error is left.
    assert found.adjusted.error < 0.4 * found.plain.error
    assert found.adjusted.low is not None
    assert found.adjusted.low < 0.5 < (found.adjusted.high or 0)


def test_unknown_covariates_lose_no_unit() -> None:
    units = random_units(7, is_share=False)
    assert units.covariates is not None
    units.covariates[:50] = np.nan
    found = analyse(units, is_share=False)
    assert found.comparisons[0].adjusted is not None
    assert sum(arm.n for arm in found.arms) == 300


def test_deals_of_one_company_are_no_evidence_of_their_own() -> None:
    rng = np.random.default_rng(3)
    arm = rng.integers(0, 2, 40)
    value = rng.normal(size=40) + arm
    alone = analyse(Units(arm, value, group=np.arange(40)), is_share=False).comparisons[0].plain
    ten_times = Units(np.repeat(arm, 10), np.repeat(value, 10), group=np.repeat(np.arange(40), 10))
    grouped = analyse(ten_times, is_share=False).comparisons[0].plain
    naive = analyse(Units(ten_times.arm, ten_times.value), is_share=False).comparisons[0].plain
    assert alone.error is not None
    assert grouped.error == pytest.approx(alone.error, rel=0.03)
    assert naive.error == pytest.approx(alone.error / 10**0.5, rel=0.05)


def test_units_that_are_not_ripe_are_named_and_not_counted() -> None:
    came, reached = np.array([0.0, 0.0, 0.0, 5.0]), np.array([3.0, 12.0, np.nan, 6.0])
    found = within(came, reached, 10, as_of=11)
    assert found.value.tolist()[:3] == [1, 0, 0]
    # It has reached the stage, but its days have not passed.
    assert np.isnan(found.value[3])
    assert within(came, reached, 10, 11, worth=np.full(4, 700.0)).value[0] == 700
    assert lasted(came, reached, 10, 11).value.tolist()[:3] == [3, 10, 10]
    told = analyse(Units(np.array([0, 0, 1, 1]), found.value, known_on=found.known_on), is_share=True, planned=3)
    assert told.not_ripe == (0, 1)
    assert [arm.n for arm in told.arms] == [2, 1]
    assert [arm.assigned for arm in told.arms] == [2, 2]


def test_what_comes_after_the_planned_sample_changes_nothing() -> None:
    units = random_units(11, is_share=True, lift=0.2)
    days = np.repeat(np.arange(30.0), 10)

    def said(until: int) -> Analysis:
        known = days < until
        return analyse(
            Units(units.arm, np.where(known, units.value, np.nan), np.where(known, days, np.nan)), is_share=True, planned=200
        )

    assert said(20).share == 1.0
    assert said(20).comparisons == said(30).comparisons
    assert said(30).later == 100
    assert said(20).looks == 20
    half = said(10)
    assert half.share == 0.5
    assert half.comparisons[0].plain.verdict in ("unclear", "more")


def test_too_few_and_too_equal_say_nothing() -> None:
    for units, is_share in ((two([0, 1], [1, 0]), True), (two([5.0] * 20, [5.0] * 20), False)):
        reading = analyse(units, is_share=is_share).comparisons[0].plain
        assert reading.verdict == "too_early"
        assert reading.low is None
    assert analyse(two([], []), is_share=True).comparisons == ()
    # Twelve against twelve without one exception is much, not everything.
    sure = analyse(two([0] * 12, [1] * 12), is_share=True).comparisons[0].plain
    assert sure.verdict == "more"
    assert sure.low is not None
    assert sure.low < 0.9
    with pytest.raises(ValueError, match="0 and 1"):
        analyse(two([2.0] * 12, [1] * 12), is_share=True)


def test_several_variants_share_the_error() -> None:
    rng = np.random.default_rng(5)
    arm = np.repeat([0, 1, 2], 400)
    value = (rng.random(1200) < np.array([0.3, 0.3, 0.5])[arm]).astype(np.float64)
    found = analyse(Units(arm, value), is_share=True, arms=3)
    alone = analyse(Units((arm[arm != 1] == 2).astype(np.int64), value[arm != 1]), is_share=True).comparisons[0].plain
    both = found.comparisons[1].plain
    assert both.verdict == "more"
    assert both.low is not None
    assert alone.low is not None
    assert both.low < alone.low
    assert both.p == pytest.approx(2 * (alone.p or 0))


def test_arms_that_are_not_filled_as_planned_are_flagged() -> None:
    assert sample_ratio([500, 500]).flagged is False  # type: ignore[union-attr]
    skewed = sample_ratio([700, 500])
    assert skewed is not None
    assert skewed.flagged
    assert skewed.watched_p < 0.01
    assert skewed.chi2 == pytest.approx(33.333, abs=0.001)
    fair = sample_ratio([700, 300], [0.7, 0.3])
    assert fair is not None
    assert fair.p == 1.0
    assert fair.watched_p == 1.0
    assert sample_ratio([0, 0]) is None
    with pytest.raises(ValueError, match="each arm"):
        sample_ratio([1, 2], [1.0])
