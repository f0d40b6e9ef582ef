"""The figures of three public histories, brought in through the product, against those an independent script computed from the
files (`golden.json`). Counts exactly, rates to four digits, days to a hundredth."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from piste.commands import figures
from piste.company.models import Settings
from piste.exchange.importing.run import import_file
from piste.exchange.reading.mapping import Mapping, from_json
from tests.cast import NOW, Cast

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "howto" / "import-map.md"
#: Losses are a place, not a stage.
LOSSES = {"1 Cancelled", "8 Lost", "A_DECLINED", "A_CANCELLED"}
LOANS = {
    "pipeline": "Loans",
    "columns": {"case": "external_id", "activity": "stage", "ts": "at", "lifecycle": "", "resource": ""},
    "stages": [
        {"name": "A_SUBMITTED", "role": "prospecting", "values": ["A_SUBMITTED"]},
        {"name": "A_PARTLYSUBMITTED", "role": "qualification", "values": ["A_PARTLYSUBMITTED"]},
        {"name": "A_PREACCEPTED", "role": "meeting", "values": ["A_PREACCEPTED"]},
        {"name": "A_ACCEPTED", "role": "proposal", "values": ["A_ACCEPTED"]},
        {"name": "A_FINALIZED", "role": "closing", "values": ["A_FINALIZED"]},
        {"name": "A_APPROVED", "role": "retention", "status": "won", "values": ["A_APPROVED"]},
        {"name": "A_REGISTERED", "role": "retention", "status": "won", "values": ["A_REGISTERED"]},
        {"name": "A_ACTIVATED", "role": "retention", "status": "won", "values": ["A_ACTIVATED"]},
    ],
    "values": {"A_DECLINED": "lost", "A_CANCELLED": "lost"},
}


@pytest.fixture
def company(cast: Cast) -> Cast:
    """The moments of these files are in UTC, and a night on which clocks change must not be an hour longer."""
    Settings.objects.update(time_zone="UTC")
    return cast


def golden(data: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / "golden.json").read_text("utf-8"))[name]
    return found


def bring_in(path: Path, kind: str, mapping: Mapping, cast: Cast) -> None:
    _, report = import_file(path=path, name=path.name, kind=kind, mapping=mapping, by=cast.alice, at=NOW)
    assert report.refused == 0, report.problems[:3]


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """What `piste figures` prints."""
    parser = argparse.ArgumentParser()
    figures.add_arguments(parser)
    assert figures.run(parser.parse_args([*words, "--json"])) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def chips(data: Path, cast: Cast, *, final: bool, order: str = "6532") -> None:
    """The chip maker's history by the mapping of the guide, whose stages may be put in another order."""
    examples = re.findall(r"```json\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL)
    told = json.loads(next(text for text in examples if "Stage 9" in text)) | {"closed_stays_closed": final}
    by_number = {stage["name"][0]: stage for stage in told["stages"]}
    told["stages"] = [by_number[number] for number in order + "49"]
    path = data / "chip_pipeline" / "opportunity_changes_asof_2016-04-30.csv.gz"
    bring_in(path, "moves", from_json(told), cast)


def holds_reached(found: dict[str, Any], wanted: dict[str, int]) -> None:
    stages = {name: count for name, count in wanted.items() if name not in LOSSES}
    assert {name: row["entered"] for name, row in found["reached_later"].items()} == stages


def holds_conversions(found: dict[str, Any], wanted: dict[str, float]) -> None:
    for words, rate in wanted.items():
        origin, target = words.split(" -> ")
        row = found["reached_later"][origin]
        assert row[target] / row["entered"] == pytest.approx(rate, abs=1e-4), words


def holds_stays(found: dict[str, Any], wanted: dict[str, dict[str, float]]) -> None:
    stages = {stage["name"]: stage["days"] for stage in found["stages"]}
    for name, told in wanted.items():
        days = stages[name]
        assert (days["visits"], days["completed"]) == (told["entries"], told["completed"]), name
        assert days["completed_median"] == pytest.approx(told["median_completed_days"], abs=0.01), name
        assert days["median"] == pytest.approx(told["km_median_days"], abs=0.01), name


def holds_flows(found: dict[str, Any], told: dict[str, Any]) -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for words, count in told["transitions"].items():
        origin, target = ("lost" if name in LOSSES else name for name in words.split(" -> "))
        wanted[origin, target] += count
    # From one sort of loss to the other is no change of place.
    within = wanted.pop(("lost", "lost"), 0)
    assert {(flow["from"], flow["to"]): flow["moves"] for flow in found["flows"]} == wanted
    assert sum(flow["moves"] for flow in found["flows"]) == told["moves"] - within


def holds_outcomes(found: dict[str, Any], told: dict[str, Any]) -> None:
    deals = found["deals"]
    assert (deals["created"], deals["won"], deals["lost"], deals["open"]) == (
        told["cases"],
        told["won"],
        told["lost_never_won"],
        told["open"],
    )
    cycle = found["win_rate"]["by_creation"]["cycle_days"]["won"]
    assert cycle["n"] == told["won"]
    assert cycle["median"] == pytest.approx(told["cycle_won_days"]["median"], abs=0.01)
    assert cycle["mean"] == pytest.approx(told["cycle_won_days"]["mean"], abs=0.01)


def steps(found: dict[str, Any]) -> tuple[int, int]:
    """Moves back among the stages of selling, and moves that pass by one of them."""
    order = [stage["name"] for stage in found["stages"] if stage["role"] != "retention"]
    back = skipped = 0
    for flow in found["flows"]:
        if flow["from"] in order and flow["to"] in order:
            distance = order.index(flow["to"]) - order.index(flow["from"])
            back += flow["moves"] * (distance < 0)
            skipped += flow["moves"] * (distance > 1)
    return back, skipped


@pytest.mark.django_db
def test_a_chip_maker_where_a_deal_may_come_back(data: Path, company: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    told = golden(data, "chip_pipeline")
    chips(data, company, final=False)
    found = printed(capsys, "Design wins", "--as-of", "2016-04-30")
    assert found["deals"]["created"] == told["cases"]
    holds_reached(found, told["reached"])
    holds_conversions(found, told["conversion"])
    holds_stays(found, told["dwell"])
    holds_flows(found, told)
    assert steps(found) == (told["back_moves"], told["skips"])


@pytest.mark.django_db
@pytest.mark.embedded
def test_a_chip_maker_where_a_win_is_a_win(data: Path, company: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    told = golden(data, "chip_pipeline")
    chips(data, company, final=True)
    found = printed(capsys, "Design wins", "--as-of", "2016-04-30")
    holds_outcomes(found, told)


@pytest.mark.django_db
@pytest.mark.embedded
def test_a_chip_maker_in_the_order_its_history_implies(data: Path, company: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    told = golden(data, "chip_pipeline_implied_order")
    chips(data, company, final=False, order="6253")
    found = printed(capsys, "Design wins", "--as-of", "2016-04-30")
    holds_conversions(found, told["conversion"])
    assert steps(found) == (told["back_moves"], told["skips"])


@pytest.mark.django_db
@pytest.mark.embedded
def test_a_lender(data: Path, company: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    told = golden(data, "bpi2012")
    states = tmp_path / "states.csv"
    with gzip.open(data / "bpi2012" / "events_asof_2012-01-15.csv.gz", "rt", encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))
    with states.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target).writerows([rows[0], *(row for row in rows[1:] if row[1].startswith("A_"))])
    bring_in(states, "moves", from_json(LOANS), company)
    found = printed(capsys, "Loans", "--as-of", "2012-01-14")
    holds_outcomes(found, told)
    holds_reached(found, told["reached"])
    holds_conversions(found, told["conversion"])
    holds_stays(found, told["dwell"])
    holds_flows(found, told)
    assert steps(found) == (told["back_moves"], told["skips"])


@pytest.mark.django_db
@pytest.mark.embedded
def test_a_seller_of_hardware(data: Path, company: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    told = golden(data, "maven_crm")
    folder = data / "maven_crm"
    for kind, name in (
        ("members", "sales_teams"),
        ("products", "products"),
        ("companies", "accounts"),
        ("deals", "sales_pipeline_asof_2017-09-30"),
    ):
        bring_in(folder / f"{name}.csv", kind, Mapping(make_members=True), company)
    found = printed(capsys, "Sales")
    deals = found["deals"]
    assert deals["created"] == told["rows"]
    assert (deals["won"], deals["open"], deals["lost"]) == tuple(told["stages"].values())
    for way in ("by_creation", "by_closing"):
        outcome = found["win_rate"][way]
        assert outcome["rate"] == pytest.approx(told["win_rate"], abs=1e-6)
        assert outcome["cycle_days"]["won"]["mean"] == pytest.approx(told["cycle_mean_won"], abs=0.01)
        assert outcome["cycle_days"]["won"]["median"] == pytest.approx(told["cycle_median_won"], abs=0.01)
        assert outcome["cycle_days"]["lost"]["mean"] == pytest.approx(told["cycle_mean_lost"], abs=0.01)
    (currency,) = found["won_value"]
    assert float(found["won_value"][currency]) == told["won_revenue"]
    assert found["mean_won"][currency] == pytest.approx(told["avg_won"], abs=1e-4)
    for mine, theirs in (("by_quarter", "by_quarter"), ("by_owner", "by_agent"), ("by_product", "by_product")):
        assert found[mine].keys() == told[theirs].keys()
        for name, wanted in told[theirs].items():
            group = found[mine][name]
            assert group["won"] == wanted["won"], name
            assert group["closed"] == wanted.get("closed", wanted["won"] + wanted.get("lost", 0)), name
            assert float(group["value"][currency]) == wanted["revenue"], name
    quarter, wanted = printed(capsys, "Sales", "--from", "2017-04-01", "--to", "2017-06-30"), told["by_quarter"]["2017Q2"]
    closing = quarter["win_rate"]["by_closing"]
    assert (closing["won"], closing["lost"]) == (wanted["won"], wanted["lost"])
    assert list(quarter["by_quarter"]) == ["2017Q2"]
    assert float(quarter["won_value"][currency]) == wanted["revenue"]
