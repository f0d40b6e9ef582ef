"""How far apart arms must be to be told apart at each look, so that all looks together err once in twenty.

The method: group-sequential boundaries with the error spent as O'Brien & Fleming's rule spends it (Lan & DeMets 1983, "Discrete
sequential boundaries for clinical trials", Biometrika 70), for whatever looks are made. They are computed by the recursive
integration of Armitage, McPherson & Rowe (1969): the law of the sum, among those that no earlier look has told apart, is carried
from look to look on the nodes of Gauss and Legendre.

A look is named by its share of the planned sample. The sum is that of a standard Brownian motion: at share t its variance is t.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import inf, sqrt

import numpy as np

from piste.stats.history import Floats

from .laws import normal, normal_at, normal_each, root

#: The chance, of both sides together, to tell apart what is alike.
ALPHA = 0.05
#: Looks closer to each other than this are one: what was said at the first of them stands.
CLOSEST = 1 / 200
#: An error smaller than this is not spent: nothing is told apart so early.
LEAST_SPENT = 1e-12
#: Nodes for each standard deviation of a step, the fewest, and how far out the law is followed in its own deviations.
NODES, FEWEST, FAR = 2.0, 40, 8.5


def spent(share: float, alpha: float = ALPHA) -> float:
    """The error of both sides that may have been spent once `share` of the plan is in."""
    if share <= 0:
        return 0.0
    return 4 * normal(normal_at(alpha / 4) / sqrt(min(share, 1.0)))


def boundaries(shares: Sequence[float], alpha: float = ALPHA) -> tuple[float, ...]:
    """By look, the standardised difference from which arms are told apart; infinite where it is too early.

    `shares` ascend; the last may pass 1 (more units than planned came in), then all that is left is spent there. Raises
    `ValueError` when they do not ascend, or go on after the plan has been filled.
    """
    known = tuple(round(float(share), 9) for share in shares)
    if any(after <= before for before, after in zip((0.0, *known), known, strict=False)):
        raise ValueError("looks ascend from above 0")
    if any(share >= 1 for share in known[:-1]):
        raise ValueError("there is no look after the planned sample")
    return _boundaries(known, alpha)


@lru_cache(maxsize=256)
def _boundaries(shares: tuple[float, ...], alpha: float) -> tuple[float, ...]:
    found: list[float] = []
    law: _Law | None = None
    told = paid = 0.0
    for share in shares:
        now = spent(share, alpha)
        part = now - paid
        if now < LEAST_SPENT:
            found.append(inf)
            continue
        bound = -normal_at(part / 2) * sqrt(share) if law is None else law.bound(share - told, part)
        found.append(bound / sqrt(share))
        law = _Law.first(bound, share) if law is None else law.next(bound, share - told, share)
        told, paid = share, now
    return tuple(found)


def power(shares: Sequence[float], bounds: Sequence[float], effect: float) -> float:
    """The chance that some look tells the arms apart, when `effect` is what the standardised difference is expected to be at
    the planned sample; both sides count."""
    law: _Law | None = None
    told = caught = 0.0
    for share, limit in zip(shares, bounds, strict=True):
        if limit == inf:
            continue
        bound = limit * sqrt(share)
        if law is None:
            drifted = effect * share
            caught += normal((drifted - bound) / sqrt(share)) + normal((-bound - drifted) / sqrt(share))
            law = _Law.first(bound, share, effect)
        else:
            caught += law.beyond(bound, share - told)
            law = law.next(bound, share - told, share)
        told = share
    return caught


def fixed_power(effect: float, alpha: float = ALPHA) -> float:
    """The same chance when the figures are read once, at the planned sample."""
    limit = -normal_at(alpha / 2)
    return normal(effect - limit) + normal(-limit - effect)


class _Law:
    """The law of the sum among those not yet told apart: weights (with the density in them) on nodes between the bounds."""

    def __init__(self, nodes: Floats, mass: Floats, drift: float) -> None:
        self.nodes, self.mass, self.drift = nodes, mass, drift

    @classmethod
    def first(cls, bound: float, share: float, drift: float = 0.0) -> _Law:
        nodes, weights = _nodes(bound, share, drift, sqrt(share))
        spread = (nodes - drift * share) / sqrt(share)
        return cls(nodes, weights * np.exp(-(spread**2) / 2) / sqrt(2 * np.pi * share), drift)

    def next(self, bound: float, step: float, share: float) -> _Law:
        nodes, weights = _nodes(bound, share, self.drift, sqrt(step))
        apart = (nodes[:, None] - self.nodes[None, :] - self.drift * step) / sqrt(step)
        density = np.exp(-(apart**2) / 2) @ self.mass / sqrt(2 * np.pi * step)
        return _Law(nodes, weights * density, self.drift)

    def beyond(self, bound: float, step: float) -> float:
        """The chance to be told apart by a look a `step` later with that bound."""
        middle, deviation = self.nodes + self.drift * step, sqrt(step)
        return float(np.sum(self.mass * (normal_each((middle - bound) / deviation) + normal_each((-bound - middle) / deviation))))

    def bound(self, step: float, part: float) -> float:
        """The bound of a look a `step` later that spends `part` of the error."""
        edge = float(np.abs(self.nodes).max()) + FAR * sqrt(step)
        if self.beyond(edge, step) >= part:
            return edge
        return root(lambda bound: self.beyond(bound, step) - part, 0.0, edge, within=1e-10)


def _nodes(bound: float, share: float, drift: float, step: float) -> tuple[Floats, Floats]:
    """Nodes and weights between the bounds, no further out than the law reaches."""
    low, high = max(-bound, drift * share - FAR * sqrt(share)), min(bound, drift * share + FAR * sqrt(share))
    if high <= low:
        low, high = -bound, bound
    count = max(FEWEST, int(NODES * (high - low) / step) // 16 * 16 + 16)
    nodes, weights = _legendre(count)
    return (high + low) / 2 + (high - low) / 2 * nodes, (high - low) / 2 * weights


@lru_cache(maxsize=64)
def _legendre(count: int) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return nodes, weights
