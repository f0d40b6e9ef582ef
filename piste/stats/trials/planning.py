"""Before a split test: how many units tell apart what is worth finding, and how long they take to come.

The formulas are those of two normal means with variances of their own (Wald's difference of two shares; Welch), as for instance
in Chow, Shao, Wang & Lokhnygina, "Sample Size Calculations in Clinical Research" (2017), ch. 3 and 4. With several variants each
is held against the control at a part of the error (Bonferroni). Watching the test (`watching`) costs at most 3 % of the power.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isfinite, sqrt

from .boundaries import ALPHA
from .laws import normal_at, root

POWER = 0.8
#: A plan beyond this is none.
MOST = 100_000_000


class NoPlan(ValueError):
    """There is no such plan; `code` says why: `effect_none`, `effect_impossible`, `baseline_impossible`, `shares_wrong`,
    `spread_missing`, `too_many`, `too_few`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Plan:
    """Units needed: by arm (the control first) and in all; `alpha` is the error of each comparison, `design_effect` how many
    times more units than if each decided for itself."""

    arms: tuple[int, ...]
    total: int
    effect: float
    alpha: float
    power: float
    design_effect: float


def plan_share(
    baseline: float,
    effect: float,
    *,
    shares: Sequence[float] = (0.5, 0.5),
    power: float = POWER,
    alpha: float = ALPHA,
    design_effect: float = 1.0,
) -> Plan:
    """Units to find a change of `effect` (0.05 = 5 points, either sign) of a share that is `baseline` without it."""
    if not 0 < baseline < 1:
        raise NoPlan("baseline_impossible")
    if not 0 <= baseline + effect <= 1:
        raise NoPlan("effect_impossible")
    changed = baseline + effect
    return _plan(baseline * (1 - baseline), changed * (1 - changed), effect, shares, power, alpha, design_effect)


def plan_mean(
    deviation: float,
    effect: float,
    *,
    shares: Sequence[float] = (0.5, 0.5),
    power: float = POWER,
    alpha: float = ALPHA,
    design_effect: float = 1.0,
) -> Plan:
    """Units to find a change of `effect` of a mean whose units are spread by `deviation` (a standard deviation)."""
    if not (isfinite(deviation) and deviation > 0):
        raise NoPlan("spread_missing")
    return _plan(deviation**2, deviation**2, effect, shares, power, alpha, design_effect)


def found_share(
    baseline: float,
    total: int,
    *,
    shares: Sequence[float] = (0.5, 0.5),
    power: float = POWER,
    alpha: float = ALPHA,
    design_effect: float = 1.0,
) -> float:
    """The smallest rise of a share that `total` units find with that power."""
    if not 0 < baseline < 1:
        raise NoPlan("baseline_impossible")

    def lacking(effect: float) -> float:
        changed = baseline + effect
        return effect - _found(baseline * (1 - baseline), changed * (1 - changed), total, shares, power, alpha, design_effect)

    most = 1 - baseline
    if lacking(most) < 0:
        raise NoPlan("too_few")
    return root(lacking, 0.0, most, within=1e-9)


def found_mean(
    deviation: float,
    total: int,
    *,
    shares: Sequence[float] = (0.5, 0.5),
    power: float = POWER,
    alpha: float = ALPHA,
    design_effect: float = 1.0,
) -> float:
    """The smallest change of a mean that `total` units find with that power."""
    if not (isfinite(deviation) and deviation > 0):
        raise NoPlan("spread_missing")
    return _found(deviation**2, deviation**2, total, shares, power, alpha, design_effect)


def design_effect(size: float, likeness: float, unevenness: float = 0.0) -> float:
    """How many times more units are needed when they come in groups of `size` on average that share an arm: `likeness` is the
    correlation within a group, `unevenness` the coefficient of variation of the sizes (Eldridge, Ashby & Kerry 2006)."""
    if size < 1 or not 0 <= likeness <= 1 or unevenness < 0:
        raise NoPlan("shares_wrong")
    return 1 + ((unevenness**2 + 1) * size - 1) * likeness


def weeks(total: int, per_week: float, *, part: float = 1.0, days: float = 0.0) -> float | None:
    """How long until `total` units have come, of a flow of which `part` is taken, and the last has had its `days` to decide;
    None when nothing flows."""
    taken = per_week * part
    return total / taken + days / 7 if taken > 0 else None


def _plan(
    control: float, changed: float, effect: float, shares: Sequence[float], power: float, alpha: float, grown: float
) -> Plan:
    if not isfinite(effect) or effect == 0:
        raise NoPlan("effect_none")
    parts, each = _parts(shares, alpha)
    need = max((control / parts[0] + changed / part) * _distance(power, each) ** 2 / effect**2 for part in parts[1:])
    need *= max(grown, 1.0)
    if need > MOST:
        raise NoPlan("too_many")
    arms = tuple(max(2, ceil(need * part - 1e-9)) for part in parts)
    return Plan(arms, sum(arms), effect, each, power, max(grown, 1.0))


def _found(
    control: float, changed: float, total: int, shares: Sequence[float], power: float, alpha: float, grown: float
) -> float:
    if total < 4:
        raise NoPlan("too_few")
    parts, each = _parts(shares, alpha)
    widest = max(control / parts[0] + changed / part for part in parts[1:])
    return _distance(power, each) * sqrt(widest * max(grown, 1.0) / total)


def _distance(power: float, alpha: float) -> float:
    """How many standard errors the effect must be worth."""
    return normal_at(power) - normal_at(alpha / 2)


def _parts(shares: Sequence[float], alpha: float) -> tuple[list[float], float]:
    """The share of each arm among the units taken, and the error of each comparison."""
    if len(shares) < 2 or any(not (isfinite(share) and share > 0) for share in shares):
        raise NoPlan("shares_wrong")
    whole = sum(shares)
    return [share / whole for share in shares], alpha / (len(shares) - 1)
