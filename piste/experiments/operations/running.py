"""Starting a test, pausing it, stopping it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.experiments import rules
from piste.experiments.models import Change, SplitTest, Variant
from piste.experiments.queries.varied import automation_rows, stages_of_texts, subjects, texts_of, touched
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import NoSuchStage, mark_tested
from piste.playbooks.operations import put_arm

from .designing import AlreadyStarted
from .telling import lock, tell


class NothingVaried(ValueError):
    """No variant does anything otherwise: there is nothing to compare."""


class NothingThere(Exception):
    """A template or an automation that the test varies is out of use."""


class Overlaps(Exception):
    """Another test in force cannot run beside this one; `other` is it. `on` names the subjects both vary; without any they are
    on the same stage and could run together, declared factorial."""

    def __init__(self, other: SplitTest, on: list[str]) -> None:
        super().__init__(other.title)
        self.other, self.on = other, on


class NotRunning(Exception):
    """The test is not in a state that this could be done in."""


@transaction.atomic
def start(*, test: SplitTest, by: Member, at: datetime, cause: str = "page") -> None:
    """Begins to draw; what the test compares is fixed from here on.

    Raises `AlreadyStarted`, `NothingThere`, `NothingVaried`, `Overlaps`, `pipelines.operations.NoSuchStage`, and for a playbook
    of a variant what `playbooks.operations.set_guide` raises.
    """
    # The pipeline and the stage first: two tests that start at once take turns.
    Pipeline.objects.select_for_update(no_key=True).get(pk=test.pipeline_id)
    stage = Stage.objects.select_for_update(no_key=True).get(pk=test.stage_id)
    if stage.retired_at is not None:
        raise NoSuchStage(stage.name)
    current = lock(test)
    if current.started_at is not None or current.dropped_at is not None:
        raise AlreadyStarted
    _check_there(current)
    variants = list(current.variants.prefetch_related("changes").order_by("position"))
    if not any(subjects(variant) for variant in variants):
        raise NothingVaried
    _check_others(current, variants)
    for variant in variants:
        if variant.guide is not None:
            own = rules.worded(rules.guide_from_json(variant.guide), variant.wordings)
            put_arm(stage=stage, guide=own, arm=variant.pk, at=at)
    current.arms = [[variant.pk, variant.share] for variant in variants]
    current.started_at, current.started_by = at, by
    current.save(update_fields=["arms", "started_at", "started_by"])
    mark_tested(stage=stage, tested=True)
    for other in stages_of_texts(current):
        mark_tested(stage=other, tested=True)
    tell("started", current, by=by, at=at, cause=cause, planned=current.planned_count)


def _check_there(test: SplitTest) -> None:
    """That what is varied is in use. What became of an automation since it was chosen counts: a variant that by now does the same
    with it does as everybody."""
    changes = Change.objects.filter(variant__test=test)
    texts = set(changes.exclude(template=None).values_list("template_id", flat=True))
    if texts - set(texts_of(test.pipeline_id).values_list("pk", flat=True)):
        raise NothingThere
    rows = {row["id"]: row for row in automation_rows(test.pipeline)} if changes.exclude(automation=None).exists() else {}
    for change in changes.exclude(automation=None):
        row = rows.get(change.automation)
        if row is None:
            raise NothingThere
        if not change.way.differs(row):
            change.delete()


def _check_others(test: SplitTest, variants: list[Variant]) -> None:
    mine = touched(test, variants)
    others = SplitTest.objects.in_force().filter(pipeline_id=test.pipeline_id).order_by("pk")
    for other in others.prefetch_related("variants__changes"):
        shared = {name for name, _key in mine & touched(other, other.variants.all())}
        if shared or (other.stage_id == test.stage_id and not test.is_factorial):
            raise Overlaps(other, sorted(shared))


@transaction.atomic
def pause(*, test: SplitTest, by: Member, at: datetime) -> None:
    """Draws no more for a while; deals that have a variant keep it. Raises `NotRunning`."""
    current = _going(test)
    if current.paused_at is not None:
        raise NotRunning
    current.paused_at = at
    current.save(update_fields=["paused_at"])
    tell("paused", current, by=by, at=at)


@transaction.atomic
def resume(*, test: SplitTest, by: Member, at: datetime) -> None:
    """Draws again. Raises `NotRunning`."""
    current = _going(test)
    if current.paused_at is None:
        raise NotRunning
    current.paused_at = None
    current.save(update_fields=["paused_at"])
    tell("resumed", current, by=by, at=at)


@transaction.atomic
def stop(*, test: SplitTest, by: Member, at: datetime, cause: str = "page") -> None:
    """Draws no more for good; deals keep their variant until it is decided. Raises `NotRunning`."""
    current = _going(test)
    current.paused_at, current.stopped_at, current.stopped_by = None, at, by
    current.save(update_fields=["paused_at", "stopped_at", "stopped_by"])
    tell("stopped", current, by=by, at=at, cause=cause)


def _going(test: SplitTest) -> SplitTest:
    current = lock(test)
    if current.started_at is None or current.stopped_at is not None:
        raise NotRunning
    return current
