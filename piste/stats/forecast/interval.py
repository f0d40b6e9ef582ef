"""One forecast out of three, as wide as its own past misses say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

import numpy as np

from piste.stats.history import Floats

#: What a method is taken to miss before it has missed, as a share of the total: the deals themselves, the run-rate, the season.
PRIOR_MISS = (0.35, 0.4, 0.5)
PRIOR_ROWS = 2.0
#: How strongly the better method is preferred.
POWER = 6.0
#: So many of the newest misses count.
NEWEST = 12
#: Before any miss the simulated spread is taken this many times, with the weight of so many misses.
PRIOR_SCALE, PRIOR_WEIGHT = 1.0, 4.0
#: A spread below this (of a logarithm) is no promise that anybody keeps.
NARROWEST = 0.05


@dataclass(frozen=True, slots=True)
class Band:
    """A median with the limits of its 50 % and 80 % intervals."""

    median: float
    low80: float
    high80: float
    low50: float
    high50: float


@dataclass(frozen=True, slots=True)
class Miss:
    """An earlier forecast whose period has passed: what the parts said, what we said, how wide, and what came."""

    parts: tuple[float, float, float]
    median: float
    spread: float
    actual: float


def weights(parts: tuple[float, float, float], past: Sequence[Miss]) -> tuple[float, float, float]:
    """How much of each method: the inverse of its mean miss so far, to a power (Bates & Granger 1969), shrunk to what such
    methods usually miss. A method that says nothing now has no weight."""
    found = []
    for which, said in enumerate(parts):
        rows = [miss for miss in past[-NEWEST:] if isfinite(miss.parts[which])]
        total = sum(miss.actual for miss in rows)
        usual = total / len(rows) if total > 0 else 1.0
        missed = sum(abs(miss.parts[which] - miss.actual) for miss in rows) if total > 0 else 0.0
        count = len(rows) if total > 0 else 0
        mean = (missed / usual + PRIOR_ROWS * PRIOR_MISS[which]) / (count + PRIOR_ROWS)
        found.append((mean + 1e-6) ** -POWER if isfinite(said) else 0.0)
    whole = sum(found)
    one, two, three = (weight / whole if whole else 0.0 for weight in found)
    return one, two, three


def combined(parts: tuple[float, float, float], past: Sequence[Miss]) -> float:
    """The weighted mean of what the methods say."""
    shares = weights(parts, past)
    return sum(share * said for share, said in zip(shares, parts, strict=True) if share > 0)


def spread_of(draws: Floats) -> float:
    """The standard deviation of the logarithm of simulated totals, read from their 80 % interval."""
    low, high = np.quantile(draws, [0.1, 0.9])
    if low <= 0 or high <= 0:
        return 1.0
    return float(np.clip(log(high / low) / 2.563, NARROWEST, 1.5))


def scale(past: Sequence[Miss], floor: float, apart: float) -> tuple[float, float]:
    """How many times its simulated spread the forecast has missed by, and the degrees of freedom of that.

    Standardised misses with a scaled inverse chi-square prior (Gelman et al. 2013, ch. 2.6): a conformal quantile (Vovk et al.
    2005) needs more misses than a young history has, and is what this comes to with many. `apart` below 1 counts overlapping
    periods for what they are worth."""
    misses = [_miss(miss, floor) for miss in past[-NEWEST:]]
    count = len(misses) * min(1.0, 1.5 * apart)
    mean = float(np.mean(np.square(misses))) if misses else 0.0
    freedom = PRIOR_WEIGHT + count
    return sqrt((PRIOR_WEIGHT * PRIOR_SCALE**2 + count * mean) / freedom), freedom


def _miss(miss: Miss, floor: float) -> float:
    return float(np.clip(log(max(miss.actual, floor) / max(miss.median, floor)) / miss.spread, -6, 6))


def band(median: float, spread: float, past: Sequence[Miss], *, floor: float, apart: float) -> Band:
    """The intervals around a median, Student's on the logarithm."""
    from scipy.special import stdtrit

    times, freedom = scale(past, floor, apart)
    wide, narrow = (float(stdtrit(freedom, part)) * times * spread for part in (0.9, 0.75))
    return Band(median, median * exp(-wide), median * exp(wide), median * exp(-narrow), median * exp(narrow))


def around(median: float, draws: Floats, past: Sequence[Miss], *, floor: float, apart: float) -> Band:
    """The intervals around a median: `band`, or, of so short or poor a period that one in ten brings nothing, the simulated
    periods themselves, since there is no logarithm of nothing."""
    low80, low50, high50, high80 = (float(value) for value in np.quantile(draws, [0.1, 0.25, 0.75, 0.9]))
    if low80 > 0:
        return band(median, spread_of(draws), past, floor=floor, apart=apart)
    return Band(median, min(low80, median), max(high80, median), min(low50, median), max(high50, median))


def plain_band(median: float, deviation: float) -> Band:
    """The interval that a classic method would draw from a standard deviation."""
    wide, narrow = 1.2816 * deviation, 0.6745 * deviation
    return Band(median, max(median - wide, 0.0), median + wide, max(median - narrow, 0.0), median + narrow)
