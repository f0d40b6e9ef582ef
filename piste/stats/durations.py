"""How long visits last, those not ended included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .ends import Ends, ends, ends_in_order, in_order, staying
from .history import Flags, Floats
from .shares import Z

#: Ends of a curve whose bands are looked for together.
BLOCK = 256


@dataclass(frozen=True, slots=True)
class Quantile:
    """A number of days with its interval; None where fewer visits than that have ended."""

    days: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Durations:
    """Of `n` visits, `completed` ended. `median` and `p90` count the unfinished as lasting at least as long as they have;
    `completed_median` is that of the ended ones alone, and too short while others last."""

    n: int
    completed: int
    median: Quantile
    p90: Quantile
    p10: Quantile
    completed_median: float | None


@dataclass(frozen=True, slots=True)
class Survival:
    """The Kaplan–Meier estimate: at each time of an end, the share still there after it, and the variance sum of Greenwood."""

    times: Floats
    share: Floats
    greenwood: Floats


def survival(days: Floats, ended: Flags) -> Survival:
    """Kaplan & Meier (1958), with Greenwood's sum (1926). `days` ≥ 0; `ended` is False for a visit still going on."""
    return _curve(ends(days, ended))


def _curve(found: Ends) -> Survival:
    kept = found.marked[0] > 0
    times, done, at_risk = found.times[kept], found.marked[0][kept], found.at_risk[kept]
    left = at_risk - done
    with np.errstate(divide="ignore"):
        terms = np.where(left > 0, done / (at_risk * np.maximum(left, 1)), 0.0)
    return Survival(times, staying(done, at_risk)[1:], np.cumsum(terms))


def quantile(curve: Survival, part: float) -> Quantile:
    """When `part` (0.5 for the median) have ended, with the interval of Brookmeyer & Crowley (1982) on the log-log scale."""
    return quantiles(curve, part)[0]


def quantiles(curve: Survival, *parts: float) -> list[Quantile]:
    """The same for several parts."""
    levels = [1 - part for part in parts]
    low, high = _band_crossings(curve, levels)
    return [Quantile(crossing(curve.times, curve.share, level), *ends) for level, *ends in zip(levels, low, high, strict=True)]


def durations(days: Floats, ended: Flags) -> Durations:
    """All that is said of how long visits last. Raises `ValueError` when a duration is negative."""
    days, (ended,) = in_order(days, ended)
    if len(days) and days[0] < 0:
        raise ValueError("a visit cannot end before it begins")
    curve = _curve(ends_in_order(days, ended))
    done = days[ended]
    median, most, few = quantiles(curve, 0.5, 0.9, 0.1)
    return Durations(len(days), len(done), median, most, few, _middle(done))


def _middle(days: Floats) -> float | None:
    """The median of days that ascend."""
    if not len(days):
        return None
    half = len(days) // 2
    return float(days[half - 1 + len(days) % 2 : half + 1].mean())


def _band_crossings(curve: Survival, levels: Sequence[float]) -> list[list[float | None]]:
    """When the lower and the upper band of a curve come to each level for the first time."""
    asked = [[np.flatnonzero(least <= level + 1e-9) for level in levels] for least in _least(curve)]
    found: list[list[float | None]] = [[None] * len(levels) for _ in asked]
    left = [(which, place) for which, blocks in enumerate(asked) for place in range(len(levels)) if len(blocks[place])]
    turn = 0
    # The first blocks that may hold a crossing nearly always do: all are looked through at once.
    while left:
        blocks = sorted({int(asked[which][place][turn]) for which, place in left})
        rows = np.concatenate([np.arange(block * BLOCK, min((block + 1) * BLOCK, len(curve.times))) for block in blocks])
        bands = _bands(curve.share[rows], curve.greenwood[rows])
        for which, place in left:
            # Each in its own block: another behind it may be crossed as well.
            at = blocks.index(int(asked[which][place][turn])) * BLOCK
            of_it = slice(at, at + BLOCK)
            found[which][place] = crossing(curve.times[rows[of_it]], bands[which][of_it], levels[place])
        turn += 1
        left = [(which, place) for which, place in left if found[which][place] is None and turn < len(asked[which][place])]
    return found


def _bands(share: Floats, greenwood: Floats) -> tuple[Floats, Floats]:
    """The limits of a curve at some of its times; the upper one says nothing where all have ended."""
    low, high = np.where(share > 0, 1.0, 0.0), np.ones_like(share)
    within = (share > 0) & (share < 1)
    inside = share[within]
    swing = np.exp(Z * np.sqrt(greenwood[within]) / np.abs(np.log(inside)))
    low[within], high[within] = inside**swing, inside ** (1 / swing)
    return low, high


def _least(curve: Survival) -> tuple[Floats, Floats]:
    """What the bands are at least in each block of times.

    They are exp(−h·exp(±s/h)), where h = −log of the share and s, from Greenwood's sum, only grow: each is at least what the ends
    of a block allow. To know when a band comes to a level, it need be worked out in few blocks.
    """
    first = np.arange(0, len(curve.times), BLOCK)
    last = np.minimum(first + BLOCK, len(curve.times)) - 1
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        before, height = -np.log(curve.share[first]), -np.log(curve.share[last])
        little, most = (Z * np.sqrt(curve.greenwood[rows]) for rows in (first, last))
        low, high = np.exp(-height * np.exp(most / before)), np.exp(-height * np.exp(-little / height))
    # Where all are still there, or none any more, nothing is known beforehand.
    return np.nan_to_num(low, nan=0.0), np.nan_to_num(high, nan=0.0)


def crossing(times: Floats, curve: Floats, level: float) -> float | None:
    """The first time at which a falling curve is at a level or below; None when it never is."""
    # A share that is a half in exact fractions may come out a hair above it.
    below = curve <= level + 1e-12
    first = int(below.argmax()) if len(below) else 0
    return float(times[first]) if len(below) and below[first] else None
