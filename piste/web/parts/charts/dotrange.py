"""How long a stage lasts: the median as a dot, eight in ten deals as a bar, the norm as a tick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

#: Room at both ends, in per cent, for half a dot.
ROOM = 4.0


@dataclass(frozen=True, slots=True)
class Dotrange:
    """Places in per cent of the box; `is_open` when the long end is not reached yet, `is_over` past the norm."""

    template: ClassVar[str] = "parts/charts/dotrange.html"
    low_at: float | None
    high_at: float | None
    median_at: float | None
    norm_at: float | None
    low: float | None
    median: float | None
    high: float | None
    norm: float | None
    is_open: bool
    is_over: bool


def draw(low: float | None, median: float | None, high: float | None, *, norm: float | None, most: float) -> Dotrange:
    """Days; `most` is the length at the right end, the same for all that are compared.

    A median that half of the deals have not reached yet is None, and so is a long end: the bar then goes on, dashed.
    """

    def place(length: float | None) -> float | None:
        if length is None:
            return None
        share = min(max(length / most, 0.0), 1.0) if most > 0 else 0.0
        return round(ROOM + share * (100 - 2 * ROOM), 2)

    is_open = high is None and low is not None
    end = 100.0 - ROOM if is_open else place(high)
    is_over = norm is not None and median is not None and median > norm
    return Dotrange(place(low), end, place(median), place(norm), low, median, high, norm, is_open, is_over)


def scale(ranges: Sequence[Sequence[float | None]]) -> float:
    """The one scale of several ranges: the longest of the lengths they show."""
    return max((length for lengths in ranges for length in lengths if length is not None), default=0.0)
