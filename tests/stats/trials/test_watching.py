"""Reading a split test at any time: published bounds, and the promises of 5 % and 97 % kept when watched."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
import pytest

from piste.stats.history import Floats
from piste.stats.trials import watching
from piste.stats.trials.boundaries import boundaries, fixed_power, power, spent
from piste.stats.trials.contrast import Contrast
from piste.stats.trials.planning import plan_share

#: Lan–DeMets bounds of the O'Brien–Fleming kind, 5 % of both sides (ldbounds, Reboussin et al. 2000; gsDesign).
PUBLISHED = {2: (2.9626, 1.9686), 3: (3.7103, 2.5114, 1.9930), 5: (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)}
#: The distance in standard errors at which a single look finds the effect with 80 and with 90 %.
EIGHTY, NINETY = 2.801585, 3.241516


def even(count: int) -> list[float]:
    return [place / count for place in range(1, count + 1)]


@pytest.mark.parametrize("looks", PUBLISHED)
def test_bounds_are_the_published_ones(looks: int) -> None:
    assert boundaries(even(looks)) == pytest.approx(PUBLISHED[looks], abs=2e-4)


@pytest.mark.parametrize("looks", [1, 20, 90])
def test_all_looks_together_err_once_in_twenty_and_find_97_percent_of_what_one_look_finds(looks: int) -> None:
    bounds = boundaries(even(looks))
    assert power(even(looks), bounds, 0.0) == pytest.approx(0.05, abs=1e-6)
    for effect in (EIGHTY, NINETY):
        assert power(even(looks), bounds, effect) >= 0.97 * fixed_power(effect)


def test_uneven_looks_spend_what_is_due() -> None:
    shares = [0.31, 0.33, 0.7, 0.96, 1.04]
    bounds = boundaries(shares)
    for until in range(1, 6):
        assert power(shares[:until], bounds[:until], 0.0) == pytest.approx(spent(shares[until - 1]), abs=1e-7)
    assert boundaries([0.01, 1.0])[0] == inf
    for wrong in ([0.5, 0.4], [0.0, 0.5], [0.5, 1.0, 1.1]):
        with pytest.raises(ValueError, match="look"):
            boundaries(wrong)


def paths(total: int, rates: tuple[float, float], runs: int, seed: int, looks: int) -> Floats:
    """By run and look, the difference of two shares in standard errors, as `contrast` sees it."""
    rng = np.random.default_rng(seed)
    each = np.diff(np.round(np.linspace(0, total / 2, looks + 1))).astype(int)
    n = np.cumsum(each)
    ones, others = (rng.binomial(each, rate, size=(runs, looks)).cumsum(axis=1) for rate in rates)
    variance = sum((rate := (came + 1) / (n + 2)) * (1 - rate) * (n + 2) / n**2 for came in (ones, others))
    scores: Floats = (others - ones) / n / np.sqrt(variance)
    return scores


def reaches(limits: Floats, total: int, looks: int) -> Floats:
    """The limits as intervals apply them to so few units."""
    counts = np.round(np.linspace(0, total / 2, looks + 1))[1:] * 2
    pairs = zip(limits, counts, strict=True)
    return np.array([Contrast(0.0, 1.0, n - 2).reach(limit) or inf for limit, n in pairs])


@pytest.mark.parametrize("looks", [20, 100])
def test_false_alarms_and_power_of_simulated_tests_that_are_watched(looks: int) -> None:
    runs = 6000
    plan = plan_share(0.3, 0.1)
    limits = reaches(np.array(boundaries(even(looks))), plan.total, looks)

    idle = paths(plan.total, (0.3, 0.3), runs, 1, looks)
    alarms = float(np.mean((np.abs(idle) > limits).any(axis=1)))
    assert alarms <= 0.05 + 2 * sqrt(0.05 * 0.95 / runs)
    # The same promise without a plan, from ten units an arm on.
    counts = np.round(np.linspace(0, plan.total / 2, looks + 1))[1:] * 2
    wide = np.array([watching.anytime_reach(int(n)) if n >= 20 else inf for n in counts])
    assert float(np.mean((np.abs(idle) > wide).any(axis=1))) <= 0.05 + 2 * sqrt(0.05 * 0.95 / runs)

    alive = paths(plan.total, (0.3, 0.4), runs, 2, looks)
    found = (alive > limits).any(axis=1)
    once = alive[:, -1] > 1.96
    error = sqrt(float(np.var(found.astype(float) - 0.97 * once)) / runs)
    assert found.mean() - 0.97 * once.mean() >= -2 * error
    assert once.mean() == pytest.approx(0.8, abs=0.02)


def test_a_look_a_day_is_known_from_the_days() -> None:
    days = np.array([3.0, 1.0, 1.0, np.nan, 7.0, 7.0, 9.0])
    assert watching.daily(days, 5) == (7.0, (0.4, 0.6, 1.0))
    assert watching.daily(days, 60) == (9.0, (2 / 60, 3 / 60, 5 / 60, 6 / 60))
    assert watching.daily(np.array([np.nan]), 5) == (-inf, ())
    # Of a thousand one more is no look: what was said with the fifth stands.
    assert watching.daily(np.arange(1.0, 8.0), 1000) == (5.0, (0.005,))


def test_the_interval_leaves_out_nothing_exactly_where_p_says_so() -> None:
    for watch in (watching.fixed(100), watching.anytime(800), watching.planned(300, 400), watching.planned(410, 400)):
        assert watch.p(watch.reach) == pytest.approx(0.05, abs=2e-4)
        assert watch.p(0.0) == pytest.approx(1.0)
    assert watching.planned(0, 400).reach == inf
    assert watching.planned(4, 400).reach == inf
    assert watching.anytime(1000).reach == pytest.approx(3.0352, abs=1e-4)
