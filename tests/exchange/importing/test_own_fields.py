"""Columns that go to the company's own fields, of each kind of file and each kind of field; and texts longer than their place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from piste.company.models import CustomField
from piste.company.operations import add_field
from piste.deals.models import Deal
from piste.exchange.importing.report import Report
from piste.exchange.importing.run import import_file, rehearse
from piste.exchange.importing.undoing import undo_import
from piste.exchange.models import ImportRun
from piste.exchange.reading.mapping import BadMapping, Mapping
from piste.people.models import Company, Contact
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

KINDS = {
    "text": ("blue", "blue"),
    "number": ("1 234,5", "1234.5"),
    "date": ("03/02/2026", "2026-02-03"),
    "yes_no": ("oui", True),
    "choice": ("green", "Green"),
    "choices": ("green;red", ["Green", "Red"]),
    "url": ("acme.example", "https://acme.example"),
    "email": ("a@acme.example", "a@acme.example"),
    "phone": ("+33 1 99 00 00 01", "+33 1 99 00 00 01"),
    "long_text": ("a long story", "a long story"),
}
#: The first column of each kind of file, and what has the fields.
FILES: dict[str, tuple[str, Any, str]] = {
    "deals": ("Title", Deal, "deal"),
    "contacts": ("Last name", Contact, "contact"),
    "companies": ("Company", Company, "company"),
}


@pytest.fixture(autouse=True)
def _pipeline(cast: Cast) -> None:
    make.pipeline()


def bring(folder: Path, cast: Cast, text: str, kind: str, **how: Any) -> tuple[ImportRun, Report]:
    path = folder / "file.csv"
    path.write_text(text, "utf-8")
    return import_file(path=path, name=path.name, kind=kind, mapping=Mapping(**how), by=cast.alice, at=NOW)


def field(cast: Cast, subject: str, kind: str, label: str) -> CustomField:
    options = ["Red", "Green"] if kind.startswith("choice") else []
    return add_field(subject=subject, label=label, kind=kind, options=options, by=cast.alice, at=NOW)


@pytest.mark.parametrize("kind", FILES)
def test_a_column_with_the_name_of_a_field_fills_it(tmp_path: Path, cast: Cast, kind: str) -> None:
    first, model, subject = FILES[kind]
    made = {name: field(cast, subject, name, f"Our {name}") for name in KINDS}
    header = "\t".join([first, *(f"our  {name.upper()}" for name in KINDS)])
    row = "\t".join(["Zenith", *(told for told, _kept in KINDS.values())])
    _run, report = bring(tmp_path, cast, f"{header}\n{row}\n", kind)
    assert (report.created, report.problems, report.notes) == (1, [], [])
    assert model.objects.get().custom == {made[name].key: kept for name, (_told, kept) in KINDS.items()}


@pytest.mark.parametrize("kind", FILES)
def test_a_missing_field_is_made_and_goes_with_the_import(tmp_path: Path, cast: Cast, kind: str) -> None:
    first, model, subject = FILES[kind]
    text, how = f"{first}\tColour\nZenith\tblue\n", {"columns": {"Colour": "custom:Shade"}}
    run, _report = bring(tmp_path, cast, text, kind, **how)
    made = CustomField.objects.get(label="Shade", subject=subject, retired_at=None)
    assert model.objects.get().custom == {made.key: "blue"}
    undo_import(run=run, by=cast.alice, at=NOW)
    made.refresh_from_db()
    assert made.retired_at is not None
    assert all(check.ok for check in checks())


@pytest.mark.parametrize("kind", FILES)
def test_what_does_not_fit_refuses_the_row(tmp_path: Path, cast: Cast, kind: str) -> None:
    first, _model, subject = FILES[kind]
    field(cast, subject, "number", "Size")
    path = tmp_path / "file.csv"
    path.write_text(f"{first}\tSize\nZenith\tbig\nApex\t3\n", "utf-8")
    report = rehearse(path=path, name=path.name, kind=kind, mapping=Mapping(), by=cast.alice, at=NOW)
    assert (report.read, report.created, report.refused) == (2, 1, 1)
    assert [problem.code for problem in report.problems] == ["custom"]


@pytest.mark.parametrize("kind", ["contacts", "companies"])
def test_a_known_one_is_brought_up_to_date_and_set_back(tmp_path: Path, cast: Cast, kind: str) -> None:
    first, model, subject = FILES[kind]
    size, shade = field(cast, subject, "number", "Size"), field(cast, subject, "text", "Shade")
    bring(tmp_path, cast, f"{first}\tSize\tShade\nZenith\t3\tblue\n", kind)
    run, report = bring(tmp_path, cast, f"{first}\tSize\tShade\nZenith\t4\t\n", kind)
    assert (report.updated, report.created) == (1, 0)
    assert model.objects.get().custom == {size.key: "4", shade.key: "blue"}, "an empty cell takes nothing away"
    undo_import(run=run, by=cast.alice, at=NOW)
    assert model.objects.get().custom == {size.key: "3", shade.key: "blue"}


def test_a_field_of_another_subject_is_none_of_theirs(tmp_path: Path, cast: Cast) -> None:
    field(cast, "deal", "text", "Shade")
    _run, report = bring(tmp_path, cast, "Last name\tShade\nZenith\tblue\n", "contacts")
    assert ("left_out", {"columns": "Shade"}) in report.notes
    with pytest.raises(BadMapping):
        bring(tmp_path, cast, "Name\tShade\nZenith\tblue\n", "products", columns={"Shade": "custom:Shade"})


def test_texts_longer_than_their_place_are_cut_and_told(tmp_path: Path, cast: Cast) -> None:
    phone = "+33 1 99 00 00 01 " + "x" * 60
    _run, report = bring(tmp_path, cast, f"Last name\tPhone\nZenith\t{phone}\nApex\t+33 1 99 00 00 02\n", "contacts")
    assert (report.created, [problem.code for problem in report.warnings]) == (2, ["cut"])
    assert Contact.objects.get(name="Zenith").phone == phone[:40]
    _run, report = bring(tmp_path, cast, f"Company\tPostcode\n{'Zenith ' * 40}\t69003 LYON CEDEX 03 FRANCE\n", "companies")
    assert [problem.facts["field"] for problem in report.warnings] == ["name", "postcode"]
    _run, report = bring(tmp_path, cast, f"Title\tCampaign\n{'Deal ' * 60}\t{'c' * 200}\n", "deals")
    assert [problem.facts["field"] for problem in report.warnings] == ["title", "campaign"]
    assert len(Deal.objects.get().title) <= 200


def test_a_reference_longer_than_its_place_is_refused(tmp_path: Path, cast: Cast) -> None:
    _run, report = bring(tmp_path, cast, f"Deal ID\tTitle\n{'9' * 130}\tOne\n8\tTwo\n", "deals")
    assert (report.created, [problem.code for problem in report.problems]) == (1, ["long"])
    _run, report = bring(tmp_path, cast, f"Contact ID\tLast name\n{'9' * 130}\tOne\n", "contacts")
    assert (report.created, [problem.code for problem in report.problems]) == (0, ["long"])
