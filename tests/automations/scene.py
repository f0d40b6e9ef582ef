"""Automations in one line, and the worker's turn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from piste.automations import operations
from piste.automations.models import Automation, Run
from piste.automations.operations import Wanted
from piste.automations.rules import Action, Condition, Recipe, When
from piste.pipelines.models import Pipeline
from tests.cast import NOW

TASK = Action("task", text="Call", who="owner", days=0)


def automation(
    pipeline: Pipeline, when: When, *actions: Action, conditions: tuple[Condition, ...] = (), at: datetime = NOW, **facts: Any
) -> Automation:
    wanted = Wanted(name=facts.pop("name", "Watch"), recipe=Recipe(when, conditions, actions or (TASK,)), **facts)
    return operations.create(pipeline=pipeline, wanted=wanted, by=None, at=at, why="To be sure")


def states(of: Automation) -> list[str]:
    return list(Run.objects.filter(automation=of).order_by("pk").values_list("state", flat=True))
