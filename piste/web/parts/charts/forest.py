"""Several estimates with their intervals over one scale, and a mark to hold them all against."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from . import strip
from .ticks import ticks


@dataclass(frozen=True, slots=True)
class Row:
    """An estimate between `low` and `high`: how it is written, of how many (`note`), the deals behind it.

    `tone` is "", "success", "warning" or "danger". Without low and high there are too few to say.
    """

    name: str
    low: float | None
    high: float | None
    estimate: float | None
    said: str
    note: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row and its strip, if there is one."""

    row: Row
    strip: strip.Strip | None


@dataclass(frozen=True, slots=True)
class Forest:
    """Drawn rows over ticks (per cent of the box, how each is written)."""

    template: ClassVar[str] = "parts/charts/forest.html"
    rows: tuple[Drawn, ...]
    ticks: tuple[tuple[float, str], ...]
    mark_at: float | None
    mark: str


def draw(rows: Sequence[Row], *, say: Callable[[float], str], mark: float | None = None, mark_said: str = "") -> Forest:
    """`say` writes a value of the scale; `mark` is what the estimates are held against: the share of all, say."""
    known = [value for row in rows for value in (row.low, row.high, row.estimate) if value is not None]
    known += [] if mark is None else [mark]
    known = [value for value in known if math.isfinite(value)] or [0.0, 1.0]
    scale = ticks(min(known), max(known), 4)
    start, end = scale[0], scale[-1]
    made = []
    for row in rows:
        drawn = None
        if row.low is not None and row.high is not None:
            drawn = strip.draw(row.low, row.high, estimate=row.estimate, mark=mark, tone=row.tone, start=start, end=end)
        made.append(Drawn(row, drawn))
    places = tuple((round(100 * (value - start) / (end - start), 2), say(value)) for value in scale)
    mark_at = None if mark is None else round(100 * (mark - start) / (end - start), 2)
    return Forest(tuple(made), places, mark_at, mark_said)
