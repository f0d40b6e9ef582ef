"""Taking an import back: what came along too, what was changed since not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from piste.activities import operations as activities
from piste.catalogue.models import Product
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal, Source, Tag
from piste.deals.queries import fact_value
from piste.exchange.importing.report import Report
from piste.exchange.importing.run import import_file, rehearse
from piste.exchange.importing.undoing import undo_import
from piste.exchange.models import ImportRun
from piste.exchange.reading.mapping import Mapping
from piste.people.models import Company, Contact
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

HEADER = "Deal ID,Title,Company,Contact,Email,Amount,Stage,Owner,Source,Product,Tags,Colour\n"


def bring(folder: Path, cast: Cast, text: str, kind: str = "deals", **how: Any) -> tuple[ImportRun, Report]:
    path = folder / "file.csv"
    path.write_text(text, "utf-8")
    return import_file(path=path, name=path.name, kind=kind, mapping=Mapping(**how), by=cast.alice, at=NOW)


@pytest.fixture(autouse=True)
def _pipeline(cast: Cast) -> None:
    make.pipeline()


def test_what_came_along_goes_too(tmp_path: Path, cast: Cast) -> None:
    row = "A-1,One,Acme,Ann Ash,ann@acme.example,10,Prospecting,Olga New,Fair,Widget,hot,blue\n"
    run, report = bring(tmp_path, cast, HEADER + row, columns={"Colour": "custom:Colour"}, make_members=True)
    assert (report.created, report.also["members"]) == (1, 1)
    deal, wanted = Deal.objects.get(), activities.Wanted(title="Call", due_on=NOW.date())
    activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    counts = undo_import(run=run, by=cast.alice, at=NOW)
    assert counts["kept"] == 0
    assert not Deal.objects.present().exists()
    assert not Company.objects.current().exists()
    assert not Contact.objects.current().exists()
    assert not Product.objects.filter(retired_at=None).exists()
    assert not Tag.objects.exists()
    assert not Source.objects.filter(retired_at=None, name="Fair").exists()
    assert not Member.objects.get(name="Olga New").is_active
    assert all(check.ok for check in checks())


def test_an_update_is_taken_back_but_not_what_somebody_did_since(tmp_path: Path, cast: Cast) -> None:
    bring(tmp_path, cast, HEADER + "A-1,One,Acme,,,10,Prospecting,,,,,\n")
    run, report = bring(tmp_path, cast, HEADER + "A-1,Other,Acme,Ann Ash,ann@acme.example,20,Proposal,,Fair,,,\n")
    assert report.updated == 1
    deal = Deal.objects.get()
    assert (deal.title, deal.amount_minor, deal.stage.name) == ("Other", 2000, "Proposal")
    assert [key for key, _role in fact_value(deal, "contacts")] == [Contact.objects.get().pk]
    deals.amend(deal=deal, facts={"amount_minor": 5000}, by=cast.rosa, at=NOW)
    undo_import(run=run, by=cast.alice, at=NOW)
    deal.refresh_from_db()
    assert (deal.title, deal.amount_minor, deal.stage.name, deal.source) == ("One", 5000, "Prospecting", None)
    assert fact_value(deal, "contacts") == []
    assert all(check.ok for check in checks())


def test_an_unknown_owner_is_asked_about_and_takes_no_deal_from_its_owner(tmp_path: Path, cast: Cast) -> None:
    bring(tmp_path, cast, HEADER + "A-1,One,Acme,,,10,Prospecting,Rosa,,,,\n", members={"Rosa": cast.rosa.email})
    assert Deal.objects.get().owner == cast.rosa
    _run, report = bring(tmp_path, cast, HEADER + "A-1,One,Acme,,,20,Prospecting,R. Osa,,,,\n")
    assert report.questions == [("ask_owner", {"value": "R. Osa", "count": 1})]
    assert Deal.objects.get().owner == cast.rosa
    _run, report = bring(tmp_path, cast, HEADER + "A-2,Two,Acme,,,20,Prospecting,R. Osa,,,,\n")
    assert Deal.objects.get(external_id="A-2").owner == cast.alice
    _run, report = bring(tmp_path, cast, HEADER + "A-2,Two,,,,,,R. Osa,,,,\n", members={"R. Osa": cast.rosa.email})
    assert Deal.objects.get(external_id="A-2").owner == cast.rosa


def test_a_column_that_is_not_what_its_name_says_is_asked_about(tmp_path: Path, cast: Cast) -> None:
    path = tmp_path / "file.csv"
    path.write_text("Title,Amount,Whatever\n" + "One,much,x\nTwo,little,y\nThree,none at all,z\n", "utf-8")
    report = rehearse(path=path, name="file.csv", kind="deals", mapping=Mapping(), by=cast.alice, at=NOW)
    assert report.questions == [("ask_column", {"column": "Amount"})]
    assert ("left_out", {"columns": "Amount, Whatever"}) in report.notes
    told = Mapping(columns={"Amount": "", "Whatever": ""})
    silent = rehearse(path=path, name="file.csv", kind="deals", mapping=told, by=cast.alice, at=NOW)
    assert (silent.questions, silent.notes) == ([], [])


def test_a_cell_put_right_is_read_as_corrected(tmp_path: Path, cast: Cast) -> None:
    text = "Title,Amount\nOne,10\nTwo,1O0\n"
    _run, report = bring(tmp_path, cast, text)
    assert (report.created, report.refused) == (1, 1)
    _run, report = bring(tmp_path, cast, text, corrections={"3": {"Amount": "100"}})
    assert (report.created, report.refused, report.skipped) == (1, 0, 1)
    assert Deal.objects.get(title="Two").amount_minor == 10_000


def test_a_column_nobody_chose_a_field_for_is_named(tmp_path: Path, cast: Cast) -> None:
    _run, report = bring(tmp_path, cast, "Title,Aside\nOne,x\n", columns={"Aside": "?"})
    assert ("left_out", {"columns": "Aside"}) in report.notes
