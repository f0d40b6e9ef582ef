"""Whole pipelines: made, copied, renamed, put in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from piste.company.models import Member
from piste.journal.operations import record
from piste.pipelines.models import Pipeline, Stage, StageRole
from piste.pipelines.queries import shapes
from piste.pipelines.rules import DEFAULT_STAGES, Promise, Shape

from .changing import NameTaken, changing
from .stages import put_needs


@transaction.atomic
def create_pipeline(
    *,
    name: str,
    stages: Sequence[tuple[str, str, int, int | None]] | None = None,
    by: Member | None,
    at: datetime,
    why: str,
    cause: str = "page",
) -> Pipeline:
    """A new pipeline with its stages (name, role, probability in per cent, norm in days); the six default ones when none
    are given, named in the language active now. Raises `NameTaken`, `WhyMissing`."""
    given = [Shape(*stage) for stage in stages or ()] or [
        Shape(str(StageRole(role).label), role, probability, norm) for role, probability, norm in DEFAULT_STAGES
    ]
    return _create(name, given, by=by, at=at, why=why, cause=cause)


@transaction.atomic
def copy_pipeline(*, source: Pipeline, name: str, by: Member | None, at: datetime, why: str) -> Pipeline:
    """A new pipeline with the stages of another, their norms and required facts. Raises `NameTaken`, `WhyMissing`."""
    return _create(name, shapes(source), by=by, at=at, why=why, cause="page")


@transaction.atomic
def rename_pipeline(
    *,
    pipeline: Pipeline,
    name: str,
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> None:
    """Gives a pipeline another name. Raises `NameTaken` and what `changing` raises."""
    with changing(pipeline=pipeline, by=by, at=at, why=why, seen=seen, promise=promise):
        free_name(name, besides=pipeline)
        pipeline.name = name.strip()
        Pipeline.objects.filter(pk=pipeline.pk).update(name=pipeline.name)


@transaction.atomic
def reorder_pipelines(*, order: Sequence[int], by: Member | None, at: datetime) -> None:
    """Shows the pipelines in use in this order of ids; those not named follow in their present order.

    The process itself does not change, so no version is written.
    """
    present = list(Pipeline.objects.in_use().order_by("position", "pk").values_list("pk", flat=True))
    wanted = [key for key in dict.fromkeys(order) if key in present]
    wanted += [key for key in present if key not in wanted]
    if wanted == present:
        return
    for place, key in enumerate(wanted):
        Pipeline.objects.filter(pk=key).update(position=place)
    record(
        verb="pipelines.reordered",
        subject_kind="settings",
        subject_id=1,
        actor_id=by.pk if by else None,
        at=at,
        data={"order": wanted},
    )


def _create(name: str, stages: Sequence[Shape], *, by: Member | None, at: datetime, why: str, cause: str) -> Pipeline:
    free_name(name)
    last = Pipeline.objects.aggregate(last=Max("position"))["last"]
    pipeline = Pipeline.objects.create(name=name.strip(), position=0 if last is None else last + 1, created_at=at)
    with changing(pipeline=pipeline, by=by, at=at, why=why, cause=cause):
        for place, shape in enumerate(stages, start=1):
            stage = Stage.objects.create(
                pipeline=pipeline,
                name=shape.name,
                role=shape.role,
                position=place * 10,
                probability=shape.probability,
                norm_days=shape.norm_days,
                created_at=at,
            )
            put_needs(stage, shape.needs)
    return pipeline


def free_name(name: str, *, besides: Pipeline | None = None) -> None:
    """Raises `NameTaken` when another pipeline in use has this name, whatever the case of its letters."""
    for other in Pipeline.objects.in_use():
        if other != besides and other.name.casefold() == name.strip().casefold():
            raise NameTaken(name)
