"""Forecasts are computed once a night, written down as said, and say what they rest on."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from piste.company.models import Settings
from piste.deals import operations as ops
from piste.deals.models import Deal, LossReason, Source
from piste.forecasting.models import Chance, Computing, Snapshot
from piste.forecasting.operations import refreshing
from piste.forecasting.queries.past import past_of
from piste.forecasting.queries.snapshots import chance_of, history, latest
from piste.foundations.calendar import Period, Span
from piste.pipelines.models import Pipeline, Stage
from tests import make
from tests.cast import Cast

#: A Monday in the middle of a quarter, in the small hours of the company.
AT = datetime(2026, 5, 18, 2, 30, tzinfo=UTC)
QUARTER = Period(Span.QUARTER, date(2026, 4, 1))


@pytest.fixture
def settings_of(cast: Cast) -> Settings:
    settings = Settings.objects.get_or_create(pk=1, defaults={"name": "Acme"})[0]
    settings.currency, settings.time_zone, settings.fiscal_year_month = "EUR", "Europe/Paris", 1
    settings.save()
    return settings


@pytest.fixture
def sales(cast: Cast) -> Pipeline:
    return make.pipeline()


def sold(stages: list[Stage], cast: Cast, *, months: int, a_month: int) -> None:
    """A history in which those from the fair are won, the others mostly lost, within two months."""
    chance = random.Random(3)
    fair, web = Source.objects.create(name="Fair"), Source.objects.create(name="Web")
    reason = LossReason.objects.create(name="Price")
    for number in range(months * a_month):
        came = AT - timedelta(days=30 * months * (1 - number / (months * a_month)))
        good = chance.random() < 0.4
        deal = make.deal(
            stages[0], cast.rosa, at=came, source=fair if good else web, amount_minor=chance.randint(50, 150) * 10_000
        )
        end = came + timedelta(days=chance.randint(20, 60))
        if end < AT:
            ops.move(deal=deal, to=stages[2], by=cast.rosa, at=came + timedelta(days=10))
            deal.refresh_from_db()
            if chance.random() < (0.8 if good else 0.1):
                ops.win(deal=deal, by=cast.rosa, at=end)
            else:
                ops.lose(deal=deal, reason=reason, by=cast.rosa, at=end)


def computed(settings: Settings, *, at: datetime = AT) -> list[Computing]:
    found = [Computing.objects.get(pk=key) for key in refreshing.refresh(at=at)]
    for one in found:
        assert refreshing.compute(computing=one, settings=settings, clock=lambda: at)
    return found


def test_a_history_gives_forecasts_and_chances(cast: Cast, sales: Pipeline, settings_of: Settings) -> None:
    stages = make.stages(sales)
    sold(stages, cast, months=7, a_month=20)
    computed(settings_of)
    told = latest(sales, QUARTER)
    assert told is not None
    said = told.said
    median, low, high, low50, high50 = said["bands"]["ours"]
    assert said["won"] <= low <= low50 <= median <= high50 <= high
    won = Deal.objects.filter(status="won", closed_at__gte=datetime(2026, 3, 31, 22, tzinfo=UTC))
    assert said["won_deals"] == won.count() > 0
    assert said["won"] == sum(deal.amount_minor or 0 for deal in won) / 100
    assert {"weighted_pipeline", "run_rate"} <= set(said["bands"]), "of a season no year has passed"
    assert said["errors"]["ours"][0] >= len(said["origins"]) > 2
    still = Deal.objects.filter(status="open")
    assert said["open_deals"] == still.count() == Chance.objects.count() == len(told.chances)
    assert sum(deals for _stage, deals, _value, _expected in said["stages"]) == said["open_deals"]
    for chance in Chance.objects.all():
        assert 0 <= chance.low <= chance.ever <= chance.high <= 1
        assert chance.within <= chance.ever + 1e-9
    by_source = {
        name: [one.ever for one in Chance.objects.filter(deal__source__name=name, deal__stage=stages[0])]
        for name in ("Fair", "Web")
    }
    assert sum(by_source["Fair"]) / len(by_source["Fair"]) > sum(by_source["Web"]) / len(by_source["Web"])
    assert f"rep:{cast.rosa.pk}" in said["groups"]
    after = latest(sales, QUARTER.next)
    assert after is not None
    later = after.said
    assert (later["won"], later["lead_days"]) == (0, pytest.approx(said["horizon_days"], abs=0.01))
    assert 0 < later["bands"]["ours"][1] < later["bands"]["ours"][0] < later["bands"]["ours"][2]
    assert "weighted_pipeline" not in later["bands"], "no deal has an expected day"
    near, far = ({key: chance for key, chance, _ever in one.chances} for one in (told, after))
    ever = {key: ever for key, _chance, ever in after.chances}
    assert all(near[key] + far[key] <= 1.35 * ever[key] + 0.05 for key in ever), "what is won this quarter is not won in the next"


def test_without_history_it_says_so(cast: Cast, sales: Pipeline, settings_of: Settings) -> None:
    deal = make.deal(make.stages(sales)[0], cast.rosa, at=AT - timedelta(days=3), amount_minor=5000)
    computed(settings_of)
    told = latest(sales, QUARTER)
    assert told is not None
    assert told.said["verdict"]["code"] == "base_rate"
    chance = chance_of(deal)
    assert chance is None or chance.reasons == []


def test_each_night_once_and_the_first_at_once(cast: Cast, sales: Pipeline, settings_of: Settings) -> None:
    assert refreshing.refresh(at=AT) == [], "nothing to forecast"
    make.deal(make.stages(sales)[0], cast.rosa, at=AT - timedelta(days=3))
    evening = datetime(2026, 5, 18, 20, tzinfo=UTC)
    computed(settings_of, at=evening)
    assert Snapshot.objects.count() == 6, "of the running month, quarter and year, and of the next"
    assert refreshing.refresh(at=evening + timedelta(minutes=1)) == []
    assert refreshing.refresh(at=datetime(2026, 5, 19, 0, 30, tzinfo=UTC)) == [], "before three in the morning in Paris"
    computed(settings_of, at=datetime(2026, 5, 19, 1, 30, tzinfo=UTC))
    assert [one.day for one in history(sales, QUARTER)] == [date(2026, 5, 18), date(2026, 5, 19)]


def test_what_was_said_is_never_changed(cast: Cast, sales: Pipeline, settings_of: Settings) -> None:
    make.deal(make.stages(sales)[0], cast.rosa, at=AT - timedelta(days=3))
    computed(settings_of)
    for change in (lambda rows: rows.update(said={}), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Snapshot.objects.all())


def test_one_computing_at_a_time_and_a_lost_one_is_given_up(cast: Cast, sales: Pipeline, settings_of: Settings) -> None:
    first, begins = refreshing.ask(pipeline=sales, at=AT)
    assert begins
    assert refreshing.ask(pipeline=sales, at=AT + timedelta(minutes=1)) == (first, False)
    moments = iter([AT, AT + timedelta(seconds=90)])
    assert refreshing.compute(computing=first, settings=settings_of, clock=lambda: next(moments))
    first.refresh_from_db()
    assert (first.started_at, first.ended_at) == (AT, AT + timedelta(seconds=90))
    assert not refreshing.compute(computing=first, settings=settings_of, clock=lambda: AT), "done already"
    second, begins = refreshing.ask(pipeline=sales, at=AT + timedelta(minutes=2))
    assert (second != first, begins) == (True, True)
    third, begins = refreshing.ask(pipeline=sales, at=AT + timedelta(hours=2))
    assert (third != second, begins) == (True, True)
    second.refresh_from_db()
    assert second.failed


def test_what_was_known_carries_its_moment(cast: Cast, sales: Pipeline, settings_of: Settings) -> None:
    stages = make.stages(sales)
    deal = make.deal(stages[0], cast.rosa, at=AT - timedelta(days=30), amount_minor=100_00)
    ops.amend(deal=deal, facts={"amount_minor": 300_00}, by=cast.rosa, at=AT - timedelta(days=20))
    ops.amend(deal=deal, facts={"expected_close_on": date(2026, 6, 30)}, by=cast.rosa, at=AT - timedelta(days=10))
    ops.move(deal=deal, to=stages[1], by=cast.rosa, at=AT - timedelta(days=5))
    make.deal(stages[0], cast.olga, at=AT - timedelta(days=4), amount_minor=5, currency="USD")
    past = past_of(sales, currency="EUR", as_of=AT)
    assert past.elsewhere == 1
    (told,) = past.deals
    days = [round(told.changes[-1].at - change.at) for change in told.changes]
    said = [(change.stage, change.amount, change.expected is not None) for change in told.changes]
    assert list(zip(days, said, strict=True)) == [
        (25, (str(stages[0].pk), None, False)),
        (25, (None, 100.0, False)),
        (15, (None, 300.0, False)),
        (5, (None, None, True)),
        (0, (str(stages[1].pk), None, False)),
    ]
