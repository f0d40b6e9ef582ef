"""Questions about pipelines."""

from __future__ import annotations

from typing import Any

from .models import Pipeline, Requirement, Stage


def definition(pipeline: Pipeline) -> dict[str, Any]:
    """The whole definition of a pipeline as JSON: what a process version keeps."""
    stages = pipeline.stages.in_use().order_by("position", "pk")
    needs: dict[int, list[dict[str, Any]]] = {}
    for need in Requirement.objects.filter(stage__pipeline=pipeline).order_by("position", "pk"):
        needs.setdefault(need.stage_id, []).append(
            {"fact": need.fact, "to_enter": need.to_enter, "to_leave": need.to_leave}
        )
    return {
        "name": pipeline.name,
        "stages": [
            {
                "id": stage.pk,
                "name": stage.name,
                "role": stage.role,
                "probability": stage.probability,
                "norm_days": stage.norm_days,
                "requirements": needs.get(stage.pk, []),
            }
            for stage in stages
        ],
    }


def stages_in_use(pipeline_id: int) -> list[Stage]:
    """The stages of a pipeline that deals may stand in, in order."""
    return list(
        Stage.objects.in_use().filter(pipeline_id=pipeline_id).order_by("position", "pk")
    )


def stage_order(pipeline_id: int) -> list[int]:
    """Ids of all stages of a pipeline, retired ones at their old place: the order in which moves are read."""
    return list(
        Stage.objects.filter(pipeline_id=pipeline_id)
        .order_by("position", "pk")
        .values_list("pk", flat=True)
    )
