"""Tables written for other tools are read back as they were, and nothing in them is a formula."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from piste.exchange.writing import LONGEST, Value, write_csv, write_sheet

DANGEROUS = [
    "=1+1",
    "+33 1 23",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    " =1",
    '=HYPERLINK("https://evil.example")',
    "=cmd|' /C calc'!A0",
]


def csv_of(rows: list[list[Value]], language: str = "en") -> list[list[str]]:
    file = io.BytesIO()
    write_csv(file, ["Head"], rows, language=language)
    assert file.getvalue().startswith(b"\xef\xbb\xbf")
    text = file.getvalue().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if language == "fr" else ","))[1:]


def sheet_of(rows: list[list[Value]], title: str = "Sales") -> Any:
    file = io.BytesIO()
    write_sheet(file, title, ["Head"], rows)
    return load_workbook(io.BytesIO(file.getvalue())).active


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_a_formula(text: str) -> None:
    assert csv_of([[text]]) == [["'" + text]]
    cell = sheet_of([[text]]).cell(2, 1)
    assert cell.data_type == "s"
    assert cell.value.replace("\n", "").strip() == text.replace("\r", "").strip()
    assert sheet_of([["x"]], title=text).title


def test_a_head_is_no_formula_either() -> None:
    file = io.BytesIO()
    write_csv(file, ["=1+1"], [])
    assert file.getvalue().decode("utf-8-sig") == "'=1+1\r\n"


def test_figures_and_days_are_such() -> None:
    row: list[Value] = [Decimal("-1234.50"), 7, date(2026, 11, 27), None, "Été; “oui”, 5"]
    assert csv_of([row]) == [["-1234.50", "7", "2026-11-27", "", "Été; “oui”, 5"]]
    assert csv_of([row], "fr") == [["-1234,50", "7", "2026-11-27", "", "Été; “oui”, 5"]]
    cells = [cell.value for cell in sheet_of([row])[2]]
    assert cells[0] == -1234.5
    assert cells[1] == 7
    assert cells[2].date() == date(2026, 11, 27)
    assert cells[3:] == [None, "Été; “oui”, 5"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_can_be_written(texts: list[str]) -> None:
    written = [text for text in texts if not any("\ud800" <= letter <= "\udfff" for letter in text)]
    read = csv_of([[text, "end"] for text in written])
    assert [row[0].removeprefix("'") for row in read] == [text.removeprefix("'") for text in written]
    assert sheet_of([[text, "end"] for text in texts]).max_row == len(texts) + 1


def test_a_long_text_is_cut_where_a_cell_ends() -> None:
    assert len(sheet_of([["x" * (LONGEST + 5)]]).cell(2, 1).value) == LONGEST
