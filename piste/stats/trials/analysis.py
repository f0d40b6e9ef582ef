"""A split test read at one moment: arms, differences with their intervals, and what to doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from piste.stats.history import Flags, Floats, Ints
from piste.stats.shares import wilson

from . import watching
from .balance import SampleRatio, sample_ratio
from .boundaries import ALPHA
from .contrast import Contrast, contrast
from .outliers import Outliers, outliers
from .watching import Watch

#: What a comparison says: the variant has more, or less; the sample is full and neither shows; it is not full yet; too few units.
MORE, LESS, NONE_SEEN, UNCLEAR, TOO_EARLY = "more", "less", "none_seen", "unclear", "too_early"


@dataclass(frozen=True, slots=True)
class Units:
    """One row a unit: its `arm` (0 is the control) and its `value`, NaN while it is not ripe (a deal whose days to reach a stage
    have not passed: it is named, not counted). `known_on` is the day its value became known; `group` the company or rep that was
    assigned; `covariates` what was known before, one column each, NaN where it was not."""

    arm: Ints
    value: Floats
    known_on: Floats | None = None
    group: Ints | None = None
    covariates: Floats | None = None

    def __post_init__(self) -> None:
        rows = [len(self.value), *(len(one) for one in (self.known_on, self.group, self.covariates) if one is not None)]
        if any(count != len(self.arm) for count in rows):
            raise ValueError("one row a unit in every column")


@dataclass(frozen=True, slots=True)
class Arm:
    """`assigned` units, `n` of them ripe; `mean` is the rate of a share. The interval is that of one look at this arm alone."""

    assigned: int
    n: int
    mean: float | None
    deviation: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A difference with its interval and its p (see `Watch.p`); `low` and `high` None while nothing can be said."""

    difference: float
    error: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A variant minus the control. `adjusted` takes the covariates into account; `outliers` is for means only, and read the same
    way; `anytime` holds without any plan."""

    arm: int
    plain: Reading
    anytime: Reading
    adjusted: Reading | None
    outliers: Outliers | None
    trimmed: Reading | None
    capped: Reading | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """`share` is how much of the plan is in, None without a plan; `later` units became known after the last look and wait for the
    next (a look a day); `method` as in `watching`."""

    method: str
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    sample_ratio: SampleRatio | None
    not_ripe: tuple[int, ...]
    later: int
    share: float | None
    looks: int
    alpha: float


def analyse(
    units: Units,
    *,
    is_share: bool,
    arms: int = 2,
    planned: int | None = None,
    watched: bool = False,
    shares: Sequence[float] | None = None,
    alpha: float = ALPHA,
) -> Analysis:
    """Reads the figures: once (`fixed`), against a planned sample, or at any time (`watched` without a plan).

    `is_share` says that values are 0 or 1. With `planned` and `known_on` the looks are daily, else twenty even ones. `shares` are
    the planned shares of the arms (even by default). Raises `ValueError` when arms or values are none such.
    """
    if arms < 2 or (len(units.arm) and not 0 <= int(units.arm.min()) <= int(units.arm.max()) < arms):
        raise ValueError("an arm out of the test")
    ripe = ~np.isnan(units.value)
    if is_share and not np.isin(units.value[ripe], (0.0, 1.0)).all():
        raise ValueError("a share is of 0 and 1")
    counts = np.bincount(units.arm, minlength=arms)
    counted, watch = _watch(units, planned, watched, alpha / (arms - 1))
    used = ripe & counted
    filled = planned is not None and (watch.share or 0.0) >= 1
    final = filled or watch.method == "fixed"
    return Analysis(
        watch.method,
        tuple(_arm(units, used, arm, int(counts[arm]), is_share) for arm in range(arms)),
        tuple(
            found
            for arm in range(1, arms)
            if (found := _comparison(units, used, arm, is_share, watch, arms - 1, final)) is not None
        ),
        sample_ratio([int(count) for count in counts], shares),
        tuple(int(count) for count in np.bincount(units.arm[~ripe], minlength=arms)),
        int(np.sum(ripe & ~counted)),
        watch.share if planned is not None else None,
        len(watch.looks) or 1,
        alpha,
    )


def _watch(units: Units, planned: int | None, watched: bool, alpha: float) -> tuple[Flags, Watch]:
    """Which units the last look counts, and how it is to be read."""
    everything = np.ones(len(units.arm), dtype=np.bool_)
    ripe = int(np.sum(~np.isnan(units.value)))
    if planned is None:
        return everything, watching.anytime(ripe, alpha=alpha) if watched else watching.fixed(ripe, alpha=alpha)
    if planned < 1:
        raise ValueError("a plan has units")
    if units.known_on is None:
        return everything, watching.planned(ripe, planned, alpha=alpha)
    last, looks = watching.daily(np.where(np.isnan(units.value), np.nan, units.known_on), planned)
    counted = units.known_on <= last
    seen = int(np.sum(counted & ~np.isnan(units.value)))
    return counted, watching.planned(seen, planned, alpha=alpha, looks=looks)


def _arm(units: Units, used: Flags, arm: int, assigned: int, is_share: bool) -> Arm:
    value = units.value[used & (units.arm == arm)]
    n = len(value)
    if n == 0:
        return Arm(assigned, 0, None, None, None, None)
    mean = float(value.mean())
    deviation = float(value.std(ddof=1)) if n > 1 else None
    if is_share:
        return Arm(assigned, n, mean, deviation, *wilson(mean, n))
    if deviation is None:
        return Arm(assigned, n, mean, None, None, None)
    half = Contrast(mean, deviation / n**0.5, n - 1).reach(watching.fixed(n).reach) or 0.0
    return Arm(assigned, n, mean, deviation, mean - half, mean + half)


def _comparison(
    units: Units,
    used: Flags,
    arm: int,
    is_share: bool,
    watch: Watch,
    comparisons: int,
    final: bool,
) -> Comparison | None:
    rows = used & ((units.arm == 0) | (units.arm == arm))
    value, varied = units.value[rows], units.arm[rows] == arm
    group = None if units.group is None else units.group[rows]
    plain = contrast(value, varied, is_share=is_share, group=group)
    if plain is None:
        return None
    anytime = watching.anytime(len(value), alpha=watch.alpha)

    def read(found: Contrast, by: Watch = watch) -> Reading:
        return _reading(found, by, comparisons, final and by is watch, is_share)

    adjusted = None
    if units.covariates is not None and units.covariates.size:
        known = _filled(units.covariates[rows])
        found = contrast(value, varied, is_share=is_share, group=group, covariates=known)
        adjusted = read(found) if found is not None else None
    extremes = None if is_share else outliers(value, varied)
    if extremes is not None:
        # The unit is named by its row in `units`, not among the two arms.
        extremes = replace(extremes, largest=int(np.flatnonzero(rows)[extremes.largest]))
    return Comparison(
        arm,
        read(plain),
        read(plain, anytime),
        adjusted,
        extremes,
        read(extremes.trimmed) if extremes and extremes.trimmed else None,
        read(extremes.capped) if extremes and extremes.capped else None,
    )


def _reading(found: Contrast, watch: Watch, comparisons: int, final: bool, is_share: bool) -> Reading:
    half, distance = found.reach(watch.reach), found.distance
    p = watch.p(distance) if distance is not None else None
    p = None if p is None else min(1.0, p * comparisons)
    if half is None:
        return Reading(found.difference, found.error, None, None, p, TOO_EARLY)
    low, high = found.difference - half, found.difference + half
    verdict = MORE if low > 0 else LESS if high < 0 else NONE_SEEN if final else UNCLEAR
    if is_share:
        low, high = max(-1.0, low), min(1.0, high)
    return Reading(found.difference, found.error, low, high, p, verdict)


def _filled(covariates: Floats) -> Floats:
    """Unknown values as the mean, and whether they were known as a column of its own."""
    table = covariates.reshape(len(covariates), -1).astype(np.float64)
    unknown = np.isnan(table)
    columns = []
    for place in range(table.shape[1]):
        if unknown[:, place].all():
            continue
        mean = float(table[~unknown[:, place], place].mean())
        columns.append(np.where(unknown[:, place], mean, table[:, place]))
        if unknown[:, place].any():
            columns.append(unknown[:, place].astype(np.float64))
    return np.column_stack(columns) if columns else np.empty((len(table), 0))
