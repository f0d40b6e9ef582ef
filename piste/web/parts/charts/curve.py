"""A smooth line through points that never rises where they fall: a width between two levels is between their widths.

Slopes after Steffen, “A simple method for monotonic interpolation in one dimension”, Astronomy & Astrophysics 239 (1990).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the curve: x as a function of y, and its slope dx/dy there."""

    y: float
    x: float
    slope: float


def slopes(places: Sequence[tuple[float, float]]) -> list[Point]:
    """Points (y, x), y growing, with the slopes that keep the curve between them."""
    secants = [(x2 - x1) / (y2 - y1) for (y1, x1), (y2, x2) in pairwise(places)]
    spans = [y2 - y1 for (y1, _), (y2, _) in pairwise(places)]
    inner = []
    for (s1, s2), (h1, h2) in zip(pairwise(secants), pairwise(spans), strict=True):
        mean = (s1 * h2 + s2 * h1) / (h1 + h2)
        least = min(abs(s1), abs(s2), abs(mean) / 2)
        inner.append((math.copysign(1, s1) + math.copysign(1, s2)) * least)
    found = [secants[0], *inner, secants[-1]]
    return [Point(y, x, slope) for (y, x), slope in zip(places, found, strict=True)]


def bend(points: Sequence[Point], centre: float, side: int) -> str:
    """The curve as SVG from the first point on, mirrored on the left of the centre for side −1."""
    path = []
    for a, b in pairwise(points):
        third = (b.y - a.y) / 3
        numbers = (
            centre + side * (a.x + a.slope * third), a.y + third,
            centre + side * (b.x - b.slope * third), b.y - third,
            centre + side * b.x, b.y,
        )  # fmt: skip
        path.append("C" + " ".join(f"{number:.2f}" for number in numbers))
    return "".join(path)
