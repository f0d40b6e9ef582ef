"""Every shape of file in which deals arrive is read to the same values."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.headers import guess_kinds, status_of
from piste.exchange.reading.mapping import Mapping
from piste.exchange.reading.rows import Row, day_of
from piste.exchange.reading.sheets import open_sheet

from .reading import PARIS, codes, read

EXACT = (
    "pipedrive_deals_en.csv",
    "pipedrive_affaires_fr.csv",
    "pipedrive_affaires_fr_excel_cp1252.csv",
    "hubspot_deals_en.csv",
    "hubspot_transactions_fr.csv",
    "salesforce_report_latin1.csv",
    "tableau_suivi_commercial_excel_fr.csv",
    "excel_texte_unicode_utf16.txt",
    "excel_utf8_bom_sep_line.csv",
    "affaires_excel.xlsx",
)
TELLING = ("stage", "status", "is_won")


@pytest.fixture
def samples(data: Path) -> Path:
    return data / "import_samples"


def oracle(samples: Path, name: str) -> list[dict[str, Any]]:
    told = json.loads((samples / "expected.json").read_text("utf-8"))
    truth = {deal["id"]: deal for deal in told["deals"]}
    return [truth[key] for key in told["files"][name]["deals"]]


def state(row: Row) -> str:
    """What a row says of winning and losing, by whichever column says it."""
    if row.text("is_won").casefold() in ("true", "vrai"):
        return "won"
    if "is_won" in row.values and "stage" in row.values and row.text("probability").startswith("0,0"):
        return "lost"
    said = {status_of(row.text(name)) for name in ("status", "stage")} - {""}
    return next(iter(said & {"won", "lost"}), "open")


@pytest.mark.parametrize("name", EXACT)
def test_each_file_gives_exactly_its_deals(samples: Path, name: str) -> None:
    _sheet, found, rows = read(samples / name)
    wanted = oracle(samples, name)
    assert not [problem for row in rows for problem in row.problems]
    assert not found.questions
    assert [row.text("title") for row in rows] == [deal["title"] for deal in wanted]
    for row, deal in zip(rows, wanted, strict=True):
        assert row.text("company") == deal["org"]
        assert row.values["amount"] == (None if deal["value"] is None else Decimal(deal["value"]))
        if "currency" in row.values:
            assert row.text("currency") == deal["currency"]
        if "owner" in row.values:
            assert row.text("owner") == deal["owner"]
        if "email" in row.values:
            assert row.text("email") == deal["email"]
        if "note" in row.values:
            assert row.text("note") == deal["note"]
        if "postcode" in row.values:
            assert row.text("postcode") == deal["postcode"], "leading zeros are kept"
        assert state(row) == deal["status"], deal["title"]
        dates(row, deal)


def dates(row: Row, deal: dict[str, Any]) -> None:
    if row.values.get("created_at"):
        assert str(day_of(row.values["created_at"], PARIS)) == deal["created"]
    if row.values.get("expected_close_on"):
        assert str(day_of(row.values["expected_close_on"], PARIS)) == deal["expected"]
    closed = next((row.values[name] for name in ("won_at", "lost_at", "closed_at") if row.values.get(name)), None)
    if closed is not None:
        assert str(day_of(closed, PARIS)) == deal["closed"]


def test_a_far_year_is_kept_and_told(samples: Path) -> None:
    rows = read(samples / "pipedrive_affaires_fr.csv")[2]
    assert day_of(rows[-1].values["expected_close_on"], PARIS) == date(2285, 3, 21)
    assert [warning.code for row in rows for warning in row.warnings] == ["far_date"]


def test_an_old_mac_s_file(samples: Path) -> None:
    sheet, _found, rows = read(samples / "mac_roman.csv")
    assert sheet.encoding == "mac_roman"
    wanted = oracle(samples, "mac_roman.csv")
    assert [row.values["amount"] for row in rows] == [None if d["value"] is None else Decimal(d["value"]) for d in wanted]
    assert rows[1].text("company") == "Société Générale d'Électricité"


def test_text_encoded_twice(samples: Path) -> None:
    path = samples / "mojibake_double_utf8.csv"
    assert "mojibake" in codes(open_sheet(path))
    sheet, _found, rows = read(path, mapping=Mapping(mend=True))
    assert "mojibake" not in codes(sheet)
    assert (len(rows), rows[1].text("contact"), rows[1].text("owner")) == (24, "François Müller", "Hélène Lefèvre")


def test_dates_that_read_both_ways(samples: Path) -> None:
    _sheet, found, rows = read(samples / "ambiguous_dates.csv")
    assert [question.code for question in found.questions] == ["ask_dates"]
    assert found.questions[0].facts == {"default": "dmy", "columns": "Créée le, Clôture prévue"}
    assert day_of(rows[1].values["expected_close_on"], PARIS) == date(2026, 6, 8)
    _sheet, found, rows = read(samples / "ambiguous_dates.csv", mapping=Mapping(dates="mdy"))
    assert not found.questions
    assert day_of(rows[1].values["expected_close_on"], PARIS) == date(2026, 8, 6)


def test_a_hostile_file(samples: Path) -> None:
    sheet, _found, rows = read(samples / "hostile.csv")
    problems = {row.line: [problem.code for problem in row.problems] for row in rows if row.problems}
    assert problems == {
        4: ["cells", "amount"],
        10: ["amount_letter"],
        11: ["amount"],
        12: ["amount_large"],
        15: ["quote", "amount"],
    }
    assert rows[0].text("title") == '=HYPERLINK("http://example.invalid")'
    assert "control" in codes(sheet)
    assert rows[3].cells == ["Too few", "3"]
    assert rows[4].text("title") == "New\nline"


def test_a_history_is_recognised(samples: Path) -> None:
    sheet, _found, rows = read(samples / "salesforce_opportunityhistory.csv", "moves")
    sample = [row.cells for row in rows]
    assert guess_kinds(sheet.header, sample)[0][0] == "moves"
    assert len(rows) == 51
    assert rows[0].values["at"].isoformat() == "2026-01-12T08:00:00+00:00"


@pytest.mark.parametrize(("name", "code"), [("empty.csv", "empty"), ("header_only.csv", "header_only")])
def test_files_without_rows(samples: Path, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        open_sheet(samples / name)
    assert refused.value.code == code


def test_what_lies_around_the_table_is_named(samples: Path) -> None:
    sheet = read(samples / "tableau_suivi_commercial_excel_fr.csv")[0]
    assert {note.code: note.facts.get("line") for note in sheet.notes if note.code != "encoding"} == {"titles": None, "total": 27}
    assert sheet.header_line == 4
    sheet = read(samples / "salesforce_report_latin1.csv")[0]
    assert {note.code: note.facts.get("line") for note in sheet.notes} == {"encoding": None, "footer": 23}
    sheet = read(samples / "affaires_excel.xlsx")[0]
    assert {"titles", "total", "sheet"} <= set(codes(sheet))
    assert "Note" in sheet.header, "a hidden column is read"


@pytest.mark.parametrize(
    ("name", "kind", "rows"),
    [
        ("maven_crm/accounts.csv", "companies", 85),
        ("maven_crm/products.csv", "products", 7),
        ("maven_crm/sales_teams.csv", "members", 35),
        ("maven_crm/sales_pipeline_asof_2017-09-30.csv", "deals", 7135),
        ("chip_pipeline/opportunity_changes_asof_2016-04-30.csv.gz", "moves", 14876),
        ("zoho_export/Accounts.csv.gz", "companies", 2229),
        ("zoho_export/Contacts.csv.gz", "contacts", 1265),
        ("zoho_export/Potentials.csv.gz", "deals", 3632),
    ],
)
def test_whole_exports_are_recognised_and_read(data: Path, name: str, kind: str, rows: int) -> None:
    sheet, found, read_rows = read(data / name, kind)
    assert guess_kinds(sheet.header, [row.cells for row in read_rows[:200]])[0][0] == kind
    assert (found.rows, len(read_rows)) == (rows, rows)
    assert not found.questions
    assert not [problem for row in read_rows for problem in row.problems]


def test_figures_of_whole_exports(data: Path) -> None:
    rows = read(data / "maven_crm/sales_pipeline_asof_2017-09-30.csv")[2]
    assert sum(row.values["amount"] for row in rows if row.text("stage") == "Won") == 7_203_038
    first = read(data / "zoho_export/Potentials.csv.gz")[2][0]
    assert (first.values["amount"], first.values["currency_sign"]) == (22_700, "USD")
    assert first.values["created_at"].isoformat() == "2021-04-15T00:02:00+02:00"
    chip = read(data / "chip_pipeline/opportunity_changes_asof_2016-04-30.csv.gz", "moves")[2]
    assert len({row.text("external_id") for row in chip}) == 3749
