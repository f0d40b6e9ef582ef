"""Changing the shape of a pipeline: each change a version with its why, and what stands in the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override

from piste.journal.models import Entry
from piste.pipelines import operations as ops
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import shapes, stage_order
from piste.pipelines.rules import Need, Promise, Shape, measured
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def sales(cast: Cast) -> Pipeline:
    return make.pipeline()


def last(pipeline: Pipeline) -> ProcessVersion:
    found = ProcessVersion.objects.filter(pipeline=pipeline).first()
    assert found is not None
    return found


def codes(pipeline: Pipeline) -> list[str]:
    return [change["code"] for change in last(pipeline).changes]


def names(pipeline: Pipeline) -> list[str]:
    return [stage.name for stage in make.stages(pipeline)]


def test_the_first_version_tells_everything(cast: Cast, sales: Pipeline) -> None:
    assert names(sales) == ["Prospecting", "Qualification", "Meeting", "Proposal", "Closing", "Retention"]
    assert codes(sales) == ["pipeline.created", *["stage.added"] * 6]
    entry = Entry.objects.get(verb="process.changed")
    assert (entry.subject_id, entry.data["version"], entry.data["why"]) == (sales.pk, 1, "First set-up")


def test_default_stages_are_named_in_the_language_of_the_day(cast: Cast) -> None:
    with override("fr"):
        assert "Rendez-vous" in names(make.pipeline("Ventes"))


def test_a_stage_is_added_behind_another_or_at_the_head(cast: Cast, sales: Pipeline) -> None:
    for name, after in (("Demo", make.stages(sales)[2]), ("Web", None)):
        shape = Shape(name, "meeting", 40, 7, (Need("amount", False, True),))
        ops.add_stage(pipeline=sales, shape=shape, after=after, by=cast.marc, at=LATER, why="they ask for it")
    assert names(sales)[:5] == ["Web", "Prospecting", "Qualification", "Meeting", "Demo"]
    assert codes(sales) == ["stage.added"]
    assert shapes(sales)[4].needs == (Need("amount", False, True),)


def test_one_form_is_one_version(cast: Cast, sales: Pipeline) -> None:
    stage = make.stages(sales)[3]
    shape = Shape("Offer", "proposal", 45, None, (Need("amount", True, True), Need("product", False, False)))
    ops.shape_stage(stage=stage, shape=shape, by=cast.marc, at=LATER, why="the audit")
    assert codes(sales) == ["stage.renamed", "stage.probability", "stage.norm", "requirement.added"]
    assert last(sales).number == 2
    ops.shape_stage(stage=stage, shape=shape, by=cast.marc, at=LATER, why="again")
    assert last(sales).number == 2


def test_each_fact_of_a_stage_can_change_alone(cast: Cast, sales: Pipeline) -> None:
    stage = make.stages(sales)[3]
    ops.rename_stage(stage=stage, name="Offer", by=cast.marc, at=LATER, why="our word")
    ops.set_norm(stage=stage, norm_days=None, by=cast.marc, at=LATER, why="no hurry")
    ops.set_probability(stage=stage, probability=43, by=cast.marc, at=LATER, why="as observed")
    ops.require(stage=stage, fact="amount", to_enter=True, to_leave=True, by=cast.marc, at=LATER, why="honest sums")
    ops.require(stage=stage, fact="amount", to_enter=False, to_leave=True, by=cast.marc, at=LATER, why="later")
    ops.require(stage=stage, fact="amount", to_enter=False, to_leave=False, by=cast.marc, at=LATER, why="never")
    told = [v.changes[0] for v in ProcessVersion.objects.filter(pipeline=sales, number__gt=1).order_by("number")]
    assert [(change["code"], change["before"], change["after"]) for change in told] == [
        ("stage.renamed", "Proposal", "Offer"),
        ("stage.norm", "21", ""),
        ("stage.probability", "50", "43"),
        ("requirement.added", "", "amount"),
        ("requirement.changed", "amount", "to_leave"),
        ("requirement.removed", "amount", ""),
    ]


def test_names_are_taken_whatever_their_case(cast: Cast, sales: Pipeline) -> None:
    stage = make.stages(sales)[0]
    ops.rename_stage(stage=stage, name="Été", by=cast.marc, at=LATER, why="a season")
    with pytest.raises(ops.NameTaken):
        ops.rename_stage(stage=make.stages(sales)[1], name=" éTÉ ", by=cast.marc, at=LATER, why="a season")
    with pytest.raises(ops.NameTaken):
        make.pipeline("SALES")
    other = make.pipeline("Partners")
    with pytest.raises(ops.NameTaken):
        ops.rename_pipeline(pipeline=other, name="sales", by=cast.marc, at=LATER, why="one name")
    ops.rename_pipeline(pipeline=sales, name="sales", by=cast.marc, at=LATER, why="small letters")
    assert codes(sales) == ["pipeline.renamed"]


def test_a_new_order_leaves_retired_stages_where_they_stood(cast: Cast, sales: Pipeline) -> None:
    stages = make.stages(sales)
    Stage.objects.filter(pk=stages[3].pk).update(retired_at=LATER)
    wanted = [stages[place].pk for place in (5, 2, 0, 1, 4)]
    ops.reorder(pipeline=sales, order=wanted, by=cast.marc, at=LATER, why="as we work")
    assert stage_order(sales.pk) == [stages[place].pk for place in (5, 2, 3, 0, 1, 4)]
    assert "stages.reordered" in codes(sales)
    for wrong in (wanted[:-1], [*wanted, stages[3].pk], [*wanted[:-1], wanted[0]]):
        with pytest.raises(ops.NoSuchStage):
            ops.reorder(pipeline=sales, order=wrong, by=cast.marc, at=LATER, why="as we work")


def test_a_copy_has_all_but_the_name(cast: Cast, sales: Pipeline) -> None:
    ops.require(
        stage=make.stages(sales)[3], fact="amount", to_enter=True, to_leave=True, by=cast.marc, at=LATER, why="honest sums"
    )
    copy = ops.copy_pipeline(source=sales, name="Partners", by=cast.marc, at=LATER, why="the same for partners")
    assert shapes(copy) == shapes(sales)
    assert last(copy).number == 1
    assert copy.position == 1


def test_pipelines_are_put_in_order_without_a_version(cast: Cast, sales: Pipeline) -> None:
    others = [make.pipeline(name) for name in ("Partners", "Renewals")]
    ops.reorder_pipelines(order=[others[1].pk, 999, sales.pk], by=cast.marc, at=LATER)
    assert [row.name for row in Pipeline.objects.in_use()] == ["Renewals", "Sales", "Partners"]
    assert ProcessVersion.objects.count() == 3
    assert Entry.objects.filter(verb="pipelines.reordered").count() == 1


def test_no_change_without_its_why(cast: Cast, sales: Pipeline) -> None:
    for why in ("", "   "):
        with pytest.raises(ops.WhyMissing):
            ops.set_norm(stage=make.stages(sales)[0], norm_days=3, by=cast.marc, at=LATER, why=why)
        with pytest.raises(ops.WhyMissing):
            ops.create_pipeline(name="Partners", by=cast.marc, at=LATER, why=why)
    assert Pipeline.objects.count() == 1
    assert last(sales).number == 1


def test_the_second_of_two_managers_is_told(cast: Cast, sales: Pipeline) -> None:
    stages = make.stages(sales)
    ops.set_norm(stage=stages[0], norm_days=3, by=cast.marc, at=LATER, why="faster")
    keys = [stage.pk for stage in reversed(stages)]
    with pytest.raises(ops.ProcessOvertaken) as told:
        ops.reorder(pipeline=sales, order=keys, by=cast.alice, at=LATER, why="as we work", seen=1)
    assert (told.value.last.by, told.value.last.number) == (cast.marc, 2)


def test_a_version_says_what_is_expected_of_it_and_so_does_the_journal(cast: Cast, sales: Pipeline) -> None:
    stage = make.stages(sales)[3]
    promise = Promise(f"conversion:{stage.pk}", " +5 points ", date(2026, 3, 1), {"split_test": 7})
    ops.require(stage=stage, fact="amount", to_enter=True, to_leave=False, by=cast.marc, at=LATER, why="Tried", promise=promise)
    version = last(sales)
    assert (version.expects_measure, version.expects_change) == (f"conversion:{stage.pk}", "+5 points")
    assert (version.retest_on, version.evidence) == (date(2026, 3, 1), {"split_test": 7})
    told = Entry.objects.filter(verb="process.changed").latest("pk").data["promise"]
    assert told == {**promise.as_json(), "retest_on": "2026-03-01"}
    assert measured(version.expects_measure) == ("conversion", stage.pk)


def test_changes_within_one_change_are_one_version(cast: Cast, sales: Pipeline) -> None:
    first, second = make.stages(sales)[:2]
    with ops.changing(pipeline=sales, by=cast.marc, at=LATER, why="Both at once"):
        ops.set_norm(stage=first, norm_days=3, by=cast.marc, at=LATER, why="inner")
        ops.set_norm(stage=second, norm_days=4, by=cast.marc, at=LATER, why="inner")
    assert (last(sales).number, last(sales).why, codes(sales)) == (2, "Both at once", ["stage.norm", "stage.norm"])


def test_no_version_is_ever_rewritten(cast: Cast, sales: Pipeline) -> None:
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        ProcessVersion.objects.update(why="Another")
