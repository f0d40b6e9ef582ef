"""The laws that split tests are read by, and where a function crosses zero: with the standard library alone, for the pages of a
test are asked from processes that shall not load a numerical library for a handful of numbers.

Normal: `math.erfc` and `statistics.NormalDist`. Student and chi-square: the incomplete beta function by its continued fraction
(DLMF 8.17.22) and the incomplete gamma function of whole and half numbers (DLMF 8.4.10 and 8.8.2). Roots: Chandrupatla (1997),
"A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function without using derivatives".
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, exp, inf, isfinite, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

import numpy as np

from piste.stats.history import Floats

STANDARD = NormalDist()
#: Below this a tail is as good as none.
LEAST = 1e-300
#: With so many degrees of freedom Student's law is the normal one.
AS_NORMAL = 1e8


def normal(distance: float) -> float:
    """The chance that a standard normal number is below `distance`."""
    return 0.5 * erfc(-distance / sqrt(2))


def normal_each(distances: Floats) -> Floats:
    """The same for each of some dozens."""
    return np.array([0.5 * erfc(away) for away in (-distances / sqrt(2)).tolist()])


def normal_at(chance: float) -> float:
    """Below what a standard normal number is with that chance."""
    return -inf if chance <= 0 else inf if chance >= 1 else STANDARD.inv_cdf(chance)


def student(freedom: float, distance: float) -> float:
    """The chance that a Student number is below `distance`."""
    if freedom >= AS_NORMAL or not isfinite(distance):
        return normal(distance)
    square = distance * distance
    tail = 0.5 * _beta(freedom / 2, 0.5, -log1p(square / freedom), square / (freedom + square))
    return tail if distance <= 0 else 1 - tail


def student_at(freedom: float, chance: float) -> float:
    """Below what a Student number is with that chance, for chances below one half."""
    start = normal_at(chance)
    if freedom >= AS_NORMAL or not isfinite(start):
        return start

    def short(reach: float) -> float:
        return log(max(student(freedom, -exp(reach)), LEAST)) - log(chance)

    # Its tails are wider than those of the normal law.
    low = high = log(max(-start, 1e-12))
    if short(low) <= 0:
        return start
    while short(high) > 0:
        low, high = high, high + 1
    return -exp(root(short, low, high, within=1e-13))


def chi_square_beyond(freedom: int, value: float) -> float:
    """The chance that a chi-square number of a whole number of degrees of freedom is above `value`."""
    half = value / 2
    if half <= 0:
        return 1.0
    found, term = (erfc(sqrt(half)), 0.5) if freedom % 2 else (exp(-half), 1.0)
    power = exp(-half) * (sqrt(half) / (sqrt(pi) / 2) if freedom % 2 else half)
    for _step in range((freedom - 1) // 2):
        found += power
        term += 1
        power *= half / term
    return min(found, 1.0)


def root(of: Callable[[float], float], low: float, high: float, *, within: float) -> float:
    """Where a function that has another sign at both ends is zero."""
    a, b, fa, fb = low, high, of(low), of(high)
    if fa == 0 or fb == 0:
        return a if fa == 0 else b
    if (fa > 0) == (fb > 0):
        raise ValueError("the function has the same sign at both ends")
    c, fc, part = a, fa, 0.5
    for _step in range(200):
        x = a + part * (b - a)
        fx = of(x)
        if (fx > 0) == (fa > 0):
            c, fc = a, fa
        else:
            c, fc, b, fb = b, fb, a, fa
        a, fa = x, fx
        best = a if abs(fa) < abs(fb) else b
        least = within + 2e-16 * abs(best)
        if fx == 0 or abs(b - a) <= 2 * least:
            return x if fx == 0 else best
        part = 0.5
        across, up = (a - b) / (c - b), (fa - fb) / (fc - fb)
        if up**2 < across and (1 - up) ** 2 < 1 - across:
            part = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        part = min(max(part, least / abs(b - a)), 1 - least / abs(b - a))
    raise ValueError("no zero was found")


def _beta(a: float, b: float, log_x: float, rest: float) -> float:
    """The regularised incomplete beta function at x, given its logarithm and 1 − x, both exact where x is near 1."""
    if rest <= 0:
        return 1.0
    x = exp(log_x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log_x + b * log(rest))
    if x < (a + 1) / (a + b + 2):
        return front / (a * _fraction(a, b, x))
    return 1 - front / (b * _fraction(b, a, rest))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, evaluated from its front (Lentz)."""
    found = c = 1.0
    d = 0.0
    for step in range(1, 20_000):
        half, odd = divmod(step, 2)
        if odd:
            part = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            part = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        d = 1 / ((1 + part * d) or LEAST)
        c = (1 + part / c) or LEAST
        found *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return found
