"""What a stage asks of everyone: written as versions, followed once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from piste.activities import operations as activities
from piste.activities import queries
from piste.activities.models import Activity
from piste.deals import operations as deals
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.pipelines.operations import WhyMissing
from piste.playbooks.operations import NobodyNamed, WaitsForItself, set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Criterion, Guide, Standard, Text
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

PROPOSAL = Guide(
    activities=(
        Standard("task", "Go through the needs", offset_days=1),
        Standard("email", "Send the proposal", offset_days=3, assigns="mover"),
        Standard("call", "Call two days after it is sent", offset_days=2, after=1),
    ),
    criteria=(Criterion("The signatory is known"),),
    templates=(Text("email", "First proposal", "Dear {contact}, …", "Our proposal"),),
    script="Begin with *their* words.",
)


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


def write(pipeline: Pipeline, cast: Cast, wanted: Guide, place: int = 3, why: str = "Few follow up") -> None:
    set_guide(stage=make.stages(pipeline)[place], guide=wanted, by=cast.marc, at=NOW, why=why)


def test_a_playbook_is_a_version_with_its_why(cast: Cast, pipeline: Pipeline) -> None:
    write(pipeline, cast, PROPOSAL)
    version = ProcessVersion.objects.filter(pipeline=pipeline).latest("number")
    assert (version.number, version.why, version.by) == (2, "Few follow up", cast.marc)
    assert {change["code"] for change in version.changes} == {
        "playbook.activity_added",
        "playbook.criterion_added",
        "playbook.template_added",
        "playbook.script_changed",
    }
    kept = guide(make.stages(pipeline)[3].pk)
    assert [row.title for row in kept.activities] == [row.title for row in PROPOSAL.activities]
    assert kept.activities[2].after == 1
    assert all(check.ok for check in checks())
    with pytest.raises(WhyMissing):
        write(pipeline, cast, Guide(), why=" ")


def test_saying_the_same_is_no_version(cast: Cast, pipeline: Pipeline) -> None:
    write(pipeline, cast, PROPOSAL)
    write(pipeline, cast, guide(make.stages(pipeline)[3].pk))
    assert ProcessVersion.objects.filter(pipeline=pipeline).count() == 2


def test_nobody_waits_for_himself(cast: Cast, pipeline: Pipeline) -> None:
    with pytest.raises(WaitsForItself):
        write(pipeline, cast, Guide(activities=(Standard("task", "A", after=1), Standard("task", "B", after=0))))
    with pytest.raises(NobodyNamed):
        write(pipeline, cast, Guide(activities=(Standard("task", "A", assigns="member", member_id=cast.lea.pk),)))


def test_entering_plans_each_once(cast: Cast, pipeline: Pipeline) -> None:
    """NOW is Tuesday 24 November 2026: one working day later is Wednesday, three are Friday."""
    write(pipeline, cast, PROPOSAL)
    stages = make.stages(pipeline)
    deal = make.deal(stages[2], cast.rosa)
    deals.move(deal=deal, to=stages[3], by=cast.remi, at=NOW)
    found = list(Activity.objects.undone().order_by("due_on").values_list("title", "due_on", "assignee__name"))
    assert found == [
        ("Go through the needs", date(2026, 11, 25), "Rosa Rep"),
        ("Send the proposal", date(2026, 11, 27), "Remi Rep"),
    ]
    deals.move(deal=deal, to=stages[2], by=cast.remi, at=NOW + timedelta(hours=1))
    deals.move(deal=deal, to=stages[3], by=cast.remi, at=NOW + timedelta(hours=2))
    assert Activity.objects.count() == 2


def test_what_begins_after_another_comes_when_it_is_done(cast: Cast, pipeline: Pipeline) -> None:
    write(pipeline, cast, PROPOSAL)
    deal = make.deal(make.stages(pipeline)[3], cast.rosa)
    sent = Activity.objects.get(title="Send the proposal")
    activities.do(activity=sent, by=cast.rosa, at=NOW + timedelta(days=2))
    call = Activity.objects.get(title__startswith="Call two days")
    assert call.due_on == date(2026, 11, 30)
    found = queries.progress([deal.pk], deal.stage_id, today=date(2026, 12, 1))[deal.pk]
    assert (found.asked, found.done, found.late, found.share) == (3, 1, 2, 1 / 3)
    activities.take_back(activity=sent, by=cast.rosa, at=NOW + timedelta(days=3))
    activities.do(activity=sent, by=cast.rosa, at=NOW + timedelta(days=3))
    assert Activity.objects.present().filter(title__startswith="Call two days").count() == 1


def test_taking_a_move_back_takes_what_it_planned(cast: Cast, pipeline: Pipeline) -> None:
    write(pipeline, cast, PROPOSAL)
    stages = make.stages(pipeline)
    deal = make.deal(stages[2], cast.rosa)
    move = deals.move(deal=deal, to=stages[3], by=cast.rosa, at=NOW)
    deals.undo(deal=deal, number=move.number, by=cast.rosa, at=NOW)
    assert Activity.objects.undone().count() == 0
    deals.move(deal=deal, to=stages[3], by=cast.rosa, at=NOW)
    assert Activity.objects.undone().count() == 2
