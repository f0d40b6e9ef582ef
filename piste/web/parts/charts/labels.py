"""Where there is room for labels: which of them stand from which width of their box on."""

from __future__ import annotations

from collections.abc import Sequence

#: The widths of a box, in pixels, from which on `narrow`, `middle` and `wide` labels are shown.
WIDTHS = {"narrow": 260, "middle": 440, "wide": 720}
#: How wide a letter of a label is, in pixels, at most on average; and the air between two labels.
LETTER, AIR = 6.6, 4
#: What a label may stand out of the box at either end.
EDGE = 12


def shown_from(texts: Sequence[str], pitch: float) -> list[str]:
    """The width from which on each text stands, or nothing: every one, every second, every fourth, counted from the last.

    `pitch` is the distance of their middles in per cent of the box.
    """
    longest = max((len(text) for text in texts), default=0) * LETTER + AIR
    found = [""] * len(texts)
    for name, width in reversed(WIDTHS.items()):
        step = 1
        while step * pitch * width / 100 < longest and step < 2 * len(texts):
            step *= 2
        for place in range(len(texts) - 1, -1, -step):
            found[place] = name
    return found


def stand_out(texts: Sequence[str], pitch: float) -> bool:
    """The labels at the ends are so much wider than their share of a narrow box that they need room beside it."""
    longest = max((len(text) for text in texts), default=0) * LETTER
    return longest - pitch * WIDTHS["narrow"] / 100 > 2 * EDGE
