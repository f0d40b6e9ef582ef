"""Stages and pipelines that go out of use: their deals go somewhere, and nothing of the past is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from piste.deals import operations as ops
from piste.deals.models import Deal, LossReason, Move
from piste.deals.queries import Standing, standings
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.operations import ProcessOvertaken, WhyMissing
from piste.pipelines.queries import shape_of
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=2)
TODAY = NOW.date()


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline())


def sound() -> None:
    assert [check for check in checks() if not check.ok] == []


def one_of_each(cast: Cast, stage: Stage) -> dict[str, Deal]:
    """An open, a held, a lost, a won and a binned deal of a stage."""
    found = {name: make.deal(stage, cast.rosa, title=name) for name in ("open", "held", "lost", "won", "binned")}
    ops.hold(deal=found["held"], until=TODAY + timedelta(days=5), by=cast.rosa, at=NOW, today=TODAY)
    reason, _ = LossReason.objects.get_or_create(name="Price")
    ops.lose(deal=found["lost"], reason=reason, by=cast.rosa, at=NOW, why="too dear")
    ops.win(deal=found["won"], by=cast.rosa, at=NOW)
    ops.discard(deal=found["binned"], by=cast.rosa, at=NOW)
    return found


def where(deals: dict[str, Deal]) -> dict[str, tuple[str, str]]:
    return {name: (now.stage.name, now.status) for name, now in ((n, Deal.objects.get(pk=d.pk)) for n, d in deals.items())}


def test_deals_of_a_retired_stage_go_on_and_closed_ones_stay(cast: Cast, stages: list[Stage]) -> None:
    deals = one_of_each(cast, stages[1])
    assert standings(stages) == {stages[1].pk: Standing(open=1, held=1, binned=1), stages[5].pk: Standing(kept=1)}
    assert ops.retire_stage(stage=stages[1], destination=stages[2], by=cast.marc, at=LATER, why=" one step less ") == 3
    assert where(deals) == {
        "open": ("Meeting", "open"),
        "held": ("Meeting", "held"),
        "lost": ("Qualification", "lost"),
        "won": ("Retention", "won"),
        "binned": ("Meeting", "open"),
    }
    held = Deal.objects.get(pk=deals["held"].pk)
    assert held.hold_until == TODAY + timedelta(days=5)
    moved = Move.objects.get(deal=deals["open"], number=2)
    assert (moved.kind, moved.why, moved.cause, moved.by) == ("advanced", "one step less", "process", cast.marc)
    ops.restore(deal=deals["binned"], by=cast.rosa, at=LATER)
    sound()


def test_a_merge_says_into_what(cast: Cast, stages: list[Stage]) -> None:
    ops.retire_stage(stage=stages[3], destination=stages[2], by=cast.marc, at=LATER, why="one decision", merged=True)
    version = ProcessVersion.objects.get(number=2)
    assert version.changes == [{"code": "stage.merged", "stage": "Proposal", "before": "", "after": "Meeting"}]
    assert Stage.objects.get(pk=stages[3].pk).merged_into == stages[2]
    ops.retire_stage(stage=stages[4], destination=stages[2], by=cast.marc, at=LATER, why="fewer")
    assert [change["code"] for change in ProcessVersion.objects.get(number=3).changes] == ["stage.retired"]
    sound()


def test_a_stage_cannot_be_retired_into_nowhere(cast: Cast, stages: list[Stage]) -> None:
    other = make.stages(make.pipeline("Partners"))[0]
    ops.retire_stage(stage=stages[4], destination=stages[3], by=cast.marc, at=LATER, why="fewer")
    for stage, destination, error in (
        (stages[0], stages[0], ops.AlreadyThere),
        (stages[0], other, ops.StageRetired),
        (stages[0], stages[4], ops.StageRetired),
        (stages[4], stages[0], ops.StageRetired),
    ):
        with pytest.raises(error):
            ops.retire_stage(stage=stage, destination=destination, by=cast.marc, at=LATER, why="fewer")
    with pytest.raises(WhyMissing):
        ops.retire_stage(stage=stages[0], destination=stages[1], by=cast.marc, at=LATER, why="  ")
    with pytest.raises(ProcessOvertaken) as told:
        ops.retire_stage(stage=stages[0], destination=stages[1], by=cast.marc, at=LATER, why="fewer", seen=1)
    assert told.value.last.number == 2
    assert Entry.objects.filter(verb="process.changed").count() == 3


def test_a_pipeline_with_deals_asks_where_they_go(cast: Cast, stages: list[Stage]) -> None:
    deals = one_of_each(cast, stages[1])
    sales = stages[0].pipeline
    with pytest.raises(ops.LastPipeline):
        ops.retire_pipeline(pipeline=sales, destination=None, by=cast.marc, at=LATER, why="gone")
    partners = make.stages(make.pipeline("Partners"))
    with pytest.raises(ops.HoldsDeals) as held:
        ops.retire_pipeline(pipeline=sales, destination=None, by=cast.marc, at=LATER, why="gone")
    assert held.value.count == 4
    with pytest.raises(ops.StageRetired):
        ops.retire_pipeline(pipeline=sales, destination=stages[0], by=cast.marc, at=LATER, why="gone")
    assert Pipeline.objects.in_use().count() == 2
    assert ops.retire_pipeline(pipeline=sales, destination=partners[0], by=cast.marc, at=LATER, why="one is enough") == 4
    assert where(deals) == {
        "open": ("Prospecting", "open"),
        "held": ("Prospecting", "held"),
        "lost": ("Qualification", "lost"),
        "won": ("Retention", "won"),
        "binned": ("Prospecting", "open"),
    }
    assert Deal.objects.get(pk=deals["won"].pk).stage == partners[5]
    last = ProcessVersion.objects.filter(pipeline=sales).first()
    assert last is not None
    assert [change["code"] for change in last.changes] == ["pipeline.retired"]
    sound()


def test_an_empty_pipeline_just_goes(cast: Cast, stages: list[Stage]) -> None:
    partners = make.pipeline("Partners")
    assert ops.retire_pipeline(pipeline=partners, destination=None, by=cast.marc, at=LATER, why="never used") == 0
    assert list(Pipeline.objects.in_use()) == [stages[0].pipeline]
    make.pipeline("Partners")
    sound()


def test_customers_show_where_the_role_says_so(cast: Cast, stages: list[Stage]) -> None:
    won = make.deal(stages[4], cast.rosa)
    ops.win(deal=won, by=cast.rosa, at=NOW)
    stage = stages[5]
    ops.reshape_stage(stage=stage, shape=replace(shape_of(stage), role="closing"), by=cast.marc, at=LATER, why="not kept")
    assert Deal.objects.get().column is None
    sound()
    ops.reshape_stage(stage=stage, shape=replace(shape_of(stage), role="retention"), by=cast.marc, at=LATER, why="kept")
    assert Deal.objects.get().column == stage
    sound()
