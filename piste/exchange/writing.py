"""Writing tables for other tools, a row at a time: CSV and XLSX that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

#: What a cell may hold; None is empty.
type Value = str | int | Decimal | date | None

#: Beginnings that spreadsheets read as the beginning of a formula.
FORMULA = re.compile(r"^\s*[=+\-@\t\r\n]|^[\t\r\n]")
#: Letters that XML cannot carry.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Characters that a cell of XLSX takes.
LONGEST = 32_767


def write_csv(file: IO[bytes], heads: Sequence[str], rows: Iterable[Sequence[Value]], *, language: str = "en") -> None:
    """A table in UTF-8 with its mark, as spreadsheets of the language expect it: in French semicolons and decimal commas.

    A text that a spreadsheet would take for a formula has an apostrophe before it, which spreadsheets do not show.
    """
    french = language.startswith("fr")
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, delimiter=";" if french else ",", lineterminator="\r\n")
    writer.writerow([_plain(head, french=french) for head in heads])
    for row in rows:
        writer.writerow([_plain(value, french=french) for value in row])
    text.flush()
    text.detach()


def _plain(value: Value, *, french: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if FORMULA.match(value) else value
    if isinstance(value, Decimal):
        written = f"{value:f}"
        return written.replace(".", ",") if french else written
    return str(value)


def write_sheet(file: IO[bytes], title: str, heads: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """A workbook with one sheet; texts are texts whatever they begin with, numbers and days are such."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", UNWRITABLE.sub("", title)).strip("' ")[:31] or "Piste")
    sheet.freeze_panes = "B2"
    bold = Font(bold=True)
    sheet.append([_cell(sheet, head, font=bold) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(file)


def _cell(sheet: Any, value: Value, *, font: Any = None) -> Any:
    if not isinstance(value, str):
        return value
    text = UNWRITABLE.sub("", value)[:LONGEST]
    if font is None and not FORMULA.match(text):
        return text
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    if font is not None:
        cell.font = font
    cell.data_type = "s"
    # Stays a text also when somebody edits it there.
    cell.quotePrefix = True
    return cell
