"""Opening a file as a sheet: its table, found below title lines and above totals; read as a stream, in bounded memory."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from .dialect import Line, body, delimiter_of, header_of
from .encoding import Encoding, detect, looks_doubled, mended
from .findings import Note, Unreadable
from .headers import is_known
from .records import MAX_LINE, Records
from .source import OLD_WORKBOOK, WORKBOOK, head, opened
from .workbook import Workbook

MAX_COLUMNS = 400
SAMPLE = 200_000
LOOKED_AT = 60
XLSX = "xlsx"


@dataclass(slots=True)
class Sheet:
    """The table found in a file. `rows` may be asked again; each row comes with the number of its first line.

    `notes` grow while rows are read: totals and footers are met on the way. `unclosed` are lines whose quotation mark is
    never closed; `width` is how many cells the line of the header has, named or not.
    """

    path: Path
    header: list[str]
    header_line: int
    encoding: str
    delimiter: str
    notes: list[Note]
    mended: bool = False
    tab: str = ""
    unclosed: set[int] = field(default_factory=set)
    width: int = 0
    book: Workbook | None = None
    corrections: dict[int, dict[int, str]] = field(default_factory=dict)

    def rows(self) -> Iterator[Line]:
        """The rows under the header; empty lines, totals and footers are left out and noted."""
        raw = _raw(self.path, self.encoding, self.delimiter, mend=self.mended, tab=self.tab, sheet=self)
        under = (row for row in raw if row[0] > self.header_line)
        found = body(under, len(self.header), self._left_out)
        return self._corrected(found) if self.corrections else found

    def _corrected(self, rows: Iterator[Line]) -> Iterator[Line]:
        """The rows with the cells a person put right."""
        for line, cells in rows:
            told = self.corrections.get(line, {})
            yield line, [told.get(place, cell) for place, cell in enumerate(_padded(cells, told))]

    def _left_out(self, code: str, line: int) -> None:
        self.note(Note(code, {"line": line}))

    def note(self, note: Note) -> None:
        """Adds what was not noted before; a file full of totals names the first ones."""
        if note not in self.notes and sum(one.code == note.code for one in self.notes) < 20:
            self.notes.append(note)


def _padded(cells: list[str], told: Mapping[int, str]) -> list[str]:
    """A row long enough for its corrections."""
    return cells + [""] * (max(told, default=-1) + 1 - len(cells))


def open_sheet(
    path: Path, *, mend: bool = False, tab: str = "", corrections: Mapping[str, Mapping[str, str]] | None = None
) -> Sheet:
    """Finds the table of a file. `mend` repairs text that was encoded twice; `tab` names the sheet of a workbook;
    `corrections` are cells put right: line → header → text.

    Raises `Unreadable`.
    """
    start = head(path, SAMPLE)
    if not start:
        raise Unreadable("empty")
    if start.startswith(OLD_WORKBOOK):
        raise Unreadable("old_spreadsheet")
    if start.startswith(WORKBOOK):
        encoding, delimiter = Encoding(XLSX), ""
    else:
        with opened(path) as stream:
            encoding = detect(stream)
        if encoding.blank:
            raise Unreadable("empty")
        # The sample may end within a letter.
        delimiter = delimiter_of(start.decode(encoding.name, errors="ignore").replace("\r\n", "\n").replace("\r", "\n"))
    sheet = Sheet(path, [], 0, encoding.name, delimiter, [], mend, tab)
    first = list(islice(_raw(path, encoding.name, delimiter, mend=mend, tab=tab, sheet=sheet), LOOKED_AT))
    if not any(cell.strip() for _line, cells in first for cell in cells):
        raise Unreadable("empty")
    sheet.header_line, sheet.header, certain = header_of(first, is_known)
    sheet.width = next(len(cells) for line, cells in first if line == sheet.header_line)
    if len(sheet.header) > MAX_COLUMNS:
        raise Unreadable("too_wide", columns=len(sheet.header), limit=MAX_COLUMNS)
    _notice(sheet, first, encoding, certain=certain)
    under = body((row for row in first if row[0] > sheet.header_line), len(sheet.header), lambda _code, _line: None)
    if next(under, None) is None and (len(first) < LOOKED_AT or next(sheet.rows(), None) is None):
        raise Unreadable("header_only")
    places = {header: place for place, header in enumerate(sheet.header)}
    for number, told in (corrections or {}).items():
        sheet.corrections[int(number)] = {places[name]: text for name, text in told.items() if name in places}
    return sheet


def _notice(sheet: Sheet, first: list[Line], encoding: Encoding, *, certain: bool) -> None:
    titles = sum(line < sheet.header_line and any(cell.strip() for cell in cells) for line, cells in first)
    if titles:
        sheet.note(Note("titles", {"lines": titles}))
    if not certain:
        sheet.note(Note("header_unsure", {"line": sheet.header_line}))
    if not sheet.mended and looks_doubled(" ".join(" ".join(cells) for _line, cells in first)):
        sheet.note(Note("mojibake"))
    if sheet.encoding not in ("utf-8", "utf-8-sig", XLSX):
        sheet.note(Note("encoding", {"name": sheet.encoding}))
    if encoding.damaged:
        sheet.note(Note("damaged", {"count": encoding.damaged}))


def _raw(path: Path, encoding: str, delimiter: str, *, mend: bool, tab: str, sheet: Sheet) -> Iterator[Line]:
    """Every row of a file with the number of its first line."""
    rows = _workbook_rows(path, tab, sheet) if encoding == XLSX else _text_rows(path, encoding, delimiter, sheet)
    for line, cells in rows:
        if len(cells) > MAX_COLUMNS * 4:
            raise Unreadable("too_wide", columns=len(cells), limit=MAX_COLUMNS)
        yield line, [mended(cell) for cell in cells] if mend else cells


def _workbook_rows(path: Path, tab: str, sheet: Sheet) -> Iterator[Line]:
    book = sheet.book = sheet.book or Workbook(path, tab)
    told = False
    for row in book.rows():
        if not told:
            told = True
            if len(book.facts.get("sheets", ())) > 1:
                others = [name for name in book.facts["sheets"] if name != book.facts["sheet"]]
                sheet.note(Note("sheet", {"name": book.facts["sheet"], "others": ", ".join(others)[:200]}))
            if book.facts.get("formulas"):
                sheet.note(Note("formulas", {"count": book.facts["formulas"]}))
        yield row


def _text_rows(path: Path, encoding: str, delimiter: str, sheet: Sheet) -> Iterator[Line]:
    with opened(path) as stream, io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline=None) as text:
        records = Records(iter(lambda: text.readline(MAX_LINE + 1), ""), delimiter)
        records.width = sheet.width
        records.unclosed = sheet.unclosed
        for line, cells in records.rows():
            if line == 1 and cells and cells[0].casefold().startswith("sep=") and len(cells) <= 2:
                continue
            if records.control:
                sheet.note(Note("control", {"line": line}))
                records.control = 0
            yield line, cells
