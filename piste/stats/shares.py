"""Shares of a count, with their interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: The 97.5 % point of the normal distribution: intervals are of 95 %.
Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `n`; `rate`, `low` and `high` between 0 and 1, None when n is 0."""

    count: int
    n: int
    rate: float | None
    low: float | None
    high: float | None


def share(count: int, n: int) -> Share:
    """A share with its Wilson score interval (Wilson 1927), which keeps its promise for small n and near 0 and 1.

    Raises `ValueError` unless 0 ≤ count ≤ n.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n}")
    if n == 0:
        return Share(0, 0, None, None, None)
    low, high = wilson(count / n, n)
    return Share(count, n, count / n, low, high)


def wilson(rate: float, n: float) -> tuple[float, float]:
    """The Wilson score interval of a rate seen on n; n may be an effective number."""
    z2 = Z * Z
    middle = (rate + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(rate * (1 - rate) / n + z2 / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(a: Share, b: Share) -> tuple[float, float, float] | None:
    """`a` − `b` with its interval by Newcombe's method 10 (1998), which joins two Wilson intervals; None when either is empty."""
    if a.rate is None or b.rate is None or a.low is None or b.low is None or a.high is None or b.high is None:
        return None
    gap = a.rate - b.rate
    low = gap - sqrt((a.rate - a.low) ** 2 + (b.high - b.rate) ** 2)
    high = gap + sqrt((a.high - a.rate) ** 2 + (b.rate - b.low) ** 2)
    return gap, low, high
