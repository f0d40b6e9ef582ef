"""What reps say: of a deal, of a period; kept as it was said, and held against what happened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from piste.company.queries import working_time
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.forecasting.models import DealCall, RepCall
from piste.forecasting.operations import Closed, NotAPeriod, PeriodOver, bring_calls, say, sort
from piste.forecasting.queries.calls import called, category_of, said_of, standing_at, worth_of_categories
from piste.forecasting.queries.record import Past, TrackRecord, together, track_records
from piste.foundations.calendar import Period, Span
from piste.insights.queries import Scope, reading
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
NOVEMBER = Period(Span.MONTH, date(2026, 11, 1))


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


def test_a_deal_is_sorted_and_its_history_tells(pipeline: Pipeline, cast: Cast) -> None:
    deal = make.deal(make.stages(pipeline)[3], cast.rosa)
    assert category_of(deal) == "pipeline"
    assert not sort(deal=deal, category="pipeline", by=cast.rosa, at=NOW), "nothing said is the pipeline"
    assert sort(deal=deal, category="best", by=cast.rosa, at=NOW)
    assert sort(deal=deal, category="commit", by=cast.marc, at=NOW)
    assert not sort(deal=deal, category="commit", by=cast.marc, at=NOW)
    assert category_of(deal) == "commit"
    told = Entry.objects.filter(verb="deal.called", subject_id=deal.pk).order_by("pk").values_list("data", flat=True)
    assert [(entry["before"], entry["after"]) for entry in told] == [("pipeline", "best"), ("best", "commit")]
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    with pytest.raises(Closed):
        sort(deal=deal, category="best", by=cast.rosa, at=NOW)


@pytest.mark.parametrize("table", ["forecasting_dealcall", "forecasting_repcall"])
def test_the_database_itself_refuses_to_change_what_was_said(pipeline: Pipeline, cast: Cast, table: str) -> None:
    sort(deal=make.deal(make.stages(pipeline)[0], cast.rosa), category="best", by=cast.rosa, at=NOW)
    say(pipeline=pipeline, period=NOVEMBER, amount_minor=1, by=cast.rosa, at=NOW)
    refused = (IntegrityError, OperationalError, ProgrammingError)
    with pytest.raises(refused, match="append only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_call_is_said_as_often_as_one_changes_ones_mind(pipeline: Pipeline, cast: Cast) -> None:
    for days, amount in ((3, 500), (10, 300), (20, 400)):
        at = datetime(2026, 11, days, 9, tzinfo=UTC)
        say(pipeline=pipeline, period=NOVEMBER, amount_minor=amount, note=" Big one ", by=cast.rosa, at=at)
    calls = said_of(pipeline, [NOVEMBER], [cast.rosa.pk, cast.remi.pk])[cast.rosa.pk, NOVEMBER.first]
    assert [(row.amount_minor, row.note) for row in calls] == [(500, "Big one"), (300, "Big one"), (400, "Big one")]
    stood = [standing_at(calls, date(2026, 11, day)) for day in (2, 3, 19, 30)]
    assert [row.amount_minor if row else None for row in stood] == [None, 500, 300, 400]
    assert Entry.objects.filter(verb="call.said", subject_id=cast.rosa.pk).count() == 3
    with pytest.raises(PeriodOver):
        say(pipeline=pipeline, period=NOVEMBER, amount_minor=1, by=cast.rosa, at=datetime(2026, 12, 1, 9, tzinfo=UTC))
    with pytest.raises(NotAPeriod):
        say(pipeline=pipeline, period=Period(Span.MONTH, date(2026, 11, 2)), amount_minor=1, by=cast.rosa, at=NOW)


def test_the_sums_are_of_the_deals_due_in_the_period(pipeline: Pipeline, cast: Cast) -> None:
    stage = make.stages(pipeline)[3]
    for category, day, amount, currency in (
        ("commit", 30, 100, "EUR"),
        ("commit", 1, 20, "EUR"),
        ("best", 30, 3, "EUR"),
        ("", 30, 40, "EUR"),
        ("omitted", 30, 7, "EUR"),
        ("commit", 30, 9, "USD"),
    ):
        on = date(2026, 11, day)
        deal = make.deal(stage, cast.rosa, amount_minor=amount, currency=currency, expected_close_on=on)
        if category:
            sort(deal=deal, category=category, by=cast.rosa, at=NOW)
    later = make.deal(stage, cast.rosa, amount_minor=999, expected_close_on=date(2026, 12, 1))
    sort(deal=later, category="commit", by=cast.rosa, at=NOW)
    found = called(Deal.objects.all(), pipeline, NOVEMBER, "EUR")[cast.rosa.pk]
    assert (found.commit, found.best, found.pipeline) == (120, 3, 40)


def test_the_record_holds_what_was_said_against_what_happened(pipeline: Pipeline, cast: Cast) -> None:
    stage = make.stages(pipeline)[3]
    for month, amount in ((9, 100), (10, 200)):
        at = datetime(2026, month, 20, 9, tzinfo=UTC)
        deal = make.deal(stage, cast.rosa, amount_minor=amount, at=at - timedelta(days=5))
        deals.win(deal=deal, by=cast.rosa, at=at)
    rows = [
        RepCall(pipeline=pipeline, member=cast.rosa, span=1, first=date(2026, month, 1), amount_minor=said, currency="EUR", at=at)
        for month, day, said in ((9, 2, 150), (9, 18, 110), (10, 10, 160))
        for at in [datetime(2026, month, day, 9, tzinfo=UTC)]
    ]
    bring_calls(deal_calls=[], rep_calls=rows, cause="import")
    read = reading(Scope(pipeline=pipeline, as_of=NOW))
    members = [cast.rosa.pk, cast.remi.pk]
    found = track_records(read, pipeline, NOVEMBER, members, zone=working_time().zone, currency="EUR")
    rosa = found[cast.rosa.pk]
    assert [(one.period.first.month, list(one.calls), one.happened) for one in rosa.periods] == [
        (10, [None, 160, 160], 200),
        (9, [150, 150, 110], 100),
    ]
    quarter, half, late = rosa.at
    assert (quarter.n, quarter.bias, quarter.wape) == (1, pytest.approx(0.5), pytest.approx(0.5))
    assert (half.n, half.bias, half.wape) == (2, pytest.approx(10 / 300), pytest.approx(90 / 300))
    assert late.wape == pytest.approx(50 / 300)
    assert found[cast.remi.pk].periods == []


def test_what_categories_were_worth(pipeline: Pipeline, cast: Cast) -> None:
    stage, reason = make.stages(pipeline)[3], deals.add_loss_reason(name="Price", by=cast.alice, at=NOW)
    for number in range(4):
        deal = make.deal(stage, cast.rosa)
        sort(deal=deal, category="best", by=cast.rosa, at=NOW)
        sort(deal=deal, category="commit", by=cast.rosa, at=NOW)
        sort(deal=deal, category="best", by=cast.rosa, at=NOW)
        if number == 0:
            deals.lose(deal=deal, reason=reason, by=cast.rosa, at=NOW)
        elif number < 3:
            deals.win(deal=deal, by=cast.rosa, at=NOW)
    found = worth_of_categories(Deal.objects.all(), pipeline, [cast.rosa.pk])
    assert {key: (one.count, one.n) for key, one in found.items()} == {
        (cast.rosa.pk, "best"): (2, 3),
        (cast.rosa.pk, "commit"): (2, 3),
    }
    assert DealCall.objects.count() == 12


def test_the_record_of_several_adds_up_what_they_said_of_a_period() -> None:
    late, early = Period(Span.QUARTER, date(2026, 7, 1)), Period(Span.QUARTER, date(2026, 4, 1))
    one = TrackRecord(1, [Past(late, [100, 120, 90], 100), Past(early, [50, 50, 50], 40)], [])
    other = TrackRecord(2, [Past(late, [None, 80, 110], 100)], [])
    found = together([one, other])
    assert [(past.period, past.calls, past.happened) for past in found.periods] == [
        (late, [100, 200, 200], 200),
        (early, [50, 50, 50], 40),
    ]
    # At the first part the other had said nothing yet: what they won is not held against what nobody said.
    assert found.at[0].bias == pytest.approx((150 - 140) / 140)
    assert found.at[1].wape == pytest.approx((0 + 10) / 240)
