"""What the tests of reading share: files made in a moment, and a file read from end to end."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from piste.exchange.reading.mapping import Mapping, complete
from piste.exchange.reading.rows import Look, Reader, Row, look
from piste.exchange.reading.sheets import Sheet, open_sheet

PARIS = ZoneInfo("Europe/Paris")


def written(folder: Path, text: str | bytes, name: str = "file.csv", encoding: str = "utf-8") -> Path:
    """A file of this text."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(path: Path, kind: str = "deals", mapping: Mapping | None = None, **habits: bool) -> tuple[Sheet, Look, list[Row]]:
    """The sheet, what a look at it found, and its typed rows."""
    mapping = mapping or Mapping()
    sheet = open_sheet(path, mend=mapping.mend, tab=mapping.sheet)
    fields = complete(mapping, sheet, kind)
    found = look(sheet, fields, mapping, day_first=habits.get("day_first", True), comma=habits.get("comma", True))
    return sheet, found, list(Reader(sheet, fields, found, zone=PARIS).rows())


def codes(sheet: Sheet) -> list[str]:
    return [note.code for note in sheet.notes]
