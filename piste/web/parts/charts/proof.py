"""What was said and what happened: an interval for each past forecast, and where the truth came to lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .labels import shown_from
from .ticks import ticks

TICKS = 3


@dataclass(frozen=True, slots=True)
class Said:
    """One past forecast: its median within its 80 % interval, and what came of it."""

    label: str
    median: float
    low: float
    high: float
    came: float

    @property
    def holds(self) -> bool:
        """Whether the truth lay inside."""
        return self.low <= self.came <= self.high


@dataclass(frozen=True, slots=True)
class Drawn:
    """A forecast in place, in per cent of the box."""

    said: Said
    x: float
    low: float
    high: float
    median: float
    came: float
    came_said: str
    median_said: str
    label_from: str


@dataclass(frozen=True, slots=True)
class Proof:
    template: ClassVar[str] = "parts/charts/proof.html"
    rows: tuple[Drawn, ...]
    ticks: tuple[tuple[float, str], ...]


def draw(rows: Sequence[Said], *, say: Callable[[float], str]) -> Proof:
    """`say` writes a value. An interval that would dwarf all others is cut at three times the largest truth."""
    most = 3 * max((row.came for row in rows), default=0.0) or max((row.high for row in rows), default=1.0)
    top = max((min(max(row.high, row.came), most) for row in rows), default=1.0)
    scale = ticks(0.0, top, TICKS)
    pitch = 100 / max(len(rows), 1)
    places = shown_from([row.label for row in rows], pitch)

    def y(value: float) -> float:
        return round(100 - 100 * min(value, scale[-1]) / scale[-1], 2)

    made = tuple(
        Drawn(
            row,
            round((place + 0.5) * pitch, 2),
            y(row.low),
            y(row.high),
            y(row.median),
            y(row.came),
            say(row.came),
            say(row.median),
            places[place],
        )
        for place, row in enumerate(rows)
    )
    return Proof(made, tuple((y(value), say(value)) for value in scale))
