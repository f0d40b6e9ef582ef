"""Bringing a spreadsheet in, as a manager does it: look, rehearse, import, correct what was refused, change one's mind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SHEET = """Société;Affaire;Montant;Étape;Date de clôture prévue;Contact;E-mail
Établissements Morel;Emballages d’été;12 500,50;Proposition;31/01/2027;Anne Mercier;anne@morel.example
Borel & fils;Palettes;8 000;Rendez-vous;15/02/2027;Luc Borel;luc@borel.example
Calan;Films;beaucoup;Proposition;15/03/2027;Eva Calan;eva@calan.example
"""
COUNTED = "result = Deal.objects.filter(deleted_at=None).count()"


@pytest.fixture(scope="module")
def pipeline(site: Any) -> int:
    """The pipeline that deals come into."""
    found: int = site.do('result = make.pipeline("Ventes").pk')
    return found


def upload(page: Page, file: Path) -> None:
    page.locator("#file").set_input_files(file)
    page.locator("#kind").select_option("deals")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".stepper [aria-current]")).to_contain_text("Correspondence")


def test_a_spreadsheet_in_french_is_rehearsed_imported_and_undone(site, look, pipeline, tmp_path):
    file = tmp_path / "suivi.csv"
    file.write_bytes(SHEET.encode("cp1252"))
    before = site.do(COUNTED)
    page = look("marc", "/import/")
    upload(page, file)
    expect(page.get_by_label("Field for Montant")).to_have_value("amount")
    expect(page.get_by_label("Field for Société")).to_have_value("company")
    expect(page.locator(".table--map")).to_contain_text("Établissements Morel")
    page.get_by_label("Save this correspondence as").fill("Suivi mensuel")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator(".stepper [aria-current]")).to_contain_text("nothing is written yet")
    expect(page.locator(".dryrun")).to_contain_text("2rows to create")
    expect(page.locator(".dryrun")).to_contain_text("1refused")
    bad = page.locator(".table--errors tbody tr")
    expect(bad).to_have_count(1)
    expect(bad.locator("th")).to_have_text("4")
    expect(bad).to_contain_text("beaucoup")
    assert site.do(COUNTED) == before
    with page.expect_download() as got:
        page.get_by_role("link", name="Download the refused rows").click()
    refused = Path(got.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert len(refused) == 2
    assert "Calan" in refused[1]
    assert "beaucoup" in refused[1]
    page.get_by_role("button", name="Import the 2 healthy rows").click()
    expect(page.locator("#import-state h2")).to_have_text("2 created, 0 updated, 0 skipped, 1 refused")
    facts = "d = Deal.objects.get(title='Emballages d’été'); result = [d.amount_minor, str(d.expected_close_on), d.company.name]"
    assert site.do(facts) == [1_250_050, "2027-01-31", "Établissements Morel"]
    page.get_by_role("link", name="Open the board").click()
    expect(page.locator(".deal", has_text="Palettes")).to_be_visible()
    page.goto(f"{site.address}/import/")
    page.get_by_role("row", name="suivi.csv").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row", name="suivi.csv")).to_contain_text("undone")
    expect(page.locator(".toast")).to_contain_text("suivi.csv is undone")
    assert site.do(COUNTED) == before


def test_what_cannot_be_read_is_said_and_the_file_is_asked_again(look, pipeline, tmp_path):
    file = tmp_path / "picture.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    page = look("marc", "/import/")
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#file_error")).not_to_be_empty()
    expect(page.locator("#file")).to_be_visible()


def test_a_rep_does_not_import(look, pipeline):
    page = look("rosa", "/import/")
    expect(page.locator("h1")).to_have_text("This page is not open to you")


def test_a_real_spreadsheet_comes_in(site, look, pipeline, data):
    page = look("marc", "/import/")
    upload(page, data / "import_samples" / "affaires_excel.xlsx")
    page.get_by_role("button", name="Rehearse").click()
    expect(page.locator(".dryrun")).to_contain_text("24rows to create")
    expect(page.locator("main")).to_contain_text("The sheet “Affaires” was read")
    page.get_by_role("button", name="Import the 24 rows").click()
    expect(page.locator("#import-state h2")).to_contain_text("24 created")
    page.get_by_role("button", name="Undo this import").click()
    expect(page.get_by_role("row", name="affaires_excel.xlsx")).to_contain_text("undone")
