"""A figure over time: a line within its interval, dashed to a last period that goes on.

The line is stretched to its box, the words and dots beside it stand at places in per cent and keep their size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .labels import shown_from, stand_out
from .ticks import ticks

TICKS = 3


@dataclass(frozen=True, slots=True)
class Point:
    """One period: its value within its interval, or None where there are too few; `before` is the same a year or period ago."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    is_partial: bool = False
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A point in place, and how its value and interval are written."""

    point: Point
    x: float
    y: float | None
    left: float
    said: str
    range_said: str
    label_from: str


@dataclass(frozen=True, slots=True)
class Line:
    """The drawn series in a box of 100 × 100: pieces between gaps, the dashed end, the band, what was before."""

    template: ClassVar[str] = "parts/charts/line.html"
    points: tuple[Drawn, ...]
    pitch: float
    lines: tuple[str, ...]
    ending: str
    bands: tuple[str, ...]
    before: tuple[str, ...]
    ticks: tuple[tuple[float, str], ...]
    mark_at: float | None
    mark: str
    stands_out: bool

    @property
    def has_links(self) -> bool:
        return any(drawn.point.href for drawn in self.points)

    @property
    def mark_x(self) -> int:
        """Where the words of the mark end: away from those of the last point."""
        if self.last is None or self.last.y is None or self.mark_at is None:
            return 100
        return 60 if abs(self.last.y - self.mark_at) < 20 else 100

    @property
    def last(self) -> Drawn | None:
        """The last known point, whose value is written beside it."""
        return next((drawn for drawn in reversed(self.points) if drawn.y is not None), None)


def draw(points: Sequence[Point], *, say: Callable[[float], str], mark: float | None = None, mark_said: str = "") -> Line:
    """`say` writes a value; the scale begins at zero. `mark` is a norm or a target, drawn across."""
    known = [value for point in points for value in (point.value, point.low, point.high, point.before) if value is not None]
    scale = ticks(min([0.0, *known]), max([0.0, *known, *([] if mark is None else [mark])]), TICKS)
    bottom, top = scale[0], scale[-1]
    pitch = 100 / max(len(points), 1)

    def height(value: float) -> float:
        return round(100 - 100 * (value - bottom) / (top - bottom), 3)

    def across(place: int) -> float:
        return round((place + 0.5) * pitch, 3)

    texts = [max(point.label, point.note, key=len) for point in points]
    places = shown_from(texts, pitch)
    made = []
    for place, point in enumerate(points):
        y = None if point.value is None else height(point.value)
        said = "" if point.value is None else say(point.value)
        ranged = "" if point.low is None or point.high is None else f"{say(point.low)} – {say(point.high)}"
        made.append(Drawn(point, across(place), y, round(place * pitch, 3), said, ranged, places[place]))
    steady = [drawn for drawn in made if not (drawn is made[-1] and drawn.point.is_partial)]
    ends = [drawn for drawn in made[-2:] if drawn.y is not None]
    return Line(
        tuple(made),
        round(pitch, 3),
        lines=_lines([(drawn.x, drawn.y) for drawn in steady]),
        ending=_joined([(drawn.x, drawn.y) for drawn in ends]) if len(steady) < len(made) and len(ends) == 2 else "",
        bands=_bands([(drawn.x, drawn.point.low, drawn.point.high) for drawn in made], height),
        before=_lines([(across(place), None if p.before is None else height(p.before)) for place, p in enumerate(points)]),
        ticks=tuple((height(value), say(value)) for value in scale),
        mark_at=None if mark is None else height(mark),
        mark=mark_said,
        stands_out=stand_out(texts, pitch),
    )


def _joined(places: Sequence[tuple[float, float | None]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places if y is not None)


def _lines(places: Sequence[tuple[float, float | None]]) -> tuple[str, ...]:
    """Paths between the gaps; a point alone is left to its dot."""
    pieces: list[list[tuple[float, float | None]]] = [[]]
    for place in places:
        if place[1] is not None:
            pieces[-1].append(place)
        elif pieces[-1]:
            pieces.append([])
    return tuple(_joined(piece) for piece in pieces if len(piece) > 1)


def _bands(places: Sequence[tuple[float, float | None, float | None]], height: Callable[[float], float]) -> tuple[str, ...]:
    """The intervals as surfaces between the gaps; one alone is a stroke."""
    pieces: list[list[tuple[float, float, float]]] = [[]]
    for x, low, high in places:
        if low is not None and high is not None:
            pieces[-1].append((x, height(low), height(high)))
        elif pieces[-1]:
            pieces.append([])
    made = []
    for piece in pieces:
        if piece:
            upper = "L".join(f"{x:g} {high:g}" for x, _low, high in piece)
            lower = "L".join(f"{x:g} {low:g}" for x, low, _high in reversed(piece))
            made.append(f"M{upper}L{lower}Z")
    return tuple(made)
