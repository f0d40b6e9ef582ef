"""Which automations there are."""

from __future__ import annotations

from typing import Any

from piste.automations.models import Automation, AutomationSet
from piste.pipelines.models import Pipeline


def automations_of(pipeline_id: int) -> AutomationSet:
    """The automations in use of a pipeline, in the order they were made."""
    return Automation.objects.in_use().filter(pipeline_id=pipeline_id).order_by("pk")


def told(pipeline: Pipeline) -> list[dict[str, Any]] | None:
    """The automations of a pipeline as JSON, as a process version keeps them; None as long as it has never had one."""
    found = [
        {
            "id": row.pk,
            "name": row.name,
            "recipe": row.recipe,
            "most_per_hour": row.most_per_hour,
            "past": row.past,
            "on": row.paused_at is None,
        }
        for row in automations_of(pipeline.pk)
    ]
    return found if found or Automation.objects.filter(pipeline=pipeline).exists() else None
