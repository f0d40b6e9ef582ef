"""Before and after a change, on deals that can be compared."""

from __future__ import annotations

import numpy as np
import pytest

from piste.stats.conversion import ADVANCED, OUT, STILL
from piste.stats.history import Ints
from piste.stats.retest import Cohort, mean_amount, median_days, plain_share, raked, share_within


def cohort(count: int, good: float, seed: int, *, lift: float = 0.0, watched: float = 90.0) -> Cohort:
    """Deals of a good source (7 in 10 go on) and a poor one (2 in 10), `good` of them of the good one, that come evenly and
    go on or out within forty days, as far as anybody watched."""
    rng = np.random.default_rng(seed)
    source = (rng.random(count) < good).astype(np.int64)
    goes = rng.random(count) < np.where(source, 0.7, 0.2) + lift
    days, left = rng.uniform(1, 40, count), rng.uniform(0, watched, count)
    fate = np.where(days > left, STILL, np.where(goes, ADVANCED, OUT))
    return Cohort(np.minimum(days, left), fate, np.column_stack([source, np.zeros(count, dtype=np.int64)]))


def test_another_mix_alone_is_no_change() -> None:
    found = share_within(cohort(900, 0.2, 1), cohort(900, 0.8, 2), longest=90)
    assert found.before.plain is not None
    assert found.after.plain is not None
    # As they are, the later ones look twice as good: they came from a better source, and nothing else.
    assert found.after.plain - found.before.plain > 0.2
    assert found.low is not None
    assert found.low < 0 < (found.high or 0)
    assert found.before.effective < found.before.compared == 900
    assert found.horizon is not None
    assert 30 < found.horizon <= 40


def test_a_real_change_is_found_among_the_unfinished() -> None:
    found = share_within(cohort(900, 0.5, 3), cohort(900, 0.5, 4, lift=0.15), longest=90)
    assert found.difference == pytest.approx(0.15, abs=0.06)
    assert found.low is not None
    assert found.low > 0
    assert found.horizon is not None
    # Evenly over forty days, some nine in ten of the 45 in a hundred within the horizon.
    assert found.before.value == pytest.approx(0.45 * found.horizon / 40, abs=0.04)
    assert share_within(cohort(900, 0.5, 3), cohort(900, 0.5, 4, lift=0.15), longest=90) == found


def test_days_and_amounts() -> None:
    one, two = cohort(400, 0.5, 5), cohort(400, 0.5, 6)
    slow = median_days(one, Cohort(two.days * 2, two.fate, two.traits), longest=90)
    assert slow.before.value == pytest.approx(20, abs=4)
    assert slow.difference == pytest.approx(20, abs=8)
    assert slow.low is not None
    assert slow.low > 0
    staying = Cohort(two.days, np.full(len(two), STILL), two.traits)
    assert median_days(one, staying, longest=90).after.value == 90
    dear = mean_amount(one, Cohort(one.days + 500, one.fate, one.traits))
    assert dear.difference == pytest.approx(500)


def test_who_has_nobody_to_be_compared_with_is_left_out() -> None:
    one, two = cohort(60, 0.5, 7), cohort(60, 0.5, 8)
    new: Ints = two.traits.copy()
    new[:30, 1] = 9
    found = share_within(one, Cohort(two.days, two.fate, new), longest=90)
    assert (found.after.n, found.after.compared) == (60, 30)
    strangers = share_within(one, Cohort(two.days, two.fate, two.traits + 5), longest=90)
    assert strangers.difference is None
    assert strangers.before.plain is not None
    assert (strangers.before.compared, strangers.after.compared) == (0, 0)
    nobody = one.where(np.zeros(len(one), dtype=np.bool_))
    assert share_within(nobody, two, longest=90).before.plain is None


def test_all_alike_is_not_certain() -> None:
    one, two = cohort(60, 0.5, 10), cohort(60, 0.5, 11)
    none = Cohort(one.days, np.full(60, OUT), one.traits)
    half = Cohort(two.days, np.where(np.arange(60) % 2, ADVANCED, OUT), two.traits)
    found = plain_share(none, half)
    assert (found.before.low, found.before.value) == (0.0, 0.0)
    assert found.before.high == pytest.approx(0.06, abs=0.02)
    assert found.difference == pytest.approx(0.5, abs=0.01)
    assert found.low is not None
    assert 0.3 < found.low < 0.5
    same = plain_share(none, none)
    assert same.low is not None
    assert same.low < 0 < (same.high or 0)
    # Who is still on the way is not counted.
    assert plain_share(Cohort(one.days, np.full(60, STILL), one.traits), half).before.n == 0


def test_raking_gives_each_trait_its_share() -> None:
    rng = np.random.default_rng(9)
    ours, theirs = rng.integers(0, 3, (500, 2)), np.minimum(rng.integers(0, 4, (400, 2)), 2)
    weights = raked(ours, theirs)
    for column in (0, 1):
        for value in (0, 1, 2):
            assert np.average(ours[:, column] == value, weights=weights) == pytest.approx(
                np.mean(theirs[:, column] == value), abs=1e-6
            )
    assert raked(ours, ours) == pytest.approx(np.ones(500))
