"""Designing a split test, before it starts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.experiments import rules
from piste.experiments.models import Change, Idea, Measure, SplitTest, Variant
from piste.experiments.queries import next_number
from piste.experiments.queries.varied import automation_rows, texts_of
from piste.experiments.rules import Arm, Plan, Way, Wording
from piste.pipelines.models import Pipeline, Stage
from piste.playbooks.rules import Guide

from .telling import lock, tell


class AlreadyStarted(Exception):
    """The test has started: what it compares is no longer changed."""


class BadShares(ValueError):
    """The shares of the variants are not 100 per cent in all, or there are too few or too many variants."""


class NotVaried(ValueError):
    """The control does nothing otherwise, nor does any variant with what is not in use in the pipeline of its test."""


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
    """Changes a design that has not started; playbooks, texts and ways with automations that were already written for variants
    stay where `arms` has none at their place.

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
    """Writes the playbook of a variant, or has it follow everybody's. Raises `AlreadyStarted`, `NotVaried`."""
    test = _varying(variant)
    Variant.objects.filter(pk=variant.pk).update(guide=None if guide is None else rules.guide_as_json(guide))
    tell("redesigned", test, by=by, at=at, variant=variant.name)


@transaction.atomic
def set_variant_wording(*, variant: Variant, template: int, wording: Wording | None, by: Member, at: datetime) -> None:
    """Writes what a variant says by a template, or has it say what everybody does. Raises `AlreadyStarted`, `NotVaried`."""
    test = _varying(variant)
    if wording is not None and not texts_of(test.pipeline_id).filter(pk=template).exists():
        raise NotVaried
    _put(variant, {"template_id": template}, None if wording is None else asdict(wording))
    tell("redesigned", test, by=by, at=at, variant=variant.name)


@transaction.atomic
def set_variant_way(*, variant: Variant, automation: int, way: Way | None, by: Member, at: datetime) -> None:
    """Says what a variant does with an automation, or has it do what everybody does. Raises `AlreadyStarted`, `NotVaried`."""
    test = _varying(variant)
    if way is not None and all(row["id"] != automation for row in automation_rows(test.pipeline)):
        raise NotVaried
    _put(variant, {"automation": automation}, None if way is None else way.as_json())
    tell("redesigned", test, by=by, at=at, variant=variant.name)


def _varying(variant: Variant) -> SplitTest:
    test = _design(variant.test)
    if variant.position == 0:
        raise NotVaried
    return test


def _put(variant: Variant, of: dict[str, Any], said: dict[str, Any] | None) -> None:
    """Keeps what a variant does otherwise with one template or automation, or that it does as everybody."""
    if said is None:
        Change.objects.filter(variant=variant, **of).delete()
    else:
        Change.objects.update_or_create(variant=variant, **of, defaults={"said": said})


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
    """Writes the variants; the control is as everybody."""
    test.variants.filter(position__gte=len(arms)).delete()
    for place, arm in enumerate(arms):
        facts: dict[str, Any] = {"name": arm.name.strip(), "share": arm.share}
        if place:
            facts |= {"needs": None if arm.needs is None else list(arm.needs), "clock_days": arm.clock_days}
            if arm.guide is not None:
                facts["guide"] = rules.guide_as_json(arm.guide)
        variant, _made = Variant.objects.update_or_create(test=test, position=place, defaults=facts)
        for template, wording in arm.wordings.items() if place else ():
            _put(variant, {"template_id": template}, asdict(wording))
        for automation, way in arm.ways.items() if place else ():
            _put(variant, {"automation": automation}, way.as_json())
