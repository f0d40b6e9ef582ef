"""An audit is made, kept, acted upon, and held against the one before."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.db import DatabaseError, transaction

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.activities.operations import Wanted
from piste.audits import operations
from piste.audits.models import Audit, Finding
from piste.audits.queries import followed, gone
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.people import operations as people
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast

DAY = timedelta(days=1)


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def found(audit: Audit) -> dict[str, Finding]:
    return {one.code: one for one in Finding.objects.filter(audit=audit)}


def step(deal: Deal, cast: Cast, *, on: date) -> None:
    wanted = Wanted(title="Call", kind="call", due_on=on)
    activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)


def test_each_finding_names_the_very_deals(cast: Cast, stages: list[Stage]) -> None:
    # Of ten days a prospect may wait: twenty-one are twice the norm, twelve are past it.
    rotten = make.deal(stages[0], cast.rosa, at=NOW - 21 * DAY)
    slow = make.deal(stages[0], cast.rosa, at=NOW - 12 * DAY)
    bare = make.deal(stages[1], cast.rosa, amount_minor=None)
    late = make.deal(stages[1], cast.rosa, expected_close_on=NOW.date() - DAY)
    for deal in (rotten, slow, late):
        step(deal, cast, on=NOW.date() + DAY)
    won = make.deal(stages[4], cast.rosa)
    deals.win(deal=won, by=cast.rosa, at=NOW)
    audit = operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW)
    told = found(audit)
    assert {code: told[code].subjects for code in ("rotting", "stalling", "no_amount", "no_step", "past_close")} == {
        "rotting": [rotten.pk],
        "stalling": [slow.pk],
        "no_amount": [bare.pk],
        "no_step": [bare.pk],
        "past_close": [late.pk],
    }
    assert (told["rotting"].out_of, told["rotting"].amounts) == (4, {"EUR": 1_250_000})
    assert told["rotting"].facts["stages"] == [{"stage": stages[0].pk, "name": stages[0].name, "count": 1, "norm": 10}]
    assert "double_company" in audit.facts["mute"]


def test_doubles_are_those_who_share_what_one_alone_has(cast: Cast, stages: list[Stage]) -> None:
    firms = [people.create_company(name=name, by=cast.rosa, at=NOW) for name in ("Nebelhorn", "Nebelhorn", "Alpsee")]
    for name in ("Nora Nebel", "N. Nebel", "Otto Ort"):
        people.create_contact(name=name, email="nora@piste.example" if "Nebel" in name else "", by=cast.rosa, at=NOW)
    told = found(operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW))
    assert told["double_company"].subjects == [firms[0].pk, firms[1].pk]
    assert (told["double_contact"].count, told["double_contact"].facts["groups"]) == (2, 1)


def test_the_next_audit_says_what_became_of_it(cast: Cast, stages: list[Stage]) -> None:
    bare = [make.deal(stages[1], cast.rosa, amount_minor=None) for _ in range(3)]
    first = operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW)
    finding = found(first)["no_amount"]
    wanted = Wanted(title="Write the amounts down", due_on=NOW.date() + DAY)
    chore = operations.act(finding=finding, wanted=wanted, assignee=cast.rosa, by=cast.alice, at=NOW)
    for deal in bare[1:]:
        deals.amend(deal=deal, facts={"amount_minor": 100}, by=cast.rosa, at=NOW)
    activities.do(activity=chore.activity, by=cast.rosa, at=NOW)
    for deal in bare:
        step(deal, cast, on=NOW.date() + DAY)
    second = operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW + DAY)
    told = {one.finding.code: one for one in followed(second)}
    assert (told["no_amount"].finding.became, told["no_amount"].finding.count) == ("smaller", 1)
    assert [task.pk for task in told["no_amount"].former] == [chore.activity_id]
    assert told["no_amount"].done == 1
    assert [one.finding.code for one in gone(second)] == ["no_step"]
    assert found(first)["no_step"].became == "first"


def test_a_task_about_a_finding_is_about_no_deal(cast: Cast, stages: list[Stage]) -> None:
    make.deal(stages[1], cast.rosa)
    finding = found(operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW))["no_step"]
    chore = operations.act(
        finding=finding, wanted=Wanted(title="Plan", due_on=NOW.date()), assignee=cast.rosa, by=cast.alice, at=NOW
    )
    task = Activity.objects.get(pk=chore.activity_id)
    assert task.subject == ("activity", task.pk)
    done, after = activities.do(activity=task, by=cast.rosa, at=NOW, next=Wanted(title="Look again", due_on=NOW.date()))
    assert after is not None
    assert (after.subject[0], after.assignee_id, done.done_at) == ("activity", cast.rosa.pk, NOW)
    with pytest.raises(operations.NoLongerHere):
        operations.act(finding=finding, wanted=Wanted(title="Plan"), assignee=cast.lea, by=cast.alice, at=NOW)


def test_an_audit_sees_what_its_manager_sees(cast: Cast, stages: list[Stage]) -> None:
    make.deal(stages[1], cast.rosa)
    make.deal(stages[1], cast.olga)
    whole = operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW)
    part = operations.make(pipeline=stages[0].pipeline, by=cast.marc, at=NOW)
    assert (found(whole)["no_step"].count, found(part)["no_step"].count) == (2, 1)
    assert part.before is None
    assert set(Audit.objects.visible_to(cast.alice)) == {whole, part}
    assert list(Audit.objects.visible_to(cast.marc)) == [part]
    assert not Audit.objects.visible_to(cast.rosa).exists()


def test_what_was_found_stays_as_it_was(cast: Cast, stages: list[Stage]) -> None:
    make.deal(stages[1], cast.rosa)
    audit = operations.make(pipeline=stages[0].pipeline, by=cast.alice, at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        Finding.objects.filter(audit=audit).update(count=0)
    with pytest.raises(DatabaseError), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(facts={})


def test_a_schedule_makes_one_audit_an_occasion(cast: Cast, stages: list[Stage]) -> None:
    pipeline, monday = stages[0].pipeline, NOW - DAY
    found_it = operations.schedule(
        pipeline=pipeline, rhythm="weekly", weekday=0, hour=time(7), readers=[cast.alice], by=cast.alice, at=monday - DAY
    )
    assert len(operations.fall_due(at=monday)) == 1
    assert operations.fall_due(at=monday + timedelta(minutes=1)) == []
    assert operations.fall_due(at=monday + DAY) == []
    assert len(operations.fall_due(at=monday + 7 * DAY)) == 1
    assert set(Audit.objects.values_list("schedule_key", "by")) == {(found_it.pk, None)}
    with pytest.raises(operations.NotAReader):
        operations.schedule(
            pipeline=pipeline, rhythm="weekly", weekday=0, hour=time(7), readers=[cast.marc], by=cast.alice, at=monday
        )
    operations.end(schedule=found_it, by=cast.alice, at=monday)
    assert operations.fall_due(at=monday + 14 * DAY) == []
    assert Audit.objects.count() == 2
