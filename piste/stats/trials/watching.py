"""How wide an interval is that may be read at any time.

Three ways, by what was set beforehand:

- `planned`: a sample was planned, and the figures are looked at on known occasions (once a day) until it is full. The interval
  is the repeated confidence interval of Jennison & Turnbull (1989, "Interim analyses: the repeated confidence interval approach",
  JRSS B 51) with the bounds of `boundaries`: all of them together hold with 95 %. It is about the units up to the planned sample;
  nothing is added after that, so what it says then stays said.
- `anytime`: nothing was planned. The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021,
  "Time-uniform central limit theory and asymptotic confidence sequences", Theorem 2.2), Robbins' normal mixture around the mean:
  it holds at every number of units at once, and is wider for it.
- `fixed`: the figures are read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, isfinite, log, sqrt

import numpy as np

from piste.stats.history import Floats

from .boundaries import ALPHA, CLOSEST, boundaries
from .laws import normal, normal_at, root

#: The number of units at which the anytime interval is narrowest, and Robbins' ρ² that makes it so (Waudby-Smith et al., B.2).
TUNED = 1000
TUNED_WEIGHT = (-2 * log(ALPHA) + log(-2 * log(ALPHA) + 1)) / TUNED
#: Looks that are supposed where a sample was planned and no days are known.
SUPPOSED = 20
#: With more looks no p is sought: the interval says it.
MOST_LOOKS = 60


@dataclass(frozen=True, slots=True)
class Watch:
    """`method` (`planned`, `anytime`, `fixed`), the `looks` made as shares of the plan, the last one being now, and `alpha`, the
    error that one comparison may make."""

    method: str
    alpha: float
    units: int
    looks: tuple[float, ...] = ()

    @property
    def share(self) -> float | None:
        """How much of the planned sample is in."""
        return self.looks[-1] if self.looks else None

    @property
    def reach(self) -> float:
        """How many standard errors the interval reaches; infinite while it is too early."""
        if self.units < 1:
            return inf
        if self.method == "planned":
            return boundaries(self.looks, self.alpha)[-1] if self.looks else inf
        return anytime_reach(self.units, self.alpha) if self.method == "anytime" else _normal(self.alpha)

    def p(self, distance: float) -> float | None:
        """The smallest error at which an interval of this kind would leave out nothing, for a difference of `distance` standard
        errors; None where it is not sought."""
        distance = abs(distance)
        if self.method == "fixed":
            return _twice_beyond(distance)
        if self.method == "anytime":
            return anytime_p(self.units, distance)
        if len(self.looks) > MOST_LOOKS:
            return None
        return _repeated_p(self.looks, distance)


def fixed(units: int, *, alpha: float = ALPHA) -> Watch:
    """One look."""
    return Watch("fixed", alpha, units)


def anytime(units: int, *, alpha: float = ALPHA) -> Watch:
    """Any looks, without a plan."""
    return Watch("anytime", alpha, units)


def planned(units: int, total: int, *, alpha: float = ALPHA, looks: Sequence[float] = ()) -> Watch:
    """`units` of `total` are in; `looks` are the shares at which the figures had been looked at, twenty even ones by default."""
    share = units / total
    if not looks:
        looks = [place / SUPPOSED for place in range(1, SUPPOSED + 1)]
    before = [look for look in looks if look < min(share, 1.0) - 1e-9]
    return Watch("planned", alpha, units, (*before, share) if share > 0 else ())


def daily(days: Floats, total: int) -> tuple[float, tuple[float, ...]]:
    """From the day each unit became known (NaN: not yet) to the last look and to the shares of the plan at all looks: at the end
    of each day by which something new was known, as long as that is a 200th of the plan or fills it."""
    known = np.sort(days[~np.isnan(days)])
    if not len(known):
        return -inf, ()
    ends = np.unique(known)
    counts = np.searchsorted(known, ends, side="right")
    last, looks = -inf, [0.0]
    for day, count in zip(ends, counts, strict=True):
        share = count / total
        if looks[-1] < 1 and (share - looks[-1] >= CLOSEST - 1e-12 or share >= 1):
            looks.append(float(share))
            last = float(day)
    return last, tuple(looks[1:])


def anytime_reach(units: int, alpha: float = ALPHA) -> float:
    """How many standard errors the anytime interval reaches."""
    weight = units * TUNED_WEIGHT
    return sqrt(2 * (weight + 1) / weight * log(sqrt(weight + 1) / alpha))


def anytime_p(units: int, distance: float) -> float:
    """The p of the same mixture: it stays above p with chance 1 − p at all numbers of units together."""
    weight = units * TUNED_WEIGHT
    return float(min(1.0, sqrt(weight + 1) * exp(-(distance**2) * weight / (2 * (weight + 1)))))


def _normal(alpha: float) -> float:
    return -normal_at(alpha / 2)


def _twice_beyond(distance: float) -> float:
    return 2 * normal(-distance)


def _repeated_p(looks: tuple[float, ...], distance: float) -> float | None:
    """The repeated p-value (Jennison & Turnbull 2000, ch. 9.5), sought on the normal scale, where it is nearly a line."""
    if not looks or not isfinite(distance):
        return None

    def short(score: float) -> float:
        bound = boundaries(looks, 4 * normal(-score))[-1]
        return (bound if isfinite(bound) else 40.0) - distance

    least, most = -normal_at(0.99 / 4), 7.0
    if short(least) >= 0:
        return 1.0
    if short(most) <= 0:
        return 4 * normal(-most)
    return 4 * normal(-root(short, least, most, within=1e-3))
