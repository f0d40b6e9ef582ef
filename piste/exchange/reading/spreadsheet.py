"""The child process that reads a spreadsheet: it limits its own memory and time, and writes rows as lines of JSON.

A row is a list `[number, cells]`; objects tell about the sheet; the last one is `{"end": …}` when all went well,
`{"refused": code, "facts": …}` otherwise. Formulas are never evaluated: the value kept beside them is read.
Run by path and isolated, so it imports nothing of the house. Its arguments: the file, the sheet's name or nothing, and whether
the file was weighed by an earlier child.
"""

from __future__ import annotations

import json
import os
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

MEMORY = 400 * 1024 * 1024
SECONDS = 120
UNPACKED = 250_000_000
MAX_ROWS = 500_000
#: So many empty rows in a row lead to a cell that somebody put far away on purpose, or by a slip.
MAX_GAP = 20_000
MAX_COLUMNS = 400
MAX_CELL = 100_000
MAX_ROW = 1_000_000
#: The most characters of all rows: one long text can be named by many cells.
MAX_SAID = 300_000_000
PART = 1 << 20
#: A formula whose value the program that wrote the file did not keep.
UNVALUED = re.compile(rb"(?:</f>|<f[^>]*/>)(?:<v></v>|<v ?/>)?</c>")


class Refused(Exception):
    """Ends the reading with a code."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def main(path: str, tab: str, weighed: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # What openpyxl would take up beside itself is only for writing, or needs more room than there is.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    os.environ["OPENPYXL_LXML"] = "False"
    try:
        if not weighed:
            tell({"formulas": weigh(path)})
        read(path, tab)
        tell({"end": True})
    except Refused as refused:
        tell({"refused": refused.code, "facts": refused.facts})
    except MemoryError:
        tell({"refused": "too_large", "facts": {"limit": f"{MEMORY >> 20} MiB"}})
    except Exception:  # a hostile file may break the reader anywhere; the parent says one sentence
        tell({"refused": "spreadsheet", "facts": {}})


def tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")


def weigh(path: str) -> int:
    """Unpacks every part once, keeping nothing: what it says of its size proves nothing. Counts formulas without a value."""
    size = formulas = 0
    with zipfile.ZipFile(path) as archive:
        told = sum(part.file_size for part in archive.infolist())
        if told > UNPACKED:
            raise Refused("too_large", size=told // 1_000_000, limit=f"{UNPACKED // 1_000_000} MB")
        for part in archive.infolist():
            held = b""
            with archive.open(part) as stream:
                while piece := stream.read(PART):
                    size += len(piece)
                    if size > UNPACKED:
                        raise Refused("too_large", size=size // 1_000_000, limit=f"{UNPACKED // 1_000_000} MB")
                    if part.filename.startswith("xl/worksheets/") and b"<f" in held + piece:
                        found = list(UNVALUED.finditer(held + piece))
                        formulas += len(found)
                        rest = (held + piece)[found[-1].end() if found else 0 :]
                        held = rest[-200:]
    return formulas


def read(path: str, tab: str) -> None:
    # Opened here: given a name, the reader judges by its ending, and an uploaded file is kept without one.
    with open(path, "rb") as file:  # noqa: PTH123 (nothing more is imported than needed)
        say_rows(file, tab)


def say_rows(file: BinaryIO, tab: str) -> None:
    from openpyxl import load_workbook

    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    names = [sheet.title for sheet in book.worksheets]
    sheet = chosen(book, tab)
    tell({"sheet": sheet.title, "sheets": names[:50]})
    characters = 0
    for written, (number, cells) in enumerate(filled(sheet), start=1):
        characters += sum(map(len, cells))
        if characters > MAX_SAID:
            raise Refused("too_large", size=characters // 1_000_000, limit=f"{MAX_SAID // 1_000_000} MB")
        if written > MAX_ROWS:
            raise Refused("too_large", size=written, limit=f"{MAX_ROWS} rows")
        tell([number, cells])


def chosen(book: Any, tab: str) -> Any:
    """The sheet of that name; else the first visible one that holds a table; else the first visible one."""
    if tab:
        found = next((sheet for sheet in book.worksheets if sheet.title == tab), None)
        if found is None:
            raise Refused("sheet_unknown", name=tab[:100])
        return found
    seen = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not seen:
        raise Refused("empty")
    for sheet in seen[:20]:
        wide = 0
        for number, cells in filled(sheet):
            wide += len([cell for cell in cells if cell]) > 1
            if wide > 1:
                return sheet
            if number > 200:
                break
    return seen[0]


def filled(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, as texts. What the file says of its own size is not believed."""
    sheet.reset_dimensions()
    gap = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        last = next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)
        cells = [said(value) for value in row[:last]] if last <= MAX_COLUMNS else wide(row)
        if not any(cells):
            gap += 1
            if gap > MAX_GAP:
                raise Refused("hostile", line=number)
            continue
        if sum(map(len, cells)) > MAX_ROW or max(map(len, cells)) > MAX_CELL:
            raise Refused("hostile", line=number)
        gap = 0
        yield number, cells


def wide(row: tuple[Any, ...]) -> list[str]:
    used = sum(value is not None for value in row)
    raise Refused("too_wide", columns=max(used, len(row)), limit=MAX_COLUMNS)


def said(value: Any) -> str:
    """A cell as text: dates as ISO; a number so written that no reader takes its decimal point for one of thousands."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds") if value.time() != time() else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        text = repr(value)
        return text + "0" if re.fullmatch(r"-?\d+\.\d{3}", text) else text
    return str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
