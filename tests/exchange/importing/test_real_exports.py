"""Whole exports of other programs, held against totals computed elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import Count, Sum

from piste.catalogue.models import Product
from piste.deals.models import Deal, Move
from piste.exchange.importing.report import Report
from piste.exchange.importing.run import import_file
from piste.exchange.reading.mapping import Mapping, StageSpec
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

CHIP = Mapping(
    pipeline="Design wins",
    closed_stays_closed=True,
    columns={"snapshot_ts": "at", "decision": "expected_close_on", "status": "", "created": "", "geo": "custom:Geo"},
    stages=[
        StageSpec("6 Qualify", "prospecting", values=["Stage 6"]),
        StageSpec("5 Define", "qualification", values=["Stage 5"]),
        StageSpec("3 Develop", "meeting", values=["Stage 3"]),
        StageSpec("2 Design", "proposal", values=["Stage 2"]),
        StageSpec("4 Design Win", "retention", "won", values=["Stage 4"]),
        StageSpec("9 Production Win", "retention", "won", values=["Stage 9"]),
    ],
    values={"Stage 1": "lost", "Stage 8": "lost", "Stage 7": "ignore"},
)


def do(path: Path, kind: str, cast: Cast, mapping: Mapping | None = None) -> Report:
    report = import_file(path=path, name=path.name, kind=kind, mapping=mapping or Mapping(), by=cast.alice, at=NOW)[1]
    assert report.adds_up
    return report


def clean() -> None:
    assert [check for check in checks() if not check.ok] == []


def test_four_related_files(data: Path, cast: Cast) -> None:
    make.pipeline()
    folder = data / "maven_crm"
    assert do(folder / "accounts.csv", "companies", cast).created == 85
    assert do(folder / "products.csv", "products", cast).created == 7
    report = do(folder / "sales_pipeline_asof_2017-09-30.csv", "deals", cast, Mapping(make_members=True, currency="USD"))
    assert report.created == 7135
    counts = dict(Deal.objects.values_list("status").annotate(Count("pk")).order_by())
    assert counts == {"won": 3042, "lost": 1684, "open": 2409}
    assert Deal.objects.filter(status="won").aggregate(sum=Sum("amount_minor"))["sum"] == 720_303_800
    assert report.also.get("companies", 0) == 0, "every account was known from its own file"
    assert Product.objects.count() == 7, "GTXPro is the GTX Pro of the product list"
    clean()


def test_a_whole_history(data: Path, cast: Cast) -> None:
    make.pipeline()
    do(data / "chip_pipeline" / "opportunity_changes_asof_2016-04-30.csv.gz", "moves", cast, CHIP)
    counts = dict(Deal.objects.values_list("status").annotate(Count("pk")).order_by())
    assert counts == {"won": 2245, "lost": 351, "open": 1153}
    moves = Move.objects.exclude(kind="created")
    assert moves.count() == 4536
    back = moves.filter(kind="returned").exclude(from_stage__role="retention")
    assert back.count() == 608
    clean()


@pytest.mark.django_db
def test_another_program_whole(data: Path, cast: Cast) -> None:
    make.pipeline()
    folder = data / "zoho_export"
    assert do(folder / "Accounts.csv.gz", "companies", cast).created == 2226
    contacts = do(folder / "Contacts.csv.gz", "contacts", cast)
    assert contacts.created == 1265
    deals = do(folder / "Potentials.csv.gz", "deals", cast, Mapping(currency="USD"))
    assert deals.created + deals.refused + deals.skipped == 3632
    assert deals.created > 3600
    clean()
