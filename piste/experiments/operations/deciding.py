"""Concluding a test, and making its winner everybody's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.deals.operations import reshape_stage
from piste.experiments import rules
from piste.experiments.models import Decision, SplitTest, Variant
from piste.experiments.queries.varied import AUTOMATIONS, automation_rows, concerning, stages_of_texts
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.operations import PUTTING, NoSuchStage, changing, mark_tested
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Need, Promise, Shape
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide

from .running import NothingThere
from .telling import lock, tell

#: How versions of a process name the contact clock that a room above keeps.
CLOCK = "clock"


class NotStopped(Exception):
    """The test still draws, or was decided already."""


class NothingToRollOut(Exception):
    """The test was not concluded with a winner, or its winner is everybody's already."""


@transaction.atomic
def decide(
    *,
    test: SplitTest,
    decision: str,
    words: str,
    by: Member,
    at: datetime,
    verdict: Mapping[str, Any],
    winner: Variant | None = None,
    cause: str = "page",
) -> None:
    """Concludes a stopped test; `verdict` is what the figures said when it was decided: numbers, as decimal texts, for each
    reads them in a language of their own. From here on every deal is worked as everybody's. Raises `NotStopped`, `ValueError` for
    a decision to adopt nothing."""
    current = lock(test)
    if current.stopped_at is None or current.decided_at is not None:
        raise NotStopped
    if (decision == Decision.ADOPT) != (winner is not None) or (winner is not None and winner.test_id != current.pk):
        raise ValueError("adopted is one of the variants, or nothing")
    current.decision, current.words, current.verdict = decision, words.strip(), dict(verdict)
    current.decided_at, current.decided_by, current.winner = at, by, winner
    current.save(update_fields=["decision", "words", "verdict", "decided_at", "decided_by", "winner"])
    for stage in (current.stage, *stages_of_texts(current)):
        if not concerning(stage.pk).exists():
            mark_tested(stage=stage, tested=False)
    told = {"decision": decision, "words": current.words, "verdict": current.verdict}
    tell("decided", current, by=by, at=at, cause=cause, winner=winner.name if winner else "", **told)


@transaction.atomic
def roll_out(
    *, test: SplitTest, by: Member, at: datetime, why: str, retest_on: date | None, change: str = "", cause: str = "page"
) -> ProcessVersion:
    """Makes the adopted variant everybody's, as one version of the process that names the test.

    A contact clock is the company's: the other pipelines get a version that says so. Raises `NothingToRollOut`,
    `NothingThere` when a template or an automation is out of use by now, and what `playbooks.operations.set_guide` and
    `deals.operations.reshape_stage` raise.
    """
    # What is the company's may become a version of each pipeline: all of them are locked, in one order.
    list(Pipeline.objects.in_use().select_for_update(no_key=True).order_by("pk"))
    current = lock(test)
    variant = current.winner
    if current.decision != Decision.ADOPT or variant is None or current.rolled_out_at is not None:
        raise NothingToRollOut
    stage = Stage.objects.select_related("pipeline").get(pk=current.stage_id)
    if stage.retired_at is not None:
        raise NoSuchStage(stage.name)
    before = stage.pipeline.version_id
    promise = Promise(_measure(current), change, retest_on, {"split_test": current.pk})
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why, cause=cause, promise=promise):
        if variant.guide is not None:
            own = rules.worded(rules.guide_from_json(variant.guide), variant.wordings)
            set_guide(stage=stage, guide=own, by=by, at=at, why=why)
        if variant.needs is not None:
            reshape_stage(stage=stage, shape=_leaving(shape_of(stage), variant.needs), by=by, at=at, why=why)
        for other in stages_of_texts(current):
            # A playbook of the variant says already what becomes of the templates of its stage.
            if variant.guide is None or other.pk != stage.pk:
                _reword(other, variant, by=by, at=at, why=why)
        if variant.ways:
            _rearrange(current, variant.ways, by=by, at=at)
        if variant.clock_days is not None:
            PUTTING[CLOCK](stage.pipeline, {"role": stage.role, "working_days": variant.clock_days}, by, at)
    version = stage.pipeline.version
    assert version is not None
    current.rolled_out_at, current.retest_on = at, retest_on
    current.version = version if version.pk != before else None
    current.save(update_fields=["rolled_out_at", "retest_on", "version"])
    tell("rolled_out", current, by=by, at=at, cause=cause, version=version.number, variant=variant.name)
    return version


def _reword(stage: Stage, variant: Variant, *, by: Member, at: datetime, why: str) -> None:
    """Has the templates of a stage say to everybody what the variant said by them."""
    texts = variant.changes.filter(template__stage=stage).select_related("template")
    if not texts:
        return
    if stage.retired_at is not None or any(row.template is None or row.template.retired_at is not None for row in texts):
        raise NothingThere
    wanted = rules.worded(guide(stage.pk), {row.template_id: row.wording for row in texts if row.template_id is not None})
    set_guide(stage=stage, guide=wanted, by=by, at=at, why=why)


def _rearrange(test: SplitTest, ways: Mapping[int, rules.Way], *, by: Member, at: datetime) -> None:
    """Has the automations do for everybody what they did for the variant, through the room that keeps them."""
    rows = automation_rows(test.pipeline)
    if ways.keys() - {row["id"] for row in rows}:
        raise NothingThere
    wanted = [ways[row["id"]].applied(row) if row["id"] in ways else row for row in rows]
    PUTTING[AUTOMATIONS](test.pipeline, wanted, by, at)


def _measure(test: SplitTest) -> str:
    """What the version is looked at again by, in the words of `pipelines.rules.MEASURES`."""
    names = {"reaches": f"conversion:{test.stage_id}", "wins": "wins", "amount": "amount", "days": f"days:{test.stage_id}"}
    return names[test.measure]


def _leaving(shape: Shape, facts: list[str]) -> Shape:
    """The stage asking for these facts, and no others, to leave it; what it asks to enter stays."""
    asked = [Need(need.fact, need.to_enter, need.fact in facts) for need in shape.needs if need.to_enter or need.fact in facts]
    known = {need.fact for need in asked}
    needs = (*asked, *(Need(fact, to_enter=False, to_leave=True) for fact in facts if fact not in known))
    return Shape(shape.name, shape.role, shape.probability, shape.norm_days, needs)
