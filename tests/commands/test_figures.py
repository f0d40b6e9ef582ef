"""`piste figures`: for people and for programs, and what it says of what it cannot do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from piste.commands import main
from piste.company.models import Settings
from piste.deals import operations as ops
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import NOW, Cast


@pytest.fixture
def sales(cast: Cast) -> Pipeline:
    Settings.objects.update(time_zone="UTC")
    return make.pipeline()


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["figures", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_pipeline_without_deals_has_figures(sales: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    found = printed(capsys, "Sales")
    assert found["deals"] == {"created": 0, "won": 0, "lost": 0, "open": 0, "held": 0, "left": 0}
    assert len(found["stages"]) == 6
    assert found["stages"][0]["conversion"]["estimate"] is None
    assert found["win_rate"]["by_closing"]["rate"] is None
    assert (found["flows"], found["won_value"], found["velocity_per_day"]) == ([], {}, {})
    assert main(["figures", "Sales"]) == 0
    assert "0 created" in capsys.readouterr().out


def test_people_read_a_line_a_stage(cast: Cast, sales: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    stages = make.stages(sales)
    for place in (1, 1, 0):
        deal = make.deal(stages[0], cast.rosa, at=NOW - timedelta(days=400))
        if place:
            ops.move(deal=deal, to=stages[place], by=cast.rosa, at=NOW - timedelta(days=396))
    assert main(["figures", str(sales.pk), "--as-of", "2026-11-20"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Sales, as of 2026-11-21T00:00:00+00:00: 3 created, 0 won, 0 lost, 3 open" in lines[0]
    (first,) = (line for line in lines if line.startswith(stages[0].name))
    assert first.split()[1:5] == ["3", "2", "66.7%", "66.7%"]
    assert " 4.0 d" in first


def test_days_bound_what_is_counted(cast: Cast, sales: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    stages = make.stages(sales)
    for day in (1, 2, 3):
        make.deal(stages[0], cast.rosa, at=NOW.replace(month=3, day=day, hour=23, minute=59))
    found = printed(capsys, "sales", "--from", "2026-03-02", "--to", "2026-03-02")
    assert (found["from"], found["until"]) == ("2026-03-02T00:00:00+00:00", "2026-03-03T00:00:00+00:00")
    assert found["deals"]["created"] == found["stages"][0]["entered"] == found["stages"][0]["days"]["visits"] == 1
    assert printed(capsys, "sales", "--as-of", "2026-03-02")["deals"]["created"] == 2
    assert printed(capsys, "sales", "--from", "2026-03-03")["deals"]["created"] == 1


def test_days_are_those_of_the_company(cast: Cast, sales: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    make.deal(make.stages(sales)[0], cast.rosa, at=NOW.replace(month=3, day=1, hour=23, minute=30))
    assert printed(capsys, "sales", "--as-of", "2026-03-01")["deals"]["created"] == 1
    Settings.objects.update(time_zone="Europe/Paris")
    assert printed(capsys, "sales", "--as-of", "2026-03-01")["deals"]["created"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Nowhere"], "there is no pipeline 'Nowhere'. There are: 1 (Sales)."),
        (["99999999999999999999"], "there is no pipeline '99999999999999999999'"),
        (["²"], "there is no pipeline '²'"),
        (["Sales", "--from", "2026-03-02", "--to", "2026-03-01"], "the period ends before it begins"),
    ],
)
def test_what_cannot_be_is_said(sales: Pipeline, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    assert main(["figures", *words]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said.replace("1 (Sales)", f"{sales.pk} (Sales)") in err


@pytest.mark.parametrize("words", [["--as-of", "yesterday"], ["--from", "2026-02-30"], ["--to", "31/03/2026"]])
def test_what_is_no_day_is_refused(sales: Pipeline, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["figures", "Sales", *words])
    assert refused.value.code == 2
    assert f"{words[1]!r} is not a day like 2026-03-31" in capsys.readouterr().err


def test_days_at_the_ends_of_the_calendar(cast: Cast, sales: Pipeline, capsys: pytest.CaptureFixture[str]) -> None:
    make.deal(make.stages(sales)[0], cast.rosa, at=NOW - timedelta(days=300))
    assert printed(capsys, "Sales", "--as-of", "1900-01-01")["deals"]["created"] == 0
    assert printed(capsys, "Sales", "--as-of", "2999-12-31")["deals"]["created"] == 1
    for day in ("0001-01-01", "9999-12-31"):
        with pytest.raises(SystemExit):
            main(["figures", "Sales", "--to", day])
        assert f"{day} is not a day between 1900 and 2999" in capsys.readouterr().err
