"""The page of the forecast: who sees whose, what stands behind its words, and that nothing is said that was not computed."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest
from django.test import Client
from django_ox.models import OxTask

from piste.deals import operations as ops
from piste.deals.models import Deal
from piste.forecasting.models import Computing
from piste.forecasting.operations import say, set_targets
from piste.forecasting.rules import Goal, Key, chance_of_reaching
from piste.foundations.calendar import Period, Span, period
from piste.pipelines.models import Pipeline, Stage
from tests import make
from tests.cast import NOW, Cast
from tests.make.forecast import snapshot

pytestmark = pytest.mark.django_db
MONTH = period(Span.MONTH, NOW.date())


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def deals(cast: Cast, pipeline: Pipeline) -> list[Deal]:
    stages = make.stages(pipeline)
    made = [make.deal(stages[0], cast.rosa, title="Rosa’s"), make.deal(stages[3], cast.olga, title="Olga’s")]
    sold = make.deal(stages[4], cast.rosa, title="Sold", amount_minor=2_000_000)
    ops.win(deal=sold, by=cast.rosa, at=NOW)
    return made


def page(client: Client, who: object, pipeline: Pipeline, more: str = "") -> str:
    client.force_login(who)  # type: ignore[arg-type]
    return client.get(f"/forecast/{pipeline.pk}/?span=month{more}").content.decode()


def test_before_anything_was_computed_it_says_so(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    shown = page(client, cast.alice, pipeline)
    assert "nothing was computed yet" in shown
    assert "Won so far" in shown
    assert "€20,000" in shown
    assert "Side by side" not in shown


def test_who_sees_all_reads_the_whole(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    goal = Goal(Key("company", 0, 1, MONTH.first, "amount"), 6_000_000)
    set_targets(pipeline=pipeline, goals=[goal], why="", by=cast.alice, at=NOW)
    snapshot(pipeline, MONTH, deals, at=NOW, day=NOW.date())
    shown = page(client, cast.alice, pipeline)
    for said in ("€50,000", "€38,000 to €66,000", "Weighted pipeline", "Run-rate", "Rosa’s", "Olga’s", "quality", "another pace"):
        assert said in shown
    reach = round(100 * chance_of_reaching([50_000, 38_000, 66_000], 20_000, 60_000))
    assert f"{reach} chances in 100 to reach it" in shown
    assert "How this is counted: The deals that weigh most" in shown
    assert "learned from 80 closed deals" in shown
    # Of the made-up origins those of January, February and August lie outside 12,000 to 30,000.
    assert "5 of 8 inside the interval" in shown


def test_a_rep_reads_their_own_and_nothing_of_others(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    snapshot(pipeline, MONTH, deals, at=NOW, day=NOW.date())
    shown = page(client, cast.olga, pipeline)
    assert "€9,000" in shown
    assert "Olga’s" in shown
    for secret in ("€50,000", "Rosa", "Side by side", "What we said"):
        assert secret not in shown
    client.force_login(cast.olga)
    for key in ("parts", "proof", "methods", "chances"):
        assert client.get(f"/forecast/{pipeline.pk}/{key}.csv?span=month").status_code == 404


def test_a_figure_is_had_as_a_file(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    snapshot(pipeline, MONTH, deals, at=NOW, day=NOW.date())
    client.force_login(cast.alice)
    answer = client.get(f"/forecast/{pipeline.pk}/methods.csv?span=month")
    rows = list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))
    assert rows[1][:2] == ["Piste’s forecast", "50000.0"]
    chances = client.get(f"/forecast/{pipeline.pk}/chances.csv?span=month").content.decode("utf-8-sig")
    told = [row[0] for row in csv.reader(chances.splitlines())][1:]
    # Ours is held against the stage table, group by group.
    assert told == ["ours"] * 3 + ["by stage alone"] * 3


def test_the_calls_of_all_are_held_against_the_past_too(
    client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]
) -> None:
    october: Period = MONTH.previous
    early = NOW.replace(month=10, day=2)
    sold = make.deal(Stage.objects.filter(pipeline=pipeline)[4], cast.rosa, amount_minor=2_000_000, at=early)
    ops.win(deal=sold, by=cast.rosa, at=early + timedelta(days=20))
    # Thirty thousand were said and twenty came; what is said after three quarters of a month is not looked at.
    for amount, at in ((3_000_000, early), (9_000_000, early + timedelta(days=27))):
        say(pipeline=pipeline, period=october, amount_minor=amount, by=cast.rosa, at=at)
    say(pipeline=pipeline, period=MONTH, amount_minor=2_500_000, by=cast.rosa, at=NOW)
    snapshot(pipeline, MONTH, deals, at=NOW, day=NOW.date())
    client.force_login(cast.alice)
    told = client.get(f"/forecast/{pipeline.pk}/methods.csv?span=month").content.decode("utf-8-sig")
    calls = next(row for row in csv.reader(told.splitlines()) if row[0].startswith("The reps"))
    assert calls[1:] == ["25000.0", "", "0.5", "0.5", "", "", "1"]
    assert "as it stood 75% into each" in page(client, cast.alice, pipeline)


def test_a_past_period_is_read_as_it_was_said(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    before: Period = MONTH.previous
    for place in range(3):
        day = before.first + timedelta(days=place)
        snapshot(
            pipeline, before, at=NOW - timedelta(days=40 - place), day=day, bands={"ours": [40_000.0 + place, 1.0, 2.0, 3.0, 4.0]}
        )
    shown = page(client, cast.alice, pipeline, f"&first={before.first.isoformat()}")
    assert "Said day by day" in shown
    assert "Compute now" not in shown


def test_the_next_period_is_forecast_and_none_beyond(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    shown = page(client, cast.alice, pipeline, f"&first={MONTH.next.first.isoformat()}")
    assert "nothing was computed yet" in shown
    assert "Compute now" in shown
    snapshot(pipeline, MONTH.next, at=NOW, day=NOW.date(), lead_days=7.0, won=0.0, won_deals=0)
    shown = page(client, cast.alice, pipeline, f"&first={MONTH.next.first.isoformat()}")
    for told in ("€50,000", "Forecast for the end: €50,000", "a period begun 7", "as far ahead and"):
        assert told in shown, told
    beyond = page(client, cast.alice, pipeline, f"&first={MONTH.next.next.first.isoformat()}")
    assert "forecasts reach to the end of the next period" in beyond
    assert "Compute now" not in beyond


def test_it_is_computed_when_asked_once_at_a_time(client: Client, cast: Cast, pipeline: Pipeline, deals: list[Deal]) -> None:
    client.force_login(cast.rosa)
    for _turn in range(2):
        assert client.post(f"/forecast/{pipeline.pk}/compute/").status_code == 302
    assert Computing.objects.count() == 1
    assert OxTask.objects.filter(task_path="piste.forecasting.tasks.compute").count() == 1
    assert "are being computed" in page(client, cast.rosa, pipeline)


def test_the_chance_of_a_target_is_that_of_the_interval() -> None:
    band = [150.0, 120.0, 200.0]
    assert chance_of_reaching(band, 100.0, 90.0) == 1.0
    assert chance_of_reaching(band, 100.0, 150.0) == pytest.approx(0.5)
    assert chance_of_reaching(band, 100.0, 200.0) == pytest.approx(0.1, abs=1e-6)
    assert chance_of_reaching([100.0, 100.0, 100.0], 100.0, 120.0) == 0.0
    falling = [chance_of_reaching(band, 100.0, target) for target in range(110, 400, 10)]
    assert falling == sorted(falling, reverse=True)
