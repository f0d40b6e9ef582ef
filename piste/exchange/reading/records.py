"""The rows of a table of text, with the numbers of their lines; a quotation mark that is never closed costs one row only."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from .findings import Unreadable

MAX_CELL = 100_000
#: The longest line, in characters, and the most lines one row may take.
MAX_LINE = 1_000_000
MAX_LINES = 500


class _Unclosed(Exception):
    """A row goes on and on, or to the end of the file: its quotation mark is not closed."""


class Records:
    """Cuts lines into rows of cells.

    `control` counts lines with zero characters, which were taken away; `unclosed` the lines whose quotation mark is never closed.
    """

    def __init__(self, lines: Iterator[str], delimiter: str) -> None:
        self.lines, self.delimiter = lines, delimiter
        self.width = 0
        self.control = 0
        self.unclosed: set[int] = set()
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def _next_line(self) -> str | None:
        if self.waiting:
            return self.waiting.popleft()
        line = next(self.lines, None)
        if line is None:
            return None
        if len(line) > MAX_LINE:
            raise Unreadable("hostile", line=self.number + len(self.taken) + 1)
        if "\0" in line:
            self.control += 1
            line = line.replace("\0", "")
        return line

    def _feed(self) -> Iterator[str]:
        while True:
            if len(self.taken) >= MAX_LINES:
                raise _Unclosed
            line = self._next_line()
            if line is None:
                if self.taken:
                    raise _Unclosed
                return
            self.taken.append(line)
            yield line

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row: the number of its first line, and its cells."""
        csv.field_size_limit(MAX_CELL)
        while True:
            reader = csv.reader(self._feed(), delimiter=self.delimiter)
            try:
                for cells in reader:
                    if len(self.taken) > 1 and self._first_alone() and (len(cells) != self.width or not self._sound()):
                        raise _Unclosed
                    first, self.number = self.number + 1, self.number + len(self.taken)
                    self.taken.clear()
                    yield first, cells
                return
            except (_Unclosed, csv.Error):
                yield self._literally()

    def _plain(self, line: str) -> list[str]:
        # Without quoting a cell has no limit of its own but that of its line.
        return line.rstrip("\r\n").split(self.delimiter)

    def _first_alone(self) -> bool:
        """Whether the first line of a row that takes several has all the cells by itself: then the mark was meant literally."""
        return len(self._plain(self.taken[0])) == self.width

    def _sound(self) -> bool:
        """Whether the marks of a row that takes several lines stand where a program puts them: around whole cells."""
        try:
            list(csv.reader(self.taken, delimiter=self.delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _literally(self) -> tuple[int, list[str]]:
        """The first line of an endless row as it stands; the others are read anew."""
        first, *others = self.taken
        self.waiting.extendleft(reversed(others))
        self.taken.clear()
        self.number += 1
        cells = self._plain(first)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise Unreadable("hostile", line=self.number)
        self.unclosed.add(self.number)
        return self.number, cells
