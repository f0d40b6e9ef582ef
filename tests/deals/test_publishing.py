"""A process becomes what a definition says: drafts published, past versions restored."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from piste.activities.models import Activity
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.journal.models import Entry
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Draft, Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import definition, shape_of, wanted
from piste.pipelines.rules import Need, Shape, rebased, told_shape
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Criterion, Guide, Standard, Text, told_guide
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


def fresh(pipeline: Pipeline) -> Pipeline:
    return Pipeline.objects.select_related("version").get(pk=pipeline.pk)


def said(whole: dict[str, Any]) -> dict[str, Any]:
    """A definition without its own name and what became of merged stages: those are not restored."""
    return {"stages": whole["stages"]}


def draft_stage(cast: Cast, pipeline: Pipeline, stage: Stage, **facts: Any) -> None:
    pipelines.draft_stage(pipeline=pipeline, key=stage.pk, shape=replace(shape_of(stage), **facts), by=cast.marc, at=LATER)


def publish(cast: Cast, pipeline: Pipeline, *, adopt: bool = False) -> ProcessVersion:
    now = fresh(pipeline)
    assert now.version is not None
    return deals.publish_draft(
        pipeline=now, by=cast.marc, at=LATER, why="The audit says so", seen=now.version.number, adopt=adopt
    )


def test_a_draft_changes_nothing_until_it_is_published(cast: Cast, pipeline: Pipeline) -> None:
    first, second = make.stages(pipeline)[:2]
    draft_stage(cast, pipeline, first, name=second.name.upper() + "!", norm_days=3)
    key = pipelines.draft_new_stage(
        pipeline=pipeline, shape=Shape("Demo", "meeting", 40), after=second.pk, by=cast.alice, at=LATER
    )
    playbook = told_guide(Guide(activities=(Standard("call", "Ring"), Standard("task", "Then", after=0)), script="Say"))
    pipelines.draft_addition(pipeline=pipeline, key=key, name="playbook", said=playbook, by=cast.marc, at=LATER)
    assert ProcessVersion.objects.count() == 1
    assert [change["code"] for change in wanted(fresh(pipeline)).changes] == [
        "stage.renamed", "stage.norm", "stage.added", "playbook.activity_added", "playbook.activity_added",
        "playbook.script_changed",
    ]  # fmt: skip
    version = publish(cast, pipeline)
    assert (version.number, version.by, Draft.objects.count()) == (2, cast.marc, 0)
    demo = make.stages(pipeline)[2]
    assert (demo.name, demo.probability) == ("Demo", 40)
    assert [row.after for row in guide(demo.pk).activities] == [None, 0]
    assert Entry.objects.filter(verb="process.drafted").count() == 3
    assert all(check.ok for check in checks())


def test_names_may_be_exchanged(cast: Cast, pipeline: Pipeline) -> None:
    first, second, third = make.stages(pipeline)[:3]
    draft_stage(cast, pipeline, first, name="x")
    draft_stage(cast, pipeline, second, name=first.name)
    draft_stage(cast, pipeline, first, name=second.name)
    pipelines.draft_new_stage(pipeline=pipeline, shape=Shape("y", "meeting"), after=None, by=cast.marc, at=LATER)
    draft_stage(cast, pipeline, third, name="Z")
    publish(cast, pipeline)
    assert [stage.name for stage in make.stages(pipeline)][:4] == ["y", second.name, first.name, "Z"]


def test_a_draft_that_changes_nothing_any_more_is_none(cast: Cast, pipeline: Pipeline) -> None:
    stage = make.stages(pipeline)[0]
    draft_stage(cast, pipeline, stage, norm_days=3)
    assert Draft.objects.count() == 1
    draft_stage(cast, pipeline, stage)
    assert Draft.objects.count() == 0
    with pytest.raises(deals.NoDraft):
        publish(cast, pipeline)
    assert ProcessVersion.objects.count() == 1


def test_two_write_one_draft(cast: Cast, pipeline: Pipeline) -> None:
    first, second = make.stages(pipeline)[:2]
    seen = told_shape(shape_of(first))
    draft_stage(cast, pipeline, first, norm_days=3)
    with pytest.raises(pipelines.DraftOvertaken) as late:
        pipelines.draft_stage(
            pipeline=pipeline, key=first.pk, shape=replace(shape_of(first), norm_days=9), by=cast.alice, at=LATER, seen=seen
        )
    assert late.value.draft is not None
    assert late.value.draft.by == cast.marc
    with pytest.raises(pipelines.NameTaken):
        draft_stage(cast, pipeline, second, name=first.name.lower())
    assert pipelines.abandon_draft(pipeline=pipeline, by=cast.alice, at=LATER)
    assert not pipelines.abandon_draft(pipeline=pipeline, by=cast.alice, at=LATER)
    assert make.stages(pipeline)[0].norm_days == first.norm_days


def test_what_is_published_meanwhile_stands_beside_the_draft(cast: Cast, pipeline: Pipeline) -> None:
    first, second, third = make.stages(pipeline)[:3]
    draft_stage(cast, pipeline, first, norm_days=3)
    draft_stage(cast, pipeline, second, norm_days=4)
    pipelines.set_probability(stage=first, probability=33, by=cast.alice, at=LATER, why="meanwhile")
    pipelines.set_norm(stage=second, norm_days=40, by=cast.alice, at=LATER, why="meanwhile")
    deals.retire_stage(stage=third, destination=second, by=cast.alice, at=LATER, why="one too many")
    found = wanted(fresh(pipeline))
    assert found.contested == ((second.name, "norm_days"),)
    assert (found.since, found.number) == (1, 4)
    with pytest.raises(pipelines.ProcessOvertaken):
        deals.publish_draft(pipeline=fresh(pipeline), by=cast.marc, at=LATER, why="late", seen=1)
    publish(cast, pipeline)
    stages = make.stages(pipeline)
    assert [(stage.norm_days, stage.probability) for stage in stages[:2]] == [(3, 33), (4, second.probability)]
    assert third not in stages


def test_a_draft_keeps_its_order_and_takes_what_has_come() -> None:
    def whole(*keys: int) -> dict[str, Any]:
        return {"name": "Sales", "stages": [{"id": key, "name": str(key)} for key in keys]}

    def order(mine: dict[str, Any], theirs: dict[str, Any]) -> list[int]:
        return [stage["id"] for stage in rebased(whole(1, 2, 3), mine, theirs).definition["stages"]]

    assert order(whole(1, -1, 2, 3), whole(3, 1, 9, 2)) == [3, 1, -1, 9, 2]
    assert order(whole(3, 2, 1), whole(1, 9, 2)) == [2, 1, 9]


def test_running_deals_keep_or_adopt_a_new_playbook(cast: Cast, pipeline: Pipeline) -> None:
    stage = make.stages(pipeline)[2]
    old = Guide(activities=(Standard("call", "Ring"), Standard("task", "Prepare")))
    set_guide(stage=stage, guide=old, by=cast.marc, at=NOW, why="First")
    deal, other = make.deal(stage, cast.rosa), make.deal(make.stages(pipeline)[0], cast.rosa)
    rows = guide(stage.pk).activities
    new = told_guide(Guide(activities=(rows[0], Standard("email", "Write"), Standard("task", "File", after=1))))
    for adopt in (False, True):
        pipelines.draft_addition(pipeline=pipeline, key=stage.pk, name="playbook", said=new, by=cast.marc, at=LATER)
        publish(cast, pipeline, adopt=adopt)
        planned = set(Activity.objects.undone().filter(deal=deal).values_list("title", flat=True))
        assert planned == ({"Ring", "Write"} if adopt else {"Ring", "Prepare"})
        if not adopt:
            set_guide(stage=stage, guide=Guide(activities=rows), by=cast.marc, at=LATER, why="Back")
    assert not Activity.objects.filter(deal=other).exists()
    assert all(check.ok for check in checks())


def test_a_version_without_a_stage_sends_its_deals_where_one_says(cast: Cast, pipeline: Pipeline) -> None:
    first = make.stages(pipeline)[0]
    before = definition(pipeline)
    new = pipelines.add_stage(pipeline=pipeline, shape=Shape("Demo", "meeting"), after=first, by=cast.marc, at=NOW, why="ask")
    deal = make.deal(new, cast.rosa)
    told: dict[str, Any] = {"pipeline": fresh(pipeline), "definition": before, "by": cast.marc, "at": LATER, "why": "no use"}
    with pytest.raises(deals.NowhereToGo):
        deals.apply_definition(**told)
    assert deals.apply_definition(**told, destinations={new.pk: first.pk}).number == 3
    assert Deal.objects.get(pk=deal.pk).stage == first
    assert Stage.objects.get(pk=new.pk).name == "Demo"


@pytest.mark.parametrize("seed", [3, 11])
def test_any_version_comes_back_whole(cast: Cast, pipeline: Pipeline, seed: int) -> None:
    chance = random.Random(seed)
    make.deal(make.stages(pipeline)[0], cast.rosa)
    for turn in range(14):
        _something(chance, cast, pipeline, turn)
    versions = list(ProcessVersion.objects.order_by("number"))
    assert len(versions) > 8
    for version in chance.sample(versions, 6):
        stages = {stage["id"] for stage in version.definition["stages"]}
        leaving = [stage.pk for stage in make.stages(pipeline) if stage.pk not in stages]
        told: dict[str, Any] = {"pipeline": fresh(pipeline), "by": cast.marc, "at": LATER, "why": "as it was"}
        told |= {"definition": version.definition, "destinations": dict.fromkeys(leaving, min(stages))}
        made = deals.apply_definition(**told)
        assert said(made.definition) == said(version.definition) == said(definition(fresh(pipeline)))
        assert deals.apply_definition(**told).number == made.number
    assert all(check.ok for check in checks())


def _something(chance: random.Random, cast: Cast, pipeline: Pipeline, turn: int) -> None:
    """One change as managers make them."""
    stages = make.stages(pipeline)
    stage = chance.choice(stages)
    facts: dict[str, Any] = {"by": cast.marc, "at": NOW, "why": f"turn {turn}"}
    match chance.randrange(6):
        case 0:
            pipelines.add_stage(pipeline=pipeline, shape=Shape(f"S{turn}", "meeting"), after=stage, **facts)
        case 1 if len(stages) > 3:
            other = next(one for one in stages if one != stage)
            deals.retire_stage(stage=stage, destination=other, merged=chance.random() < 0.5, **facts)
        case 2:
            pipelines.reorder(pipeline=pipeline, order=chance.sample([one.pk for one in stages], len(stages)), **facts)
        case 3:
            needs = (Need(chance.choice(["amount", "source"]), True, False),)
            deals.reshape_stage(
                stage=stage,
                shape=Shape(chance.choice(["A", "B", f"C{turn}"]) + str(stage.pk), "closing", turn, turn, needs),
                **facts,
            )
        case _:
            kept = guide(stage.pk)
            rows = chance.sample(kept.activities, len(kept.activities) // 2)
            new = Standard("call", f"Ring {turn}", after=0 if rows else None)
            set_guide(
                stage=stage,
                guide=Guide(
                    (*(replace(row, after=None) for row in rows), new), (Criterion("?"),), (Text("email", "T", "b"),), "x" * turn
                ),
                **facts,
            )
