"""How long visits last, those not ended included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .ends import ends, staying
from .history import Flags, Floats
from .shares import Z


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
    found = ends(days, ended)
    kept = found.marked[0] > 0
    times, done, at_risk = found.times[kept], found.marked[0][kept], found.at_risk[kept]
    left = at_risk - done
    with np.errstate(divide="ignore"):
        terms = np.where(left > 0, done / (at_risk * np.maximum(left, 1)), 0.0)
    return Survival(times, staying(done, at_risk)[1:], np.cumsum(terms))


def quantile(curve: Survival, part: float, bands: tuple[Floats, Floats] | None = None) -> Quantile:
    """When `part` (0.5 for the median) have ended, with the interval of Brookmeyer & Crowley (1982) on the log-log scale."""
    low, high = bands or _bands(curve)
    found = (crossing(curve.times, level, 1 - part) for level in (curve.share, low, high))
    return Quantile(*found)


def durations(days: Floats, ended: Flags) -> Durations:
    """All that is said of how long visits last. Raises `ValueError` when a duration is negative."""
    if len(days) and float(days.min()) < 0:
        raise ValueError("a visit cannot end before it begins")
    curve = survival(days, ended)
    done = days[ended]
    bands = _bands(curve)
    median, most, few = (quantile(curve, part, bands) for part in (0.5, 0.9, 0.1))
    return Durations(len(days), len(done), median, most, few, _middle(done))


def _middle(days: Floats) -> float | None:
    """The median; mostly they are in order, and nothing needs sorting."""
    if not len(days):
        return None
    if not bool((days[1:] >= days[:-1]).all()):
        return float(np.median(days))
    half = len(days) // 2
    return float(days[half - 1 + len(days) % 2 : half + 1].mean())


def _bands(curve: Survival) -> tuple[Floats, Floats]:
    """The limits of the curve at each time; where all have ended the upper one stays where it was."""
    low, high = np.where(curve.share > 0, 1.0, 0.0), np.ones_like(curve.share)
    within = (curve.share > 0) & (curve.share < 1)
    share = curve.share[within]
    swing = np.exp(Z * np.sqrt(curve.greenwood[within]) / np.abs(np.log(share)))
    low[within], high[within] = share**swing, share ** (1 / swing)
    return low, np.minimum.accumulate(high)


def crossing(times: Floats, curve: Floats, level: float) -> float | None:
    """The first time at which a falling curve is at a level or below; None when it never is."""
    # A share that is a half in exact fractions may come out a hair above it.
    below = np.flatnonzero(curve <= level + 1e-12)
    return float(times[below[0]]) if len(below) else None
