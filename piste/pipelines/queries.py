"""Questions about pipelines."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import connection

from .models import Pipeline, ProcessVersion, Requirement, Stage
from .rules import Need, Shape

#: What rooms above add to the definition of stages: asked for stage ids, each answers with what it keeps of them, under a
#: name. `reactions.py` fills it.
ADDITIONS: dict[str, Callable[[Collection[int]], dict[int, dict[str, Any]]]] = {}


def definition(pipeline: Pipeline) -> dict[str, Any]:
    """The whole definition of a pipeline as JSON: what a process version keeps.

    `merged` names, by id of a stage folded into another, that other; `retired` stands there once the pipeline is.
    """
    stages = list(pipeline.stages.in_use().order_by("position", "pk"))
    needs = _needs(pipeline)
    found: dict[str, Any] = {
        "name": pipeline.name,
        "stages": [
            {
                "id": stage.pk,
                "name": stage.name,
                "role": stage.role,
                "probability": stage.probability,
                "norm_days": stage.norm_days,
                "requirements": [
                    {"fact": need.fact, "to_enter": need.to_enter, "to_leave": need.to_leave} for need in needs.get(stage.pk, ())
                ],
            }
            for stage in stages
        ],
    }
    for name, asked in ADDITIONS.items():
        added = asked([stage.pk for stage in stages])
        for said in found["stages"]:
            if said["id"] in added:
                said[name] = added[said["id"]]
    merged = pipeline.stages.exclude(merged_into=None).order_by("pk").values_list("pk", "merged_into__name")
    if folded := {str(key): name for key, name in merged}:
        found["merged"] = folded
    if pipeline.retired_at is not None:
        found["retired"] = True
    return found


def shapes(pipeline: Pipeline) -> list[Shape]:
    """What is decided about each stage in use, in order."""
    needs = _needs(pipeline)
    return [_shape(stage, needs.get(stage.pk, [])) for stage in stages_in_use(pipeline.pk)]


def shape_of(stage: Stage) -> Shape:
    """What is decided about one stage."""
    return _shape(stage, needs_of(stage))


def needs_of(stage: Stage) -> list[Need]:
    """The facts a stage asks for, in order."""
    rows = Requirement.objects.filter(stage=stage).order_by("position", "pk")
    return [Need(*row) for row in rows.values_list("fact", "to_enter", "to_leave")]


def stages_in_use(pipeline_id: int) -> list[Stage]:
    """The stages of a pipeline that deals may stand in, in order."""
    return list(Stage.objects.in_use().filter(pipeline_id=pipeline_id).order_by("position", "pk"))


def stage_order(pipeline_id: int) -> list[int]:
    """Ids of all stages of a pipeline, retired ones at their old place: the order in which moves are read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM pipelines_stage WHERE pipeline_id = %s ORDER BY position, id", [pipeline_id])
        return [key for (key,) in cursor.fetchall()]


def versions_since(pipeline_id: int) -> list[tuple[datetime, int]]:
    """When each version came into force, with its id, oldest first."""
    found = ProcessVersion.objects.filter(pipeline_id=pipeline_id).order_by("at", "number")
    return list(found.values_list("at", "pk"))


def versions(pipeline: Pipeline, *, latest: int | None = None) -> list[ProcessVersion]:
    """The versions of a pipeline (or its latest ones) with who made them, newest first, without their whole definitions."""
    found = ProcessVersion.objects.filter(pipeline=pipeline).select_related("by").defer("definition")
    return list(found.order_by("-number")[:latest])


def _needs(pipeline: Pipeline) -> dict[int, list[Need]]:
    needs: dict[int, list[Need]] = {}
    rows = Requirement.objects.filter(stage__pipeline=pipeline).order_by("position", "pk")
    for stage_id, fact, enter, leave in rows.values_list("stage_id", "fact", "to_enter", "to_leave"):
        needs.setdefault(stage_id, []).append(Need(fact, enter, leave))
    return needs


def _shape(stage: Stage, needs: list[Need]) -> Shape:
    return Shape(stage.name, stage.role, stage.probability, stage.norm_days, tuple(needs))
