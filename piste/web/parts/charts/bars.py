"""Bars over periods: heights to scale from zero, the last one dashed while its period goes on.

All places are per cent of the drawing's box. A label is shown only where there is room for it: the drawing knows three
widths of its box and says from which on each label stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from .labels import shown_from, stand_out

#: How much of its share of the box a bar fills; the fewest shares there are, so that a few bars are no walls.
FILLED = 0.7
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: its value and how it is written. `is_past` is drawn in grey, `is_partial` goes on and is dashed.

    `note` is a second line under the label, `href` the deals behind it; without value there is a gap. `short` is what stands over
    the bar where the unit is said elsewhere.
    """

    label: str
    value: float | None
    said: str
    is_past: bool = False
    is_partial: bool = False
    note: str = ""
    href: str = ""
    short: str = ""

    @property
    def over(self) -> str:
        """What stands over the bar."""
        return self.short or self.said


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar in place; `label_from` and `value_from` name the width of the box from which on they are written, or nothing."""

    bar: Bar
    left: float
    middle: float
    width: float
    top: float
    height: float
    label_from: str
    value_from: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A drawn series."""

    template: ClassVar[str] = "parts/charts/bars.html"
    bars: tuple[Drawn, ...]
    pitch: float

    @property
    def has_links(self) -> bool:
        return any(drawn.bar.href for drawn in self.bars)

    @property
    def stands_out(self) -> bool:
        return stand_out([max(drawn.bar.label, drawn.bar.note, key=len) for drawn in self.bars], self.pitch)

    @property
    def has_notes(self) -> bool:
        return any(drawn.bar.note for drawn in self.bars)


def draw(bars: Sequence[Bar]) -> Bars:
    """Values are zero or more; what is below zero is drawn as zero, and written as it is."""
    most = max((bar.value or 0.0 for bar in bars), default=0.0)
    pitch = 100 / max(len(bars), FEWEST)
    labels = shown_from([max(bar.label, bar.note, key=len) for bar in bars], pitch)
    values = shown_from([bar.over for bar in bars], pitch)
    made = []
    for place, bar in enumerate(bars):
        height = 100 * max(bar.value or 0.0, 0.0) / most if most > 0 else 0.0
        middle = (place + 0.5) * pitch
        left = middle - FILLED * pitch / 2
        made.append(
            Drawn(
                bar, round(left, 3), round(middle, 3), round(FILLED * pitch, 3), round(100 - height, 3), round(height, 3),
                labels[place], values[place],
            )
        )  # fmt: skip
    return Bars(tuple(made), round(pitch, 3))
