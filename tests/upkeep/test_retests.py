"""A change of the process is measured on its day, kept as said, and judged by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from piste.deals import operations as deals
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.pipelines.operations import create_pipeline
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Promise
from piste.upkeep import operations
from piste.upkeep.models import Retest
from piste.upkeep.queries.judging import looks_again_on, verdicts_of, waiting
from piste.upkeep.queries.retests import due, figures
from piste.upkeep.rules import next_step, verdict_of
from piste.upkeep.tasks import retest as measure_due
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)
TODAY = NOW.date()
CHANGED = NOW - 60 * DAY


def changed(cast: Cast, *, measure: str = "conversion", on: date | None = TODAY) -> tuple[Pipeline, ProcessVersion]:
    """A pipeline whose first stage was changed sixty days ago, to be looked at on a day."""
    pipeline = create_pipeline(name="Sales", by=cast.alice, at=NOW - 300 * DAY, why="First set-up")
    stage = make.stages(pipeline)[0]
    promise = Promise(f"{measure}:{stage.pk}", "+20 points", on)
    shape = replace(shape_of(stage), norm_days=3)
    deals.reshape_stage(stage=stage, shape=shape, by=cast.marc, at=CHANGED, why="Call sooner", promise=promise)
    version = ProcessVersion.objects.get(pipeline=pipeline, number=2)
    return pipeline, version


def work(pipeline: Pipeline, cast: Cast) -> None:
    """Twenty-four deals on each side of the change: a quarter goes on within five days before it, three quarters after it; each
    side has two owners, and after it there is a stranger's deal with whom nobody before can be compared."""
    first, second, *_ = make.stages(pipeline)
    owners = [cast.rosa, cast.remi]
    for side, goes in ((CHANGED - 40 * DAY, 1), (CHANGED + 10 * DAY, 3)):
        for number in range(24):
            came = side + number % 12 * DAY
            deal = make.deal(first, owners[number % 2], at=came)
            if number // 2 % 4 < goes:
                deals.move(deal=deal, to=second, by=cast.marc, at=came + 5 * DAY)
    make.deal(first, cast.olga, at=CHANGED + 10 * DAY)


def test_before_and_after_on_deals_that_can_be_compared(cast: Cast) -> None:
    pipeline, version = changed(cast)
    work(pipeline, cast)
    assert [one.pk for one in due(TODAY)] == [version.pk]
    found = figures(version, at=NOW)
    assert (found["days"], found["others"], found["currency"]) == (60, 0, "EUR")
    row, wins = found["rows"]
    assert (row["kind"], row["stage"], row["verdict"]) == ("conversion", make.stages(pipeline)[0].name, "rose")
    assert (row["before"]["n"], row["after"]["n"], row["after"]["compared"]) == (24, 25, 24)
    assert row["before"]["value"] == pytest.approx(0.25, abs=0.03)
    assert row["after"]["value"] == pytest.approx(0.75, abs=0.03)
    assert row["low"] > 0.15
    assert wins["kind"] == "wins"
    # The clock does it once.
    assert [measure_due.func(), measure_due.func()] == [1, 0]
    kept = operations.retest(version=version, on=TODAY + DAY, by=cast.marc, at=NOW)
    assert kept is not None
    assert kept.figures == found
    assert operations.retest(version=version, on=TODAY + DAY, by=cast.marc, at=NOW) is None
    entry = Entry.objects.filter(verb="process.retested").latest("pk")
    assert entry.data["rows"][0]["verdict"] == "rose"


@pytest.mark.parametrize("measure", ["days", "amount", "wins"])
def test_other_measures(cast: Cast, measure: str) -> None:
    pipeline, version = changed(cast, measure=measure)
    first = make.stages(pipeline)[0]
    for side, price in ((CHANGED - 40 * DAY, 100_000), (CHANGED + 10 * DAY, 300_000)):
        for number in range(12):
            deal = make.deal(first, cast.rosa, at=side, amount_minor=price)
            deals.win(deal=deal, by=cast.marc, at=side + (number % 3 + price // 100_000) * DAY)
    row = figures(version, at=NOW)["rows"][0]
    assert row["kind"] == measure
    said = {"days": (2, 4), "amount": (1000, 3000), "wins": (1, 1)}[measure]
    assert (row["before"]["plain"], row["after"]["plain"]) == pytest.approx(said)
    # What an amount is, is no trait of it; of the others no deal of another size can be compared.
    assert row["verdict"] == ("rose" if measure == "amount" else "too_few")


def kept(version: ProcessVersion, on: date = TODAY) -> Retest:
    return Retest.objects.create(version=version, on=on, at=NOW, figures={"rows": []})


def test_a_verdict_waits_is_said_and_may_ask_to_look_again(cast: Cast) -> None:
    _pipeline, version = changed(cast)
    first = kept(version)
    assert waiting(5) == [first]
    assert not due(TODAY)
    said = {"by": cast.marc, "at": NOW, "today": TODAY}
    with pytest.raises(operations.WhyMissing):
        operations.judge(retest=first, choice="keep", why=" ", **said)
    with pytest.raises(operations.NoSuchChoice):
        operations.judge(retest=first, choice="burn", why="No", **said)
    with pytest.raises(operations.DayMissing):
        operations.judge(retest=first, choice="again", why="Too few", **said)
    with pytest.raises(operations.DayPast):
        operations.judge(retest=first, choice="again", why="Too few", again_on=TODAY, **said)
    operations.judge(retest=first, choice="again", why="Too few", again_on=TODAY + 30 * DAY, **said)
    assert waiting(5) == []
    assert looks_again_on(version, verdicts_of(first)) == TODAY + 30 * DAY
    assert not due(TODAY + 29 * DAY)
    assert [one.pk for one in due(TODAY + 30 * DAY)] == [version.pk]
    second = kept(version, TODAY + 30 * DAY)
    assert not due(TODAY + 90 * DAY)
    with pytest.raises(operations.RetestOvertaken):
        operations.judge(retest=first, choice="keep", why="After all", **said)
    operations.judge(retest=second, choice="keep", why="It holds", again_on=TODAY + 99 * DAY, **said)
    assert verdicts_of(second)[0].again_on is None
    assert Entry.objects.filter(verb="process.judged").count() == 2


def test_nothing_said_is_ever_changed(cast: Cast) -> None:
    _pipeline, version = changed(cast)
    first = kept(version)
    verdict = operations.judge(retest=first, choice="keep", why="It holds", by=cast.marc, at=NOW, today=TODAY)
    for row, change in ((first, {"figures": {}}), (verdict, {"why": "Other"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**change)


def test_what_is_proposed() -> None:
    assert [verdict_of(*ends) for ends in ((0.1, 0.2), (-0.2, -0.1), (-0.1, 0.1), (None, None))] == [
        "rose",
        "fell",
        "unclear",
        "too_few",
    ]
    assert [next_step("conversion", said) for said in ("rose", "fell", "unclear", "too_few")] == [
        "keep",
        "roll_back",
        "test",
        "again",
    ]
    assert next_step("days", "fell") == "keep"
    assert next_step("days", "rose") == "roll_back"
    assert next_step("conversion", "rose", guard_fell=True) == "roll_back"
