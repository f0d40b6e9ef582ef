"""Writing playbooks: each change is a version of the pipeline's process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import models, transaction

from piste.company.models import Member
from piste.pipelines.models import Stage
from piste.pipelines.operations import NoSuchStage, changing
from piste.pipelines.rules import Promise

from . import rules
from .models import Assigns, ExitCriterion, Playbook, StandardActivity, Template
from .rules import Guide, Standard


class WaitsForItself(ValueError):
    """Standard activities of which each begins when another of them is done: none would ever begin."""


class NobodyNamed(ValueError):
    """A standard activity for always the same person names nobody, or somebody who has left."""


def set_guide(
    *,
    stage: Stage,
    guide: Guide,
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> None:
    """Makes the playbook of a stage say exactly this, as one process version. Rows that carry an `id` keep it, so that deals
    that followed them still do; what is left out goes out of use.

    Raises `WaitsForItself`, `NobodyNamed`, `pipelines.operations.NoSuchStage` and what `pipelines.operations.changing` raises.
    """
    _check(guide.activities)
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why, seen=seen, promise=promise):
        if not Stage.objects.in_use().filter(pk=stage.pk).exists():
            raise NoSuchStage(stage.name)
        _put_rows(stage, guide, at, None)
        Playbook.objects.update_or_create(stage=stage, defaults={"script": guide.script.strip()})


@transaction.atomic
def put_arm(*, stage: Stage, guide: Guide, arm: int, at: datetime) -> None:
    """Writes the rows of a playbook that the deals with one variant of a split test follow, beside the stage's own. Raises as
    `set_guide`."""
    _check(guide.activities)
    fresh = replace(
        guide,
        activities=tuple(replace(row, id=None) for row in guide.activities),
        criteria=tuple(replace(row, id=None) for row in guide.criteria),
        templates=tuple(replace(row, id=None) for row in guide.templates),
    )
    _put_rows(stage, fresh, at, arm)


def _put_rows(stage: Stage, guide: Guide, at: datetime, arm: int | None) -> None:
    _put_activities(stage, guide.activities, at, arm)
    _put(ExitCriterion, stage, [(row.id, {"text": row.text.strip()}) for row in guide.criteria], at, arm)
    texts = [
        (row.id, {"kind": row.kind, "name": row.name.strip(), "subject": row.subject.strip(), "body": row.body})
        for row in guide.templates
    ]
    _put(Template, stage, texts, at, arm)


def _check(activities: Sequence[Standard]) -> None:
    if rules.in_circle({place: row.after for place, row in enumerate(activities)}):
        raise WaitsForItself
    named = {row.member_id for row in activities if row.assigns == Assigns.MEMBER}
    if None in named or Member.objects.active().filter(pk__in=[key for key in named if key]).count() != len(named):
        raise NobodyNamed


def _put_activities(stage: Stage, wanted: Sequence[Standard], at: datetime, arm: int | None) -> None:
    facts = [
        (
            row.id,
            {
                "kind": row.kind,
                "title": row.title.strip(),
                "detail": row.detail.strip(),
                "offset_days": row.offset_days,
                "assigns": row.assigns,
                "member_id": row.member_id if row.assigns == Assigns.MEMBER else None,
            },
        )
        for row in wanted
    ]
    keys = _put(StandardActivity, stage, facts, at, arm)
    for key, row in zip(keys, wanted, strict=True):
        StandardActivity.objects.filter(pk=key).update(after_id=None if row.after is None else keys[row.after])


def _put(
    model: type[StandardActivity] | type[ExitCriterion] | type[Template],
    stage: Stage,
    wanted: Sequence[tuple[int | None, dict[str, Any]]],
    at: datetime,
    arm: int | None,
) -> list[int]:
    """Writes the rows of one kind in order and returns their keys; those no longer wanted go out of use."""
    rows: models.Manager[Any] = model._default_manager
    # One that has gone out of use comes back when it is wanted again: deals that followed it still do.
    used = dict(rows.filter(stage=stage, arm=arm).values_list("pk", "retired_at"))
    known = {key for key, retired_at in used.items() if retired_at is None}
    keys: list[int] = []
    for place, (key, facts) in enumerate(wanted):
        if key is not None and key in used:
            rows.filter(pk=key).update(position=place, retired_at=None, **facts)
            keys.append(key)
        else:
            keys.append(rows.create(stage=stage, position=place, arm=arm, **facts).pk)
    rows.filter(pk__in=known - set(keys)).update(retired_at=at)
    return keys
