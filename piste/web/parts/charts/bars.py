"""Bars over periods: heights to scale from zero, the last one dashed while its period goes on.

All places are per cent of the drawing's box. A label is shown only where there is room for it: the drawing knows three
widths of its box and says from which on each label stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

#: The widths of a box, in pixels, from which on `narrow`, `middle` and `wide` labels are shown.
WIDTHS = {"narrow": 260, "middle": 440, "wide": 720}
#: How wide a letter of a label is, in pixels, at most on average; and the air between two labels.
LETTER, AIR = 6.6, 4
#: What a label may stand out of the box at either end.
EDGE = 12
FILLED = 0.7
FEWEST = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One period: its value and how it is written. `is_past` is drawn in grey, `is_partial` goes on and is dashed.

    `note` is a second line under the label, `href` the deals behind it; without value there is a gap.
    """

    label: str
    value: float | None
    said: str
    is_past: bool = False
    is_partial: bool = False
    note: str = ""
    href: str = ""


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
        """A label at an end is so much wider than its bar that it needs room beside the box."""
        longest = max((max(len(drawn.bar.label), len(drawn.bar.note)) for drawn in self.bars), default=0) * LETTER
        return longest - self.pitch * WIDTHS["narrow"] / 100 > 2 * EDGE

    @property
    def has_notes(self) -> bool:
        return any(drawn.bar.note for drawn in self.bars)


def draw(bars: Sequence[Bar]) -> Bars:
    """Values are zero or more; what is below zero is drawn as zero, and written as it is."""
    most = max((bar.value or 0.0 for bar in bars), default=0.0)
    pitch = 100 / max(len(bars), FEWEST)
    labels = _from([max(bar.label, bar.note, key=len) for bar in bars], pitch)
    values = _from([bar.said for bar in bars], pitch)
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


def _from(texts: Sequence[str], pitch: float) -> list[str]:
    """From which width on each text stands: every one, every second, every fourth, counted from the last."""
    longest = max((len(text) for text in texts), default=0) * LETTER + AIR
    found = [""] * len(texts)
    for name, width in reversed(WIDTHS.items()):
        step = 1
        while step * pitch * width / 100 < longest and step < 2 * len(texts):
            step *= 2
        for place in range(len(texts) - 1, -1, -step):
            found[place] = name
    return found
