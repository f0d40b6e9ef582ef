"""Designing a split test, before it starts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.experiments import rules
from piste.experiments.models import Idea, Measure, SplitTest, Variant
from piste.experiments.queries import next_number
from piste.experiments.rules import Arm, Plan
from piste.pipelines.models import Pipeline, Stage
from piste.playbooks.rules import Guide

from .telling import lock, tell


class AlreadyStarted(Exception):
    """The test has started: what it compares is no longer changed."""


class BadShares(ValueError):
    """The shares of the variants are not 100 per cent in all, or there are too few or too many variants."""


class NoGoal(ValueError):
    """The measure is reaching a stage, and no stage further on is named."""


@transaction.atomic
def design(
    *,
    stage: Stage,
    plan: Plan,
    arms: Sequence[Arm],
    by: Member,
    at: datetime,
    idea: Idea | None = None,
    cause: str = "page",
    salt: str = "",
) -> SplitTest:
    """A design to be looked at and started. The first of `arms` is the control, and as for everybody.

    `salt` is by chance unless given (a past that is brought in). Raises `BadShares`, `NoGoal`.
    """
    _check(plan, arms)
    Pipeline.objects.select_for_update(no_key=True).get(pk=stage.pipeline_id)
    test = SplitTest.objects.create(
        number=next_number(stage.pipeline_id),
        pipeline_id=stage.pipeline_id,
        stage=stage,
        idea=idea,
        salt=salt or secrets.token_hex(16),
        designed_at=at,
        designed_by=by,
        **_columns(plan),
    )
    _put_arms(test, arms)
    tell("designed", test, by=by, at=at, cause=cause, stage=stage.pk, variants=[arm.name for arm in arms])
    return test


@transaction.atomic
def redesign(*, test: SplitTest, plan: Plan, arms: Sequence[Arm], by: Member, at: datetime) -> SplitTest:
    """Changes a design that has not started; playbooks already written for variants stay where `arms` has none at their place.

    Raises `AlreadyStarted`, `BadShares`, `NoGoal`.
    """
    _check(plan, arms)
    current = _design(test)
    for name, value in _columns(plan).items():
        setattr(current, name, value)
    current.save()
    _put_arms(current, arms)
    tell("redesigned", current, by=by, at=at, variants=[arm.name for arm in arms])
    return current


@transaction.atomic
def set_variant_guide(*, variant: Variant, guide: Guide | None, by: Member, at: datetime) -> None:
    """Writes the playbook of a variant, or has it follow everybody's. Raises `AlreadyStarted`."""
    test = _design(variant.test)
    said = None if guide is None else rules.guide_as_json(guide)
    Variant.objects.filter(pk=variant.pk).update(guide=said)
    tell("redesigned", test, by=by, at=at, variant=variant.name)


@transaction.atomic
def drop_design(*, test: SplitTest, by: Member, at: datetime) -> None:
    """Gives up a design that has not started. Raises `AlreadyStarted`."""
    current = _design(test)
    if current.dropped_at is None:
        current.dropped_at = at
        current.save(update_fields=["dropped_at"])
        tell("dropped", current, by=by, at=at)


def _design(test: SplitTest) -> SplitTest:
    current = lock(test)
    if current.started_at is not None:
        raise AlreadyStarted
    return current


def _check(plan: Plan, arms: Sequence[Arm]) -> None:
    if not 2 <= len(arms) <= rules.MOST_VARIANTS or sum(arm.share for arm in arms) != 100 or min(arm.share for arm in arms) < 1:
        raise BadShares
    if plan.measure == Measure.REACHES and plan.goal_id is None:
        raise NoGoal


def _columns(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title.strip(),
        "unit": plan.unit,
        "among": rules.among_as_json(plan.among),
        "measure": plan.measure,
        "goal_id": plan.goal_id if plan.measure == Measure.REACHES else None,
        "within_days": plan.within_days,
        "currency": plan.currency,
        "smallest": plan.smallest,
        "bar": plan.bar,
        "guards": [guard.as_json() for guard in plan.guards],
        "planned_count": plan.planned_count,
        "expected": dict(plan.expected or {}),
        "is_factorial": plan.is_factorial,
    }


def _put_arms(test: SplitTest, arms: Sequence[Arm]) -> None:
    kept = dict(test.variants.values_list("position", "guide"))
    test.variants.filter(position__gte=len(arms)).delete()
    for place, arm in enumerate(arms):
        guide = kept.get(place) if arm.guide is None else rules.guide_as_json(arm.guide)
        Variant.objects.update_or_create(
            test=test,
            position=place,
            defaults={
                "name": arm.name.strip(),
                "share": arm.share,
                "guide": guide if place else None,
                "needs": None if arm.needs is None or not place else list(arm.needs),
                "clock_days": arm.clock_days if place else None,
            },
        )
