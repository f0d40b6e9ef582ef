"""Spreadsheets, and what their makers can do to a reader."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.mapping import Mapping
from piste.exchange.reading.rows import day_of
from piste.exchange.reading.sheets import open_sheet

from .reading import PARIS, codes, read, written

SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = "</sheetData></worksheet>"


def made(folder: Path, *rows: list[Any], **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for name, more in sheets.items():
        other = book.create_sheet(name)
        for row in more:
            other.append(row)
    path = folder / "file.xlsx"
    book.save(path)
    return path


def rewritten(path: Path, part: str, content: bytes) -> Path:
    """The same workbook with one part put in the place of another."""
    target = path.with_name("rewritten.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == part else old.read(info))
    return target


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        read_whole(path)
    return refused.value.code


def read_whole(path: Path) -> None:
    for _row in open_sheet(path).rows():
        pass


def test_values_come_as_they_were_typed(tmp_path: Path) -> None:
    path = made(
        tmp_path,
        ["Titre", "Montant", "Créée le", "Clôture prévue", "Code postal", "Note"],
        ["Un", 1234.567, datetime(2026, 1, 12, 9, 30), date(2026, 3, 31), "01000", True],  # noqa: DTZ001
        ["Deux", "12 500,50", date(2026, 1, 13), "31/03/2026", "75011", None],
        ["Trois", 48000, date(2026, 1, 14), None, "", "=SOMME(1;2)"],
    )
    rows = read(path)[2]
    assert [row.values["amount"] for row in rows] == [Decimal("1234.567"), Decimal("12500.50"), 48000]
    assert rows[0].values["created_at"].astimezone(UTC).isoformat() == "2026-01-12T08:30:00+00:00"
    assert {day_of(row.values["expected_close_on"], PARIS) for row in rows[:2]} == {date(2026, 3, 31)}
    assert rows[0].text("postcode") == "01000"
    assert [row.line for row in rows] == [2, 3, 4]


def test_formulas_are_never_evaluated(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", "=1+1"], ["Deux", 5])
    sheet, _found, rows = read(path)
    assert [row.values["amount"] for row in rows] == [None, 5]
    assert "formulas" in codes(sheet)
    cached = f'{HEAD}<row r="1">{text_cell("A1", "Titre")}{text_cell("B1", "Montant")}</row>'
    cached += f'<row r="2">{text_cell("A2", "=cmd()")}<c r="B2"><f>21*2</f><v>42</v></c></row>{TAIL}'
    sheet, _found, rows = read(rewritten(path, SHEET, cached.encode()))
    assert (rows[0].text("title"), rows[0].values["amount"]) == ("=cmd()", 42)
    assert "formulas" not in codes(sheet)


def test_the_sheet_with_the_table_is_read_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = made(tmp_path, ["Lisez-moi"], Affaires=[["Titre", "Montant"], ["Un", 1]], Autre=[["Titre", "Montant"], ["Deux", 2]])
    sheet, _found, rows = read(path)
    assert rows[0].text("title") == "Un"
    assert [note.facts for note in sheet.notes if note.code == "sheet"] == [{"name": "Affaires", "others": "Sheet, Autre"}]
    assert read(path, mapping=Mapping(sheet="Autre"))[2][0].text("title") == "Deux"
    with pytest.raises(Unreadable) as refused:
        open_sheet(path, tab="Nulle part")
    assert (refused.value.code, refused.value.facts) == ("sheet_unknown", {"name": "Nulle part"})


def test_a_small_file_that_unpacks_to_a_gigabyte_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    target = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != SHEET:
                new.writestr(info.filename, old.read(info))
        with new.open(SHEET, "w", force_zip64=True) as stream:
            stream.write(HEAD.encode())
            for _time in range(260):
                stream.write(b" " * 4_000_000)
    assert target.stat().st_size < 2_000_000
    assert refusal(target) == "too_large"


def test_a_part_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    target = rewritten(path, SHEET, HEAD.encode() + b" " * 50_000_000 + TAIL.encode())
    raw = bytearray(target.read_bytes())
    size = (50_000_000 + len(HEAD) + len(TAIL)).to_bytes(4, "little")
    assert size in raw
    target.write_bytes(bytes(raw).replace(size, (100).to_bytes(4, "little")))
    assert refusal(target) in ("spreadsheet", "too_large")


def test_letters_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    kinds = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]>'
    bomb = f'<?xml version="1.0"?>{kinds}{HEAD[21:]}<row r="1">{text_cell("A1", "&l9;")}</row>{TAIL}'
    assert refusal(rewritten(path, SHEET, bomb.encode())) in ("spreadsheet", "too_large")


def test_a_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>Titre</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
    last = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert refusal(rewritten(path, SHEET, f"{HEAD}{first}{last}{TAIL}".encode())) == "hostile"
    wide = '<row r="3"><c r="XFD3"><v>1</v></c></row>'
    assert refusal(rewritten(path, SHEET, f"{HEAD}{first}{wide}{TAIL}".encode())) == "too_wide"


def test_one_text_named_by_very_many_cells_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    row = "".join('<c t="s"><v>0</v></c>' for _time in range(30))
    rows = "".join(f"<row>{row}</row>" for _time in range(400))
    rewritten(path, SHEET, f"{HEAD}{rows}{TAIL}".encode()).rename(path)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    with zipfile.ZipFile(path) as archive:
        types = archive.read("[Content_Types].xml").decode()
    types = types.replace("</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>')
    rewritten(path, "[Content_Types].xml", types.encode()).rename(path)
    with zipfile.ZipFile(path, "a") as archive:
        texts = f'<sst xmlns="{HEAD.split(chr(34))[3]}"><si><t>{"x" * 32_000}</t></si></sst>'
        archive.writestr("xl/sharedStrings.xml", texts)
    assert path.stat().st_size < 50_000
    assert refusal(path) == "too_large"


def test_a_huge_cell_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 2_000_000}</t></is></c></row>'
    assert refusal(rewritten(path, SHEET, f"{HEAD}{cell}{TAIL}".encode())) == "hostile"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, b"PK\x03\x04" + bytes(range(256)) * 20])
def test_what_only_begins_like_a_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(written(tmp_path, content, "x.xlsx")) == "spreadsheet"


def test_paths_within_a_workbook_lead_nowhere(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../../../tmp/piste-escaped", "x")
        archive.writestr("/tmp/piste-escaped", "x")
    assert len(read(path)[2]) == 1
    assert not Path("/tmp/piste-escaped").exists()


def test_a_name_with_tricks_is_only_a_name(tmp_path: Path) -> None:
    path = made(tmp_path, ["Titre", "Montant"], ["Un", 1])
    odd = path.rename(tmp_path / "-rf $(touch x) é\n.xlsx")
    assert len(read(odd)[2]) == 1


def test_empty_workbooks_and_lone_headers(tmp_path: Path) -> None:
    assert refusal(made(tmp_path)) in ("empty", "spreadsheet")
    assert refusal(made(tmp_path, ["Titre", "Montant"])) == "header_only"
