"""Many possible periods: each open deal won or not, the deals yet to come, and what moves all of them together."""

from __future__ import annotations

import numpy as np

from piste.stats.history import Floats

from .coming import Coming

DRAWS = 1000
#: How much a period is better or worse for all deals together (standard deviation of a logarithm of odds), before any miss
#: of one's own is known. Deals that are drawn one by one would promise an exactness that no period keeps.
SHOCK = 0.25
#: This many open deals, those that weigh most, are drawn one by one; the rest by its mean and variance.
ONE_BY_ONE = 600


def simulate(chance: Floats, amount: Floats, new: Coming, rng: np.random.Generator) -> Floats:
    """Totals of simulated periods, in ascending order."""
    shock = rng.normal(0.0, SHOCK, DRAWS)
    return np.sort(_open(chance, amount, shock, rng) + _new(new, shock, rng))


def _open(chance: Floats, amount: Floats, shock: Floats, rng: np.random.Generator) -> Floats:
    total = np.zeros(len(shock))
    if not len(chance):
        return total
    chance = np.clip(chance, 1e-6, 1 - 1e-6)
    order = np.argsort(-chance * amount**2)
    heavy, light = order[:ONE_BY_ONE], order[ONE_BY_ONE:]
    odds = chance[heavy] / (1 - chance[heavy])
    for place, moved in enumerate(np.exp(shock)):
        now = odds * moved
        total[place] = amount[heavy][rng.random(len(heavy)) < now / (1 + now)].sum()
    if len(light):
        knots = np.linspace(-4 * SHOCK, 4 * SHOCK, 9)
        odds = chance[light] / (1 - chance[light])
        moved = [odds * factor / (1 + odds * factor) for factor in np.exp(knots)]
        mean = np.interp(shock, knots, [float((p * amount[light]).sum()) for p in moved])
        spread = np.interp(shock, knots, [float((p * (1 - p) * amount[light] ** 2).sum()) for p in moved])
        total += np.maximum(rng.normal(mean, np.sqrt(spread)), 0.0)
    return total


def _new(new: Coming, shock: Floats, rng: np.random.Generator) -> Floats:
    if not len(new.amounts) or new.wins <= 0:
        return np.zeros(len(shock))
    count = rng.poisson(new.wins * np.exp(shock - SHOCK**2 / 2))
    mean, spread = float(new.amounts.mean()), float(new.amounts.var())
    found: Floats = np.maximum(rng.normal(count * mean, np.sqrt(count * spread)), 0.0)
    few = np.flatnonzero(count < 30)
    for place in few:
        found[place] = rng.choice(new.amounts, count[place]).sum()
    return found
