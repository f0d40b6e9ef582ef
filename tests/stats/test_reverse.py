"""Counting back: known answers, and what must never turn around."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piste.stats.conversion import ADVANCED, OUT, STILL
from piste.stats.reverse import Curve, Ground, Open, Simulation, Step, WhatIf, curve, exact, landmarks

HEAVY = np.exp(np.random.default_rng(3).normal(9, 1.1, 80))


def ground(
    rate: float = 0.3, amounts: np.ndarray = HEAVY, *, standing: int = 0, arrivals: float = 0.0, days: float = 0.0
) -> Ground:
    steps = [Step(0, exact(rate * 0.4, days * 2)), Step(1, exact(rate, days))]
    return Ground(HEAVY, steps, [Open(1, 0.0, 9000.0, 7)] * standing, arrivals, exact(rate * 0.4, days * 2), {7: 1.0})


def binomial_quantile(wins: int, rate: float, chance: float) -> int:
    """The fewest trials of which at least so many succeed with the chance."""
    trials = wins
    while True:
        missed = sum(comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(wins))
        if 1 - missed >= chance:
            return trials
        trials += 1


@pytest.mark.parametrize(("rate", "gap"), [(0.5, 1), (0.3, 5), (0.1, 3), (0.85, 12), (0.05, 8)])
def test_one_stage_with_a_fixed_amount_is_the_binomial_law(rate: float, gap: int) -> None:
    one = Ground(np.ones(10), [Step(0, exact(rate))], [], 0.0, exact(0.0), {})
    found = Simulation(one, days=30).plan(gap)
    assert found.wins == gap
    wanted = binomial_quantile(gap, rate, 0.8)
    assert found.needs[0].needed == pytest.approx(wanted, abs=max(1, 0.03 * wanted))
    assert found.needs[0].missing == found.needs[0].needed
    assert found.reach == 0


def test_the_chance_of_open_deals_is_that_of_their_coins() -> None:
    coins = Ground(np.ones(10), [Step(0, exact(0.4))], [Open(0, 0.0, 1.0, 1)] * 10, 0.0, exact(0.0), {})
    wanted = sum(comb(10, k) * 0.4**k * 0.6 ** (10 - k) for k in range(5, 11))
    assert Simulation(coins, days=9).plan(5).reach == pytest.approx(wanted, abs=0.03)
    mine = Simulation(coins, days=9).plan(5, owner=1)
    assert mine.reach == Simulation(coins, days=9).plan(5).reach
    assert Simulation(coins, days=9).plan(5, owner=2).reach == 0


def test_arrivals_bring_what_their_number_and_rate_say() -> None:
    coming = Ground(np.ones(10), [Step(0, exact(0.2))], [], 2.0, exact(0.2), {})
    found = Simulation(coming, days=50).plan(1000)
    assert found.expected == pytest.approx(20, abs=1)
    assert (found.low, found.high) == (pytest.approx(14, abs=1), pytest.approx(26, abs=1))


def test_what_would_come_after_the_end_is_too_late() -> None:
    late = Simulation(ground(days=40.0), days=50).plan(50_000)
    first, last = late.needs
    assert (first.is_too_late, first.needed, first.missing) == (True, None, None)
    assert not last.is_late
    assert last.needed
    assert Simulation(ground(days=40.0), days=50, suppose=WhatIf(delay=0.5)).plan(50_000).needs[0].needed


def test_many_sales_are_counted_beyond_those_drawn() -> None:
    one = Ground(np.ones(10), [Step(0, exact(0.5))], [], 0.0, exact(0.0), {})
    found = Simulation(one, days=1).plan(5000)
    assert found.wins == 5000
    assert found.needs[0].needed == pytest.approx(10_000, rel=0.02)


def test_few_sales_are_no_ground() -> None:
    with pytest.raises(ValueError, match="too few"):
        Simulation(Ground(np.ones(4), [], [], 0.0, exact(0.0), {}), days=1)


@settings(max_examples=8, deadline=None)
@given(st.floats(1, 2e6), st.floats(1, 3), st.floats(0.02, 0.9), st.floats(1, 2), st.integers(0, 12), st.floats(0.1, 3))
def test_nothing_turns_around(gap: float, more: float, rate: float, better: float, standing: int, coming: float) -> None:
    base = ground(rate, standing=standing, arrivals=coming)

    def needs(gap: float, suppose: WhatIf) -> list[float]:
        found = Simulation(base, days=30, suppose=suppose).plan(gap)
        numbers = [found.wins, *(number for need in found.needs for number in (need.needed, need.missing))]
        return [float("inf") if number is None else float(number) for number in numbers]

    plain = needs(gap, WhatIf())
    assert plain == needs(gap, WhatIf()), "the same question has the same answer"
    assert all(low <= high for low, high in zip(plain, needs(gap * more, WhatIf()), strict=True)), "a higher target"
    for name in ("conversion", "amount", "arrivals"):
        eased = needs(gap, WhatIf(**{name: better}))
        assert all(low <= high for low, high in zip(eased, plain, strict=True)), name


def test_a_curve_counts_those_on_their_way_as_unknown() -> None:
    days, fate = np.array([1.0, 2, 2, 3, 10]), np.array([ADVANCED, OUT, STILL, ADVANCED, STILL])
    found = curve(days, fate)
    assert found.by(0.5) == 0
    assert found.by(1) == pytest.approx(0.2)
    # After day 2 two are left, and one of them is won: 0.2 + 0.6 × ½.
    assert found.ever == pytest.approx(0.5)
    assert (found.known(2), found.known(5), found.known(11)) == (5, 4, 3)
    assert (found.within(0.1), found.within(0.9)) == (1, 3)
    assert curve(np.zeros(0), np.zeros(0, dtype=np.int64)).within(0.5) is None


def test_a_deal_that_has_stood_for_long_is_judged_by_those_that_did() -> None:
    chance = np.random.default_rng(1)
    left = np.concatenate([chance.uniform(1, 10, 100), chance.uniform(20, 60, 100)])
    fate = np.array([ADVANCED] * 100 + [OUT] * 100)
    step = Step(0, curve(left, fate), landmarks(left, left, fate))
    assert step.at(0)[1].ever == pytest.approx(0.5)
    assert step.at(25)[1].ever < 0.1
    assert isinstance(step.at(25)[1], Curve)
