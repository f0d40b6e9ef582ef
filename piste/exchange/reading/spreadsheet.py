"""The child process that reads a spreadsheet: it limits its own memory and time, and writes rows as lines of JSON.

The last line is an object: `{}` when all went well, `{"refused": code}` otherwise. Formulas are never evaluated.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from datetime import date, datetime, time
from typing import Any

MEMORY = 700_000_000
SECONDS = 90
UNPACKED = 200_000_000
MAX_ROWS = 500_000
MAX_GAP = 20_000
MAX_COLUMNS = 400


def main(path: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED:
            refuse("too_large", size=unpacked // 1_000_000, limit=UNPACKED // 1_000_000)
            return
        read(path)
    except MemoryError:
        refuse("too_large", size=0, limit=MEMORY // 1_000_000)
    except Exception:  # a hostile file may break the reader anywhere; the parent says one sentence
        refuse("spreadsheet")


def read(path: str) -> None:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    sheet = next((found for found in book.worksheets if found.sheet_state == "visible"), book.worksheets[0])
    sheet.reset_dimensions()
    gap, written = 0, 0
    for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
        cells = [said(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            gap += 1
            if gap > MAX_GAP:
                refuse("hostile", line=number)
                return
            continue
        gap, written = 0, written + 1
        if written > MAX_ROWS:
            refuse("too_large", size=written, limit=MAX_ROWS)
            return
        sys.stdout.write(json.dumps([number, cells], ensure_ascii=False) + "\n")
    sys.stdout.write("{}\n")


def said(value: Any) -> str:
    """A cell as text: dates as ISO, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if (value.hour or value.minute or value.second) else value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def refuse(code: str, **facts: int) -> None:
    sys.stdout.write(json.dumps({"refused": code, "facts": facts}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
