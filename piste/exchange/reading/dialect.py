"""How a table of text is laid out: its separator, its header under title lines, its totals and footers."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from piste.foundations.names import search_words

DELIMITERS = (";", "\t", ",", "|")
SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
TOTAL = re.compile(
    r"(sous )?(total|totaux)( general| generale| ht| ttc| eur| euros| partiel)?( \d+)?|grand total|subtotal|somme|sum|totals"
)
FIGURES = re.compile(r"[\d\s.,'’/:€$£%()+*kKmM\u00a0\u202f\u2212-]+")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: How many lines a footer has at most.
FOOTER = 40
type Line = tuple[int, list[str]]


def delimiter_of(text: str) -> str:
    """The separator that cuts most lines into the same number of cells; a `sep=` line decides."""
    first, _, rest = text.partition("\n")
    told = SEP_LINE.fullmatch(first.strip("\r"))
    if told:
        return told[1]
    # Quoted line breaks are read as such; the last line may be cut and is left out.
    sample = (first + "\n" + rest)[:60_000]
    best, most = ",", (0.0, 0)
    for candidate in DELIMITERS:
        if candidate not in sample:
            continue
        widths: Counter[int] = Counter()
        try:
            for cells in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=candidate), 100):
                widths[len(cells)] += bool(cells)
        except csv.Error:
            pass
        wide = {width: times for width, times in widths.items() if width > 1}
        if wide:
            width, times = max(wide.items(), key=lambda pair: (pair[1], pair[0]))
            found = (times / widths.total(), width)
            if found > most:
                best, most = candidate, found
    return best


def header_of(rows: Sequence[Line], known: Callable[[str], bool]) -> tuple[int, list[str], bool]:
    """The line of the names of the columns, those names, and whether it is certain.

    The first filled row that is as wide as what follows and holds words; unless `known` finds no names there, and several in a
    row soon after it.
    """
    filled = [(line, cells, [cell for cell in cells if cell.strip()]) for line, cells in rows]
    filled = [row for row in filled if row[2]]
    widths = Counter(len(cells) for _line, _all, cells in filled)
    usual = max((width for width, times in widths.items() if times >= max(1, len(filled) // 6)), default=1)
    for place, (line, cells, full) in enumerate(filled):
        words = [cell for cell in full if not FIGURES.fullmatch(cell.strip()) and not EMAIL.fullmatch(cell.strip())]
        if len(full) >= max(1, round(usual * 0.6)) and len(words) >= len(full) * 0.8:
            if not any(known(cell) for cell in full):
                better = next((row for row in filled[place : place + 15] if _is_header(row[2], known)), None)
                if better is not None:
                    return better[0], _names(better[1]), True
            return line, _names(cells), len(words) == len(full)
    line, cells, _filled = filled[0]
    return line, _names(cells), False


def _is_header(filled: Sequence[str], known: Callable[[str], bool]) -> bool:
    names = sum(known(cell) for cell in filled)
    return names >= 3 and names >= len(filled) * 0.5


def _names(cells: Sequence[str]) -> list[str]:
    """Names one can tell apart: a missing one is called by its place, a second one of the same name is numbered."""
    header = [" ".join(cell.split()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    times: Counter[str] = Counter()
    for place, name in enumerate(header):
        if not name:
            header[place] = f"#{place + 1}"
            continue
        times[name.casefold()] += 1
        if times[name.casefold()] > 1:
            header[place] = f"{name} ({times[name.casefold()]})"
    return header


def is_total(filled: Sequence[str]) -> bool:
    """Whether a row says that it is a sum: the word alone, and nothing but figures beside it."""
    # Of most rows the second cell already says that they are none.
    return all(FIGURES.fullmatch(cell.strip()) for cell in filled[1:]) and bool(TOTAL.fullmatch(search_words(filled[0])))


def body(rows: Iterable[Line], width: int, left_out: Callable[[str, int], None]) -> Iterator[Line]:
    """The rows under the header without blank lines, totals and footers, which are told to `left_out`.

    A footer is the end of a table where lines hold a single cell; such lines are held back until it is sure that nothing follows.
    """
    blank = False
    held: list[Line] = []
    for line, cells in rows:
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        filled = [cell for cell in cells if cell.strip()]
        if not filled:
            blank = True
            continue
        if width > 1 and is_total(filled) and (len(filled) > 1 or width > 2):
            left_out("total", line)
            continue
        if len(filled) == 1 and width > 2 and (len(cells) == 1 or blank) and len(held) < FOOTER:
            held.append((line, cells))
            continue
        yield from held
        held.clear()
        blank = False
        yield line, cells
    if held:
        left_out("footer", held[0][0])
