"""What changed between the time before a change and the time after it, on deals that can be compared.

Both sides are watched for as long: what entered in so many days before the change, as it stood on the day of the change,
against what entered since, as it stands. Deals still on their way are censored, not failed (Aalen–Johansen, Kaplan–Meier). The
deals before are weighted so that each trait (source, size, owner) is as frequent among them as it is after, by raking (Deming &
Stephan 1940); a deal with a trait that the other side lacks altogether has nobody to be compared with and is left out.
Intervals are those of the bootstrap (Efron 1979), both sides drawn and weighted anew.

This takes away what was measured of the deals' mix, and nothing else: a season, a price, a new competitor remain. It is a hint.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from .conversion import ADVANCED, STILL
from .durations import crossing
from .history import Flags, Floats, Ints
from .shares import wilson

#: Draws of the bootstrap, and the chances at its ends.
DRAWS, LOW, HIGH = 400, 0.025, 0.975
#: Of very many deals fewer draws say as much; a re-test takes some seconds at most.
DEALS_DRAWN, FEWEST = 1_500_000, 100
#: Each side needs so many comparable deals before anything is said.
LEAST = 10
#: No deal counts for more than this many.
HEAVIEST = 5.0
ROUNDS = 15


@dataclass(frozen=True, slots=True)
class Cohort:
    """One side, a row a deal: `days` until its `fate` (as in `conversion`; of an amount, `days` is the amount and all fates are
    known), and its traits, one column each, as numbers that mean the same on both sides."""

    days: Floats
    fate: Ints
    traits: Ints

    def where(self, kept: Flags | Ints) -> Cohort:
        return Cohort(self.days[kept], self.fate[kept], self.traits[kept])

    def __len__(self) -> int:
        return len(self.days)


@dataclass(frozen=True, slots=True)
class Side:
    """Of `n` deals `compared` have somebody to be compared with, worth `effective` ones after weighting (Kish 1965). `plain` is
    the figure of all of them as they are, `value` that of the comparable, weighted; None where there are too few."""

    n: int
    compared: int
    effective: float
    plain: float | None
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Retest:
    """`difference` is after minus before. `horizon` is how many days a deal had to get there."""

    before: Side
    after: Side
    difference: float | None
    low: float | None
    high: float | None
    horizon: float | None


type Figure = Callable[[Cohort, Floats], float | None]


def share_within(before: Cohort, after: Cohort, *, longest: float, seed: int = 0) -> Retest:
    """How many got there within a number of days: that in which nine in ten did of those who ever did, half the time watched at
    most, so that half of the deals could be watched that long."""
    got = np.concatenate([side.days[side.fate == ADVANCED] for side in (before, after)])
    horizon = max(1.0, min(float(np.ceil(np.quantile(got, 0.9))) if len(got) else longest, np.floor(longest / 2)))

    def figure(side: Cohort, weights: Floats) -> float | None:
        return _incidence(side.days, side.fate, weights, horizon)

    return _held_against(before, after, figure, horizon, seed, is_share=True)


def plain_share(before: Cohort, after: Cohort, *, seed: int = 0) -> Retest:
    """How many of those whose fate is known got there; the others are not counted."""
    one, two = (side.where(side.fate != STILL) for side in (before, after))

    def figure(side: Cohort, weights: Floats) -> float | None:
        return float(np.average(side.fate == ADVANCED, weights=weights)) if len(side) else None

    return _held_against(one, two, figure, None, seed, is_share=True)


def median_days(before: Cohort, after: Cohort, *, longest: float, seed: int = 0) -> Retest:
    """After how many days half had left, whatever way; those that stay on were watched for `longest` days at most."""

    def figure(side: Cohort, weights: Floats) -> float | None:
        return _median(side.days, side.fate != STILL, weights, longest)

    return _held_against(before, after, figure, None, seed)


def mean_amount(before: Cohort, after: Cohort, *, seed: int = 0) -> Retest:
    """The mean of amounts."""

    def figure(side: Cohort, weights: Floats) -> float | None:
        return float(np.average(side.days, weights=weights)) if len(side) else None

    return _held_against(before, after, figure, None, seed)


def _held_against(
    before: Cohort, after: Cohort, figure: Figure, horizon: float | None, seed: int, *, is_share: bool = False
) -> Retest:
    plain = [figure(side, np.ones(len(side))) if len(side) else None for side in (before, after)]
    one, two = _comparable(before, after)
    if min(len(one), len(two)) < LEAST:
        sides = [
            Side(len(whole), len(part), float(len(part)), value, None, None, None)
            for whole, part, value in zip((before, after), (one, two), plain, strict=True)
        ]
        return Retest(sides[0], sides[1], None, None, None, horizon)
    weights = raked(one.traits, two.traits)
    values = figure(one, weights), figure(two, np.ones(len(two)))
    drawn = _drawn(one, two, figure, np.random.default_rng(seed))
    ends = np.quantile(drawn, [LOW, HIGH], axis=0) if len(drawn) else np.full((2, 3), np.nan)
    effective = float(weights.sum() ** 2 / np.sum(weights**2)), float(len(two))
    found = [
        Side(len(whole), len(part), size, raw, value, _known(ends[0, place]), _known(ends[1, place]))
        for place, (whole, part, size, raw, value) in enumerate(
            zip((before, after), (one, two), effective, plain, values, strict=True)
        )
    ]
    difference = None if values[0] is None or values[1] is None else values[1] - values[0]
    low, high = _known(ends[0, 2]), _known(ends[1, 2])
    if is_share and any(side.low == side.high for side in found):
        found = [_less_sure(side) for side in found]
        low, high = _joined(found[0], found[1])
    return Retest(found[0], found[1], difference, low, high, horizon)


def _less_sure(side: Side) -> Side:
    """All alike, however often one draws among them, is not certain of the next: the interval of Wilson (1927)."""
    if side.value is None or side.low != side.high:
        return side
    low, high = wilson(side.value, side.effective)
    return replace(side, low=low, high=high)


def _joined(before: Side, after: Side) -> tuple[float | None, float | None]:
    """The interval of a difference from those of its sides (Newcombe 1998, method 10)."""
    if before.value is None or before.low is None or before.high is None:
        return None, None
    if after.value is None or after.low is None or after.high is None:
        return None, None
    gap = after.value - before.value
    low = gap - sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    return low, gap + sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _comparable(before: Cohort, after: Cohort) -> tuple[Cohort, Cohort]:
    """Without the deals that have a trait which the other side lacks, until none has."""
    while True:
        kept = [np.ones(len(side), dtype=np.bool_) for side in (before, after)]
        for column in range(before.traits.shape[1]):
            ones, others = before.traits[:, column], after.traits[:, column]
            kept[0] &= np.isin(ones, others)
            kept[1] &= np.isin(others, ones)
        if kept[0].all() and kept[1].all():
            return before, after
        before, after = before.where(kept[0]), after.where(kept[1])


def raked(ours: Ints, theirs: Ints) -> Floats:
    """Weights (mean 1) of our rows with which each value of each column is as frequent as among their rows, as far as no row
    counts for more than `HEAVIEST`; a column in which something of theirs is lacking is made as like as it can be."""
    weights: Floats = np.ones(len(ours))
    columns = []
    for column in range(ours.shape[1]):
        known, place = np.unique(ours[:, column], return_inverse=True)
        there = np.searchsorted(known, theirs[:, column])
        there[there == len(known)] = 0
        wanted = np.bincount(there[known[there] == theirs[:, column]], minlength=len(known)).astype(np.float64)
        if wanted.sum() > 0:
            columns.append((place, wanted / wanted.sum() * len(ours)))
    for _ in range(ROUNDS):
        for place, wanted in columns:
            have = np.bincount(place, weights=weights, minlength=len(wanted))
            weights = weights * np.divide(wanted, have, out=np.zeros_like(wanted), where=have > 0)[place]
        weights = np.minimum(weights, HEAVIEST)
    total = weights.sum()
    return weights * (len(ours) / total) if total > 0 else np.ones(len(ours))


def _drawn(one: Cohort, two: Cohort, figure: Figure, rng: np.random.Generator) -> Floats:
    """By draw, the figure before, after, and their difference."""
    rows = []
    for _ in range(max(FEWEST, min(DRAWS, DEALS_DRAWN // (len(one) + len(two))))):
        ours = one.where(rng.integers(0, len(one), len(one)))
        theirs = two.where(rng.integers(0, len(two), len(two)))
        was, became = figure(ours, raked(ours.traits, theirs.traits)), figure(theirs, np.ones(len(theirs)))
        if was is not None and became is not None:
            rows.append((was, became, became - was))
    return np.array(rows, dtype=np.float64).reshape(-1, 3)


def _incidence(days: Floats, fate: Ints, weights: Floats, horizon: float) -> float | None:
    """The weighted Aalen–Johansen share that advanced by the horizon; None while no fate is known."""
    if not np.any(fate != STILL):
        return None
    times, place = np.unique(days, return_inverse=True)
    advanced = np.bincount(place, weights=weights * (fate == ADVANCED), minlength=len(times))
    ended = np.bincount(place, weights=weights * (fate != STILL), minlength=len(times))
    here = np.bincount(place, weights=weights, minlength=len(times))
    at_risk = np.maximum(here[::-1].cumsum()[::-1], 1e-12)
    left = np.clip(1 - ended / at_risk, 0.0, 1.0)
    before = np.concatenate(([1.0], np.cumprod(left)[:-1]))
    return float(np.sum((before * advanced / at_risk)[times <= horizon]))


def _median(days: Floats, ended: Flags, weights: Floats, longest: float) -> float:
    """The weighted Kaplan–Meier median, `longest` where half never left while watched."""
    times, place = np.unique(days, return_inverse=True)
    ends = np.bincount(place, weights=weights * ended, minlength=len(times))
    here = np.bincount(place, weights=weights, minlength=len(times))
    at_risk = np.maximum(here[::-1].cumsum()[::-1], 1e-12)
    found = crossing(times, np.cumprod(np.clip(1 - ends / at_risk, 0.0, 1.0)), 0.5)
    return longest if found is None else min(found, longest)
