"""A list of people as a file holds whom one may see and asked for, with all their facts, and comes back in by an import."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from piste.company.operations import add_field
from piste.exchange.importing.run import import_file
from piste.exchange.reading.mapping import Mapping
from piste.people.models import Company, Contact
from piste.people.operations import create_company, create_contact
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(cast: Cast) -> None:
    """A company and a contact of Rosa's with every fact, and one of Olga's."""
    for subject in ("company", "contact"):
        add_field(subject=subject, label="Size", kind="number", by=cast.alice, at=NOW)
    alba = create_company(
        name="Alba", by=cast.rosa, at=NOW, owner=cast.rosa, website="alba.example", sector="Food", employees=12,
        phone="+33 2 40 00 00 00", address="1 rue Haute", postcode="44000", city="Nantes", country="France",
        registration_number="123", custom={"size": "2.5"},
    )  # fmt: skip
    create_contact(
        first_name="Anna", last_name="Berg", name="Anna Berg", by=cast.rosa, at=NOW, owner=cast.rosa, company=alba,
        email="anna@alba.example", phone="0612345678", job_title="Director", custom={"size": "7"},
    )  # fmt: skip
    create_company(name="Zugspitz", by=cast.olga, at=NOW, owner=cast.olga)
    create_contact(name="Olga's own", by=cast.olga, at=NOW, owner=cast.olga)


def body(client: Client, who: Any, address: str) -> bytes:
    client.force_login(who)
    answer: Any = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return b"".join(answer.streaming_content)


def table(client: Client, who: Any, address: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(client, who, address).decode("utf-8-sig"))))


def test_all_facts_of_those_one_may_see(client: Client, cast: Cast, filled: None) -> None:
    assert table(client, cast.rosa, "/companies/export.csv") == [
        ["Name", "Web site", "Sector", "Employees", "Phone", "Address", "Postcode", "City", "Country", "Registration number",
         "Owner", "Size", "Created on"],
        ["Alba", "alba.example", "Food", "12", "'+33 2 40 00 00 00", "1 rue Haute", "44000", "Nantes", "France", "123",
         "Rosa Rep", "2.5", "2026-11-24"],
    ]  # fmt: skip
    assert table(client, cast.rosa, "/contacts/export.csv") == [
        ["Full name", "First name", "Last name", "Job title", "Company", "E-mail", "Phone", "Owner", "Size", "Created on"],
        ["Anna Berg", "Anna", "Berg", "Director", "Alba", "anna@alba.example", "0612345678", "Rosa Rep", "7", "2026-11-24"],
    ]
    assert [row[0] for row in table(client, cast.olga, "/contacts/export.csv")][1:] == ["Olga's own"]
    assert {row[0] for row in table(client, cast.alice, "/companies/export.csv")[1:]} == {"Alba", "Zugspitz"}


def test_what_is_sought_is_what_goes_out_in_the_order_shown(client: Client, cast: Cast, filled: None) -> None:
    assert [row[0] for row in table(client, cast.alice, "/companies/export.csv?q=zugsp")][1:] == ["Zugspitz"]
    assert [row[0] for row in table(client, cast.alice, "/companies/export.csv?order=-name")][1:] == ["Zugspitz", "Alba"]
    page = client.get("/companies/?q=zugsp").content.decode()
    assert 'href="/companies/export.xlsx?q=zugsp"' in page


def test_a_spreadsheet_has_figures_and_days_as_such(client: Client, cast: Cast, filled: None) -> None:
    sheet = load_workbook(io.BytesIO(body(client, cast.rosa, "/companies/export.xlsx"))).active
    row = [cell.value for cell in list(sheet.rows)[1]]
    assert row[3] == 12
    assert float(row[11]) == 2.5
    assert row[12].date() == NOW.date()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["companies", "contacts"])
def test_an_import_takes_it_back_and_changes_nothing(
    client: Client, cast: Cast, filled: None, kind: str, language: str, tmp_path: Path
) -> None:
    cast.rosa.language = language
    cast.rosa.save()
    path = tmp_path / "out.csv"
    path.write_bytes(body(client, cast.rosa, f"/{kind}/export.csv"))
    model = Company if kind == "companies" else Contact
    before = list(model.objects.order_by("pk").values())
    _run, report = import_file(path=path, name=path.name, kind=kind, mapping=Mapping(), by=cast.alice, at=NOW)
    assert (report.created, report.updated, report.refused, report.skipped) == (0, 0, 0, 1)
    assert list(model.objects.order_by("pk").values()) == before


def test_more_rows_ask_no_more_statements(client: Client, cast: Cast, filled: None) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            table(client, cast.alice, "/contacts/export.csv")
        return len(asked)

    statements()
    few = statements()
    for number in range(3):
        create_contact(name=f"More {number}", by=cast.rosa, at=NOW, owner=cast.rosa)
    assert statements() == few
