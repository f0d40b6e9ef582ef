"""The frame of a figure: its title, its drawing, the same as a table, how it is counted, and ways to take it away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

#: Columns from which on a table has no room on a phone.
WIDE = 5


class Drawing(Protocol):
    """What a module of this folder has drawn."""

    @property
    def template(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure or a word of a table, as it is written, the deals behind it, and the bare number for a file."""

    said: str
    href: str = ""
    raw: int | float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The same figures as rows: the first column names the row, the others are figures unless they stand in `words`."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    words: frozenset[int] = frozenset({0})

    @property
    def is_wide(self) -> bool:
        """Too wide for a phone: there, each row stands as a card of its own, its cells named by their columns."""
        return len(self.head) >= WIDE

    def lines(self) -> Iterator[tuple[bool, list[tuple[Cell, str, bool]]]]:
        """Each row with whether it is the total: its cells, the names of their columns, and which are figures."""
        columns = [(str(name), place not in self.words) for place, name in enumerate(self.head)]
        for row in [*self.rows, *([self.total] if self.total else [])]:
            yield row is self.total, [(cell, *column) for cell, column in zip(row, columns, strict=False)]


@dataclass(frozen=True, slots=True)
class Definition:
    """How a figure is counted: out of what, over which days, of how many, with which interval, by which rules."""

    basis: str
    period: str = ""
    sample: str = ""
    interval: str = ""
    rules: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a page; `key` is its name in addresses, unique on the page.

    A drawing that is a table itself has no other. `foot` is one sentence under the drawing; `csv` the address of the same
    figures as a file.
    """

    key: str
    title: str
    drawing: Drawing
    table: Table | None = None
    note: str = ""
    definition: Definition | None = None
    csv: str = ""
    foot: str = ""
