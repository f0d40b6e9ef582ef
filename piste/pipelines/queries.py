"""Questions about pipelines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from .models import Draft, Pipeline, ProcessVersion, Requirement, Stage
from .rules import Need, Shape, differences, rebased, staying

#: What rooms above add to the definition of stages: asked for stage ids, each answers with what it keeps of them, under a
#: name. `reactions.py` fills it.
ADDITIONS: dict[str, Callable[[Collection[int]], dict[int, dict[str, Any]]]] = {}
#: How they tell what changed in it: the stage's name, before, after. By the same names.
DIFFERENCES: dict[str, Callable[[str, Mapping[str, Any], Mapping[str, Any]], list[dict[str, str]]]] = {}
#: What rooms above add to the definition of a whole pipeline, as JSON under a name; and how they tell what changed in it,
#: given before (None: nothing was said of it) and after. `operations.PUTTING` says how it is made so.
PARTS: dict[str, Callable[[Pipeline], Any]] = {}
PART_DIFFERENCES: dict[str, Callable[[Any, Any], list[dict[str, str]]]] = {}


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
    for name, told in PARTS.items():
        if (said := told(pipeline)) is not None:
            found[name] = said
    if pipeline.retired_at is not None:
        found["retired"] = True
    return found


def with_parts(kept: Mapping[str, Any], pipeline: Pipeline) -> Mapping[str, Any]:
    """What a pipeline's last version keeps, and what is so now of the parts that were not kept yet when it was written."""
    absent = {name: said for name, told in PARTS.items() if name not in kept and (said := told(pipeline))}
    return {**kept, **absent} if absent else kept


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What changed from one definition to the other, what rooms above tell included."""
    found = [change.as_json() for change in differences(before, after)]
    if after.get("leaving"):
        return found
    old = {stage["id"]: stage for stage in before.get("stages", [])}
    for stage in staying(after):
        for name, tell in DIFFERENCES.items():
            found += tell(stage["name"], old.get(stage["id"], {}).get(name, {}), stage.get(name, {}))
    for name, tell_part in PART_DIFFERENCES.items():
        # A version from before this part was kept says nothing of it: what is restored from one leaves it as it is.
        if name in after:
            found += tell_part(before.get(name), after[name])
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a pipeline's process is to become: its draft, put onto what is in force. Without a draft, what is in force.

    `since` is the version the draft was begun on; `contested` what it and later versions changed in two ways.
    """

    draft: Draft | None
    number: int
    now: Mapping[str, Any]
    definition: Mapping[str, Any]
    changes: list[dict[str, str]]
    contested: tuple[tuple[str, str], ...] = ()

    @property
    def since(self) -> int:
        return self.draft.base_number if self.draft is not None else self.number

    def stage(self, key: int) -> Mapping[str, Any] | None:
        """A stage as it is to be."""
        return next((stage for stage in self.definition["stages"] if stage["id"] == key), None)

    @property
    def leaving(self) -> Mapping[str, Any] | None:
        """Where its deals go, of a pipeline that goes out of use with the draft."""
        return self.definition.get("leaving")

    def stage_now(self, key: int) -> Mapping[str, Any] | None:
        """A stage as it is in force."""
        return next((stage for stage in self.now["stages"] if stage["id"] == key), None)


def in_force(pipeline: Pipeline) -> Wanted:
    """The process of a pipeline as it is, whatever its draft wants."""
    version = pipeline.version
    number, now = (version.number, with_parts(version.definition, pipeline)) if version is not None else (0, definition(pipeline))
    return Wanted(None, number, now, now, [])


def wanted(pipeline: Pipeline, *, draft: Draft | None = None) -> Wanted:
    """What the process of a pipeline is to become; `draft` when the caller holds it."""
    if draft is None:
        draft = Draft.objects.filter(pk=pipeline.pk).select_related("by").first()
    present = in_force(pipeline)
    if draft is None:
        return present
    number, now = present.number, present.definition
    if draft.base_number == number:
        return Wanted(draft, number, now, draft.definition, changes_between(now, draft.definition))
    base = ProcessVersion.objects.get(pipeline=pipeline, number=draft.base_number)
    put = rebased(base.definition, draft.definition, now)
    return Wanted(draft, number, now, put.definition, changes_between(now, put.definition), put.contested)


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
