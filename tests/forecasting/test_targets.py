"""Setting targets: who may, what stays of it, and how far one is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from piste.company.models import Member, Settings
from piste.company.queries import working_time
from piste.deals import operations as deals
from piste.forecasting.models import Target
from piste.forecasting.operations import NotAllowed, NotAPeriod, Overtaken, set_targets
from piste.forecasting.queries.progress import Progress, course, progress
from piste.forecasting.queries.targets import in_force, values
from piste.forecasting.rules import Goal, Key
from piste.foundations.calendar import Period, Span
from piste.insights.queries import Scope, reading
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline
from tests import make
from tests.cast import NOW, Cast

NOVEMBER = date(2026, 11, 1)


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


def goal(whose: str, subject: int, value: int | None, *, span: int = 1, first: date = NOVEMBER, measure: str = "amount") -> Goal:
    return Goal(Key(whose, subject, span, first, measure), value)


@pytest.mark.django_db
def test_what_was_set_stays_with_who_when_and_why(pipeline: Pipeline, cast: Cast) -> None:
    for value, why in ((100, "Plan"), (100, "Again"), (150, "A big account"), (None, "She leaves")):
        set_targets(pipeline=pipeline, goals=[goal("rep", cast.rosa.pk, value)], why=why, by=cast.marc, at=NOW)
    rows = Target.objects.all()
    assert [(row.value, row.why, row.by) for row in rows] == [
        (100, "Plan", cast.marc),
        (150, "A big account", cast.marc),
        (None, "She leaves", cast.marc),
    ], "what is as it was is no row"
    assert values(in_force(pipeline, [NOVEMBER])) == {}
    told = list(Entry.objects.filter(verb="target.set").order_by("pk").values_list("data", flat=True))
    assert [(entry["targets"][0]["before"], entry["targets"][0]["after"]) for entry in told] == [
        (None, 100),
        (100, 150),
        (150, None),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE forecasting_target SET value = 1", "DELETE FROM forecasting_target"])
def test_the_database_itself_refuses_to_change_it(pipeline: Pipeline, cast: Cast, change: str) -> None:
    set_targets(pipeline=pipeline, goals=[goal("company", 0, 100)], by=cast.alice, at=NOW)
    refused = (IntegrityError, OperationalError, ProgrammingError)
    with pytest.raises(refused, match="append only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.django_db
def test_managers_set_them_for_whom_they_may_see(pipeline: Pipeline, cast: Cast) -> None:
    def may(by: Member, whose: str, subject: int) -> bool:
        try:
            set_targets(pipeline=pipeline, goals=[goal(whose, subject, 100 + by.pk)], by=by, at=NOW)
        except NotAllowed:
            return False
        return True

    assert may(cast.marc, "rep", cast.rosa.pk)
    assert may(cast.marc, "team", cast.north.pk)
    assert not may(cast.marc, "rep", cast.olga.pk)
    assert not may(cast.marc, "team", cast.south.pk)
    assert not may(cast.marc, "company", 0)
    assert may(cast.alice, "company", 0)
    assert not may(cast.rosa, "rep", cast.rosa.pk), "a rep sets none, not even their own"


@pytest.mark.django_db
def test_one_sees_the_targets_of_those_whose_deals_one_sees(pipeline: Pipeline, cast: Cast) -> None:
    everything = [("company", 0), ("team", cast.north.pk), ("rep", cast.rosa.pk), ("rep", cast.remi.pk), ("rep", cast.olga.pk)]
    set_targets(pipeline=pipeline, goals=[goal(*one, 100) for one in everything], by=cast.alice, at=NOW)

    def seen(member: Member) -> set[tuple[str, int]]:
        return {(key.whose, key.subject_id) for key in in_force(pipeline, [NOVEMBER], member)}

    assert seen(cast.alice) == set(everything)
    assert seen(cast.rosa) == set(everything[1:4])
    assert seen(cast.olga) == {("rep", cast.olga.pk)}
    assert seen(cast.lea) == set()


@pytest.mark.django_db
def test_a_later_one_is_not_overwritten_unseen(pipeline: Pipeline, cast: Cast) -> None:
    both = [goal("rep", cast.rosa.pk, 100), goal("rep", cast.remi.pk, 100)]
    seen = set_targets(pipeline=pipeline, goals=both, by=cast.marc, at=NOW)[-1].pk
    set_targets(pipeline=pipeline, goals=[goal("rep", cast.rosa.pk, 200)], by=cast.alice, at=NOW, seen=seen)
    late = [goal("rep", cast.rosa.pk, 300), goal("rep", cast.remi.pk, 300)]
    with pytest.raises(Overtaken):
        set_targets(pipeline=pipeline, goals=late, by=cast.marc, at=NOW, seen=seen)
    assert sorted(values(in_force(pipeline, [NOVEMBER])).values()) == [100, 200], "all or none"
    set_targets(pipeline=pipeline, goals=late[1:], by=cast.marc, at=NOW, seen=seen)
    with pytest.raises(NotAPeriod):
        set_targets(pipeline=pipeline, goals=[goal("company", 0, 1, first=date(2026, 11, 2))], by=cast.alice, at=NOW)


@pytest.mark.django_db
def test_what_was_set_in_another_currency_says_nothing(pipeline: Pipeline, cast: Cast) -> None:
    goals = [goal("company", 0, 100), goal("company", 0, 3, measure="wins")]
    set_targets(pipeline=pipeline, goals=goals, by=cast.alice, at=NOW)
    Settings.objects.update(currency="USD")
    assert list(values(in_force(pipeline, [NOVEMBER])).values()) == [3]
    (row,) = set_targets(pipeline=pipeline, goals=goals, by=cast.alice, at=NOW)
    assert (row.value, row.currency) == (100, "USD")


@pytest.mark.django_db
def test_how_far_one_is(pipeline: Pipeline, cast: Cast) -> None:
    stages = make.stages(pipeline)
    month = Period(Span.MONTH, NOVEMBER)
    for owner, amount, wins in ((cast.rosa, 400_000, True), (cast.rosa, 600_000, False), (cast.olga, 300_000, True)):
        deal = make.deal(stages[0], owner, amount_minor=amount, at=NOW - timedelta(days=10))
        if wins:
            deals.win(deal=deal, by=owner, at=NOW - timedelta(days=1))
    abroad = make.deal(stages[0], cast.rosa, amount_minor=999, currency="USD", at=NOW)
    deals.win(deal=abroad, by=cast.rosa, at=NOW)
    goals = [goal("company", 0, 1_000_000), goal("rep", cast.rosa.pk, 700_000), goal("rep", cast.rosa.pk, 4, measure="wins")]
    set_targets(pipeline=pipeline, goals=goals, by=cast.alice, at=NOW)
    hours = working_time()

    def shown(member: Member, measure: str = "amount") -> dict[str, Progress]:
        read = reading(Scope(pipeline=pipeline, as_of=NOW + timedelta(hours=1), member=member))
        now = course(read, month, today=NOW.date(), zone=hours.zone, hours=hours)
        told = values(in_force(pipeline, [NOVEMBER], member))
        rows = progress(read, now, told, measure=measure, currency="EUR", member=member)
        return {row.name or "company": row for row in rows}

    whole = shown(cast.alice)
    company, rosa = whole["company"], whole["Rosa Rep"]
    assert (company.won, company.open_value, company.left, company.elsewhere) == (700_000, 600_000, 300_000, 1)
    assert company.coverage == pytest.approx(2)
    # 24 November 2026 is the 16th of 20 working days: the 11th is a holiday in France.
    assert company.pace is not None
    assert company.pace.due == pytest.approx(800_000)
    assert company.pace.ratio == pytest.approx(0.875)
    assert (rosa.won, rosa.left) == (400_000, 300_000)
    assert rosa.coverage == pytest.approx(2)
    assert shown(cast.alice, "wins")["Rosa Rep"].won == 2
    mine = shown(cast.olga)
    assert list(mine) == ["Olga Other"], "who sees their own deals sees no other line"
    assert (mine["Olga Other"].won, mine["Olga Other"].target) == (300_000, None)
