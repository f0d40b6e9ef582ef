"""A line as high as a word: how a figure moved, period by period, its last value marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

WIDTH, HEIGHT = 72, 20
SIDE, EDGE = 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Spark:
    """Pieces of line between the gaps, single points that no line reaches, and the last point."""

    template: ClassVar[str] = "parts/charts/spark.html"
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    last: tuple[float, float] | None
    is_bad: bool
    said: str


def draw(values: Sequence[float | None], *, is_bad: bool = False, said: str = "") -> Spark:
    """Evenly spaced values, None where there are too few to say; `said` tells it to those who do not see it."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    step = (WIDTH - 2 * SIDE) / max(len(values) - 1, 1)
    places: list[tuple[float, float] | None] = []
    for place, value in enumerate(values):
        share = 0.5 if value is None or high == low else (value - low) / (high - low)
        y = HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)
        places.append(None if value is None else (round(SIDE + place * step, 2), round(y, 2)))
    pieces = _pieces(places)
    lines = tuple(" ".join(f"{x},{y}" for x, y in piece) for piece in pieces if len(piece) > 1)
    dots = tuple(piece[0] for piece in pieces if len(piece) == 1)
    return Spark(lines, dots, places[-1] if places else None, is_bad, said)


def _pieces(places: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is not None:
            pieces[-1].append(place)
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]
