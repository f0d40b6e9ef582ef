"""Every shape of file in which deals arrive gives the same deals, or asks the question that only a person can answer."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from piste.deals.models import Deal
from piste.exchange.importing.report import Report
from piste.exchange.importing.run import import_file, rehearse
from piste.exchange.importing.undoing import AlreadyUndone, undo_import
from piste.exchange.models import ImportRun
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.mapping import Mapping
from piste.foundations.money import to_minor
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

COMPLETE = (
    "pipedrive_deals_en.csv",
    "pipedrive_affaires_fr.csv",
    "pipedrive_affaires_fr_excel_cp1252.csv",
    "hubspot_deals_en.csv",
    "hubspot_transactions_fr.csv",
    "salesforce_report_latin1.csv",
    "tableau_suivi_commercial_excel_fr.csv",
    "excel_texte_unicode_utf16.txt",
    "excel_utf8_bom_sep_line.csv",
    "mac_roman.csv",
    "affaires_excel.xlsx",
)
FRENCH_STAGES = ("Prospection", "Qualification", "Rendez-vous", "Proposition", "Signature", "Fidélisation")
ROLES = ("prospecting", "qualification", "meeting", "proposal", "closing", "retention")


@pytest.fixture
def samples(data: Path, cast: Cast) -> Path:
    from piste.pipelines.operations import create_pipeline

    create_pipeline(
        name="Ventes",
        stages=[(name, role, 10, None) for name, role in zip(FRENCH_STAGES, ROLES, strict=True)],
        by=cast.alice,
        at=NOW,
        why="First",
    )
    return data / "import_samples"


def do(path: Path, cast: Cast, kind: str = "deals", **how: Any) -> Report:
    return import_file(path=path, name=path.name, kind=kind, mapping=Mapping(**how), by=cast.alice, at=NOW)[1]


def oracle(samples: Path) -> tuple[dict[int, dict[str, Any]], dict[str, Any]]:
    told = json.loads((samples / "expected.json").read_text("utf-8"))
    return {deal["id"]: deal for deal in told["deals"]}, told["files"]


@pytest.mark.parametrize("name", COMPLETE)
def test_a_sample_gives_its_deals(samples: Path, cast: Cast, name: str) -> None:
    truth, files = oracle(samples)
    report = do(samples / name, cast)
    wanted = {truth[key]["title"]: truth[key] for key in files[name]["deals"]}
    assert report.adds_up
    assert (report.created, report.refused) == (len(files[name]["deals"]), 0), [p.as_json() for p in report.problems]
    lossy = "lossy" in files[name]
    found = {deal.title: deal for deal in Deal.objects.select_related("company", "stage").order_by("pk")}
    if not lossy:
        assert set(found) == set(wanted)
    for title, deal in found.items():
        if title not in wanted:
            continue
        told = wanted[title]
        if told["value"] is not None:
            assert deal.amount_minor == to_minor(Decimal(told["value"]), deal.currency), title
        else:
            assert deal.amount_minor is None
        assert deal.status == told["status"], title
        assert lossy or (deal.company and deal.company.name) == told["org"]
        if told["status"] == "open":
            assert deal.stage.name == told["stage"], title
            if told["expected"] and name != "tableau_suivi_commercial_excel_fr.csv":
                assert str(deal.expected_close_on) == told["expected"], title
    assert all(check.ok for check in checks())


def test_twice_the_same_file_changes_nothing(samples: Path, cast: Cast) -> None:
    do(samples / "pipedrive_affaires_fr.csv", cast)
    again = do(samples / "pipedrive_affaires_fr.csv", cast)
    assert (again.created, again.updated, again.skipped) == (0, 0, 24)


def test_a_rehearsal_writes_nothing_and_tells_the_same(samples: Path, cast: Cast) -> None:
    path = samples / "pipedrive_deals_en.csv"
    told = rehearse(path=path, name=path.name, kind="deals", mapping=Mapping(), by=cast.alice, at=NOW)
    assert not Deal.objects.exists()
    done = do(path, cast)
    assert (told.read, told.created, told.also) == (done.read, done.created, done.also)


def test_an_import_is_undone_whole_updates_included(samples: Path, cast: Cast) -> None:
    stage = make.stages(make.pipeline("Other"))[1]
    mine = make.deal(stage, cast.rosa, title="Mine", external_id="1004", amount_minor=5, currency="EUR")
    before = {name: getattr(mine, name) for name in ("title", "amount_minor", "expected_close_on", "company_id", "owner_id")}
    path = samples / "pipedrive_deals_en.csv"
    run, report = import_file(path=path, name=path.name, kind="deals", mapping=Mapping(), by=cast.alice, at=NOW)
    assert (report.created, report.updated) == (23, 1)
    undo_import(run=run, by=cast.alice, at=NOW)
    mine.refresh_from_db()
    assert {name: getattr(mine, name) for name in before} == before
    assert mine.stage_id == stage.pk
    assert list(Deal.objects.present()) == [mine]
    assert all(check.ok for check in checks())
    with pytest.raises(AlreadyUndone):
        undo_import(run=run, by=cast.alice, at=NOW)


def test_dates_that_read_both_ways_are_asked_about_and_read_one_way(samples: Path, cast: Cast) -> None:
    report = do(samples / "ambiguous_dates.csv", cast)
    assert "ask_dates" in {code for code, _facts in report.questions}
    assert report.created == 30
    assert Deal.objects.get(title="Affaire 1").expected_close_on.isoformat() == "2026-06-08"  # type: ignore[union-attr]
    other = do(samples / "ambiguous_dates.csv", cast, dates="mdy", update=False)
    assert "ask_dates" not in {code for code, _facts in other.questions}
    assert Deal.objects.filter(title="Affaire 1", expected_close_on="2026-08-06").exists()


def test_text_encoded_twice_is_noticed_and_mended_on_request(samples: Path, cast: Cast) -> None:
    path = samples / "mojibake_double_utf8.csv"
    asked = rehearse(path=path, name=path.name, kind="deals", mapping=Mapping(), by=cast.alice, at=NOW)
    assert "ask_mend" in {code for code, _facts in asked.questions}
    report = do(path, cast, mend=True)
    assert report.created == 24
    assert Deal.objects.filter(company__name="Société Générale d'Électricité").exists()


def test_a_hostile_file_keeps_its_good_rows(samples: Path, cast: Cast) -> None:
    report = do(samples / "hostile.csv", cast)
    assert report.adds_up
    assert report.created >= 5
    codes = {problem.code for problem in (*report.problems, *report.warnings)}
    assert {"cells", "stage", "amount", "amount_large", "duplicate"} <= codes
    assert all(problem.line > 1 for problem in report.problems)
    assert Deal.objects.filter(title__startswith="=HYPERLINK").exists(), "a formula is text"
    assert "ask_stage" in {code for code, _facts in report.questions}


@pytest.mark.parametrize(("name", "code"), [("empty.csv", "empty"), ("header_only.csv", "header_only")])
def test_a_file_without_rows_says_so(samples: Path, cast: Cast, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        do(samples / name, cast)
    assert refused.value.code == code
    assert not ImportRun.objects.exists(), "an import of nothing is no import"


def test_a_stage_history_makes_deals_with_their_past(samples: Path, cast: Cast) -> None:
    report = do(samples / "salesforce_opportunityhistory.csv", cast, kind="moves")
    assert (report.read, report.created, report.also["deals"]) == (51, 51, 14)
    deal = Deal.objects.get(external_id="006Aa0000000001001")
    assert [move.kind for move in deal.moves.order_by("number")] == ["created", "advanced", "advanced", "advanced"]
    assert all(check.ok for check in checks())
