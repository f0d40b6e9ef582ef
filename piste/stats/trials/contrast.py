"""The difference between two arms and its standard error.

Without more it is the plain difference of means. With covariates it is a regression of the value on the arm, the covariates
centred and crossed with it (Lin 2013, "Agnostic notes on regression adjustments to experimental data", Ann. Appl. Stat. 7; CUPED,
Deng et al. 2013, is its special case) with the variance HC2 of MacKinnon & White (1985). Units that came in groups are counted as
groups (CR1 of Liang & Zeger 1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from piste.stats.history import Flags, Floats, Ints

from .laws import normal, normal_at, student, student_at

#: Each arm needs so many units, or groups of units, before anything is said.
LEAST = 10
LEAST_GROUPS = 5


@dataclass(frozen=True, slots=True)
class Contrast:
    """The variant minus the control. `freedom` are the degrees of freedom of the standard error; `error` None where there are too
    few units, or nothing varies, so that nothing can be said of how sure the difference is."""

    difference: float
    error: float | None
    freedom: float

    @property
    def distance(self) -> float | None:
        """The difference in standard errors, on the normal scale: a wide Student counts for less."""
        if self.error is None:
            return None
        away = -abs(self.difference) / self.error
        tail = student(self.freedom, away)
        return abs(normal_at(tail)) if tail > 1e-300 else abs(away)

    def reach(self, distance: float) -> float | None:
        """Half the interval that reaches so many standard errors on the normal scale: the same nominal level of Student's law
        (Jennison & Turnbull 2000, ch. 3.8)."""
        if self.error is None or not isfinite(distance):
            return None
        tail = normal(-distance)
        return self.error * (-student_at(self.freedom, tail) if tail > 1e-300 else distance)


def contrast(
    value: Floats,
    varied: Flags,
    *,
    is_share: bool = False,
    group: Ints | None = None,
    covariates: Floats | None = None,
) -> Contrast | None:
    """`varied` tells the variant's units from the control's; None when an arm has none."""
    ones, others = value[varied], value[~varied]
    if not len(ones) or not len(others):
        return None
    plain = covariates is None or not covariates.size
    difference = float(ones.mean() - others.mean())
    if min(_units(group, varied, len(ones)), _units(group, ~varied, len(others))) < (LEAST if group is None else LEAST_GROUPS):
        return Contrast(difference, None, 1.0)
    if plain and group is None:
        return _shares(ones, others) if is_share else _means(ones, others)
    return _regression(value, varied, covariates, group) or Contrast(difference, None, 1.0)


def _units(group: Ints | None, of: Flags, count: int) -> int:
    return count if group is None else len(np.unique(group[of]))


def _means(ones: Floats, others: Floats) -> Contrast:
    """Welch (1947), with Satterthwaite's degrees of freedom."""
    parts = [float(arm.var(ddof=1)) / len(arm) for arm in (ones, others)]
    difference, variance = float(ones.mean() - others.mean()), sum(parts)
    if variance <= 1e-24 * max(1.0, difference**2):
        return Contrast(difference, None, 1.0)
    freedom = variance**2 / sum(part**2 / (len(arm) - 1) for part, arm in zip(parts, (ones, others), strict=True))
    return Contrast(difference, sqrt(variance), freedom)


def _shares(ones: Floats, others: Floats) -> Contrast:
    """The variance is that of Agresti & Caffo (2000): a success and a failure more in each arm, so that a few equal outcomes do
    not pass for certainty. They draw the difference together in the same measure; here it stays, and its error is by so much
    larger."""
    variance = 0.0
    for arm in (ones, others):
        n = len(arm) + 2
        rate = (float(arm.sum()) + 1) / n
        variance += rate * (1 - rate) * n / len(arm) ** 2
    return Contrast(float(ones.mean() - others.mean()), sqrt(variance), float(len(ones) + len(others) - 2))


def _regression(value: Floats, varied: Flags, covariates: Floats | None, group: Ints | None) -> Contrast | None:
    columns = [np.ones_like(value), varied.astype(np.float64)]
    if covariates is not None and covariates.size:
        centred = covariates - covariates.mean(axis=0)
        spread = centred.std(axis=0)
        centred = centred[:, spread > 0] / spread[spread > 0]
        columns += [*centred.T, *(centred * columns[1][:, None]).T]
    design = np.column_stack(columns)
    count, width = design.shape
    inverse = np.linalg.pinv(design.T @ design)
    weights = inverse @ (design.T @ value)
    left = value - design @ weights
    lever = np.clip(np.einsum("ij,jk,ik->i", design, inverse, design), 0.0, 1 - 1e-9)
    # The row of the sandwich that belongs to the arm: one number a unit.
    pull = design @ inverse[1]
    if group is None:
        variance = float(np.sum(pull**2 * left**2 / (1 - lever)))
        freedom = float(count - width)
    else:
        _, place = np.unique(group, return_inverse=True)
        sums = np.bincount(place, weights=pull * left)
        groups = len(sums)
        variance = float(np.sum(sums**2)) * groups / (groups - 1) * (count - 1) / max(count - width, 1)
        freedom = float(groups - 2)
    difference = float(weights[1])
    if freedom < 1 or variance <= 1e-24 * max(1.0, difference**2):
        return None
    return Contrast(difference, sqrt(variance), freedom)
