"""Counts by name, one row each: losses by reason, leads by source. Lengths are to scale from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Part:
    """What of a row is of one kind: a stage's rank, `won`, or `none`."""

    rank: str
    value: float
    said: str


@dataclass(frozen=True, slots=True)
class Row:
    """A name, its value and how it is written, a word beside it; `href` leads to the deals behind."""

    name: str
    value: float
    said: str
    note: str = ""
    parts: tuple[Part, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar, in per cent of the box."""

    rank: str
    left: float
    width: float
    said: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A row in place: its bar, and the pieces on it. What no part names stays paler."""

    row: Row
    width: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The drawn rows; `key` says in words what the ranks of the parts are."""

    template: ClassVar[str] = "parts/charts/tally.html"
    rows: tuple[Drawn, ...]
    key: tuple[tuple[str, str], ...]


def draw(rows: Sequence[Row], *, key: Sequence[tuple[str, str]] = ()) -> Tally:
    """Rows in the order given; values and parts are zero or more, and parts add up to their row's value at most."""
    most = max((row.value for row in rows), default=0.0)

    def length(value: float) -> float:
        return 100 * max(value, 0.0) / most if most > 0 else 0.0

    made = []
    for row in rows:
        pieces, left = [], 0.0
        for part in row.parts:
            width = min(length(part.value), length(row.value) - left)
            pieces.append(Piece(part.rank, round(left, 3), round(width, 3), part.said))
            left += width
        made.append(Drawn(row, round(length(row.value), 3), tuple(pieces)))
    return Tally(tuple(made), tuple(key))
