"""Making a pipeline's process be a definition, as one version: what a draft wants, or what a past version said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Draft, Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import definition as definition_of
from piste.pipelines.queries import stages_in_use, wanted
from piste.pipelines.rules import Promise, renumbered, settled, shape_in
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import guide_in

from .errors import DealError
from .reshaping import reshape_stage, retire_pipeline, retire_stage


class NowhereToGo(DealError):
    """Deals stand in a stage that the definition does not have, and no other was named to take them."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage.name)
        self.stage = stage


class NoDraft(DealError):
    """There is nothing to publish: a colleague published or abandoned the draft."""


@transaction.atomic
def publish_draft(
    *,
    pipeline: Pipeline,
    by: Member,
    at: datetime,
    why: str,
    seen: int,
    written: datetime | None = None,
    promise: Promise | None = None,
    adopt: bool = False,
) -> ProcessVersion:
    """Makes the draft the next version; running deals keep what was planned for them, or `adopt` the new playbooks. Stages that
    leave send the deals that stand there now where the draft says; so does a whole pipeline that goes out of use, and nothing
    else of it is published. `written` is when the draft that the caller saw was last written in.

    Raises `NoDraft`, what `retire_pipeline` raises, `pipelines.operations.DraftOvertaken`, and what `apply_definition` raises.
    """
    _hold()
    locked = Pipeline.objects.select_related("version").get(pk=pipeline.pk)
    found = wanted(locked)
    if found.draft is None or not found.changes:
        raise NoDraft
    if written is not None and found.draft.at != written:
        raise pipelines.DraftOvertaken(found.draft)
    if found.leaving is not None:
        return _retired(locked, found.leaving, by=by, at=at, why=why, seen=seen, told=pipeline)
    put = settled(found.definition)
    version = apply_definition(
        pipeline=locked,
        definition=put.definition,
        by=by,
        at=at,
        why=why,
        seen=seen,
        promise=promise,
        adopt=adopt,
        destinations=put.destinations,
        merged=put.merged,
    )
    Draft.objects.filter(pk=pipeline.pk).delete()
    pipeline.version = version
    return version


def _retired(
    pipeline: Pipeline, leaving: Mapping[str, Any], *, by: Member, at: datetime, why: str, seen: int, told: Pipeline
) -> ProcessVersion:
    """Takes the pipeline out of use as its draft says."""
    destination = Stage.objects.filter(pk=leaving["to"] or 0).select_related("pipeline").first()
    retire_pipeline(pipeline=pipeline, destination=destination, by=by, at=at, why=why, seen=seen)
    version = pipeline.version
    assert version is not None  # the one just written
    told.version, told.retired_at = version, at
    return version


@transaction.atomic
def apply_definition(
    *,
    pipeline: Pipeline,
    definition: Mapping[str, Any],
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
    adopt: bool = False,
    destinations: Mapping[int, int] | None = None,
    merged: Collection[int] = (),
) -> ProcessVersion:
    """Makes the process of a pipeline say what `definition` says, as one version, and returns the version then in force: the
    present one when nothing differs. Stages it has again are put in use again; those it has no more go out of use (or, of
    `merged`, into another), their deals to the stage that `destinations` names by ids.

    Raises `NowhereToGo`, `pipelines.operations.NameTaken`, and what the operations on stages and playbooks raise, for it goes
    through them.
    """
    _hold()
    with pipelines.changing(pipeline=pipeline, by=by, at=at, why=why, seen=seen, promise=promise, adopt=adopt):
        told = _Told(pipeline, by, at, why)
        if (name := definition.get("name", pipeline.name)) != pipeline.name:
            pipelines.rename_pipeline(pipeline=pipeline, name=name, **told.facts)
        _revive(definition, told)
        keys = _added(definition, told)
        # The moves of those that leave are read in the new order.
        order = renumbered([stage.pk for stage in stages_in_use(pipeline.pk)], [keys[s["id"]] for s in definition["stages"]])
        pipelines.reorder(pipeline=pipeline, order=order, **told.facts)
        _retire_others(keys, destinations or {}, merged, told)
        _shape(definition, keys, told)
        _write_playbooks(definition, keys, told)
        present = definition_of(pipeline)
        for name, put in pipelines.PUTTING.items():
            if name in definition and definition[name] != present.get(name):
                put(pipeline, definition[name], by, at)
    version = ProcessVersion.objects.filter(pipeline=pipeline).select_related("by").order_by("-number").first()
    assert version is not None  # every pipeline has its first
    pipeline.version = version
    return version


def _hold() -> None:
    """Locks all pipelines in use in one order: what is the company's may become a version of each of them."""
    list(Pipeline.objects.in_use().select_for_update(no_key=True).order_by("pk"))


class _Told:
    """What each step of a change is told alike."""

    def __init__(self, pipeline: Pipeline, by: Member | None, at: datetime, why: str) -> None:
        self.pipeline, self.by, self.at, self.why = pipeline, by, at, why

    @property
    def facts(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "why": self.why}


def _revive(definition: Mapping[str, Any], told: _Told) -> None:
    """Puts the stages in use again that have gone out of use since."""
    asked = [stage["id"] for stage in definition["stages"]]
    for stage in Stage.objects.filter(pipeline=told.pipeline, pk__in=asked).exclude(retired_at=None).select_related("pipeline"):
        pipelines.revive_stage(stage=stage, **told.facts)


def _added(definition: Mapping[str, Any], told: _Told) -> dict[int, int]:
    """Adds the stages that are not there yet; returns the ids of all by those the definition gives them. One that gets the name
    of a stage that leaves has none of its own until that one has left."""
    present = stages_in_use(told.pipeline.pk)
    known = {stage.pk for stage in present}
    kept = {said["id"] for said in definition["stages"]}
    names = {stage.name.casefold(): stage for stage in present}
    keys: dict[int, int] = {}
    for said in definition["stages"]:
        keys[said["id"]] = said["id"]
        if said["id"] not in known:
            shape = shape_in(said)
            holder = names.get(said["name"].casefold())
            if holder is not None and holder.pk in kept:
                pipelines.vacate_names(stages=[holder], **told.facts)
            elif holder is not None:
                shape = replace(shape, name=f"…{said['id']}")
            stage = pipelines.add_stage(pipeline=told.pipeline, shape=shape, after=None, **told.facts)
            keys[said["id"]] = stage.pk
    return keys


def _retire_others(keys: Mapping[int, int], destinations: Mapping[int, int], merged: Collection[int], told: _Told) -> None:
    kept = set(keys.values())
    for stage in stages_in_use(told.pipeline.pk):
        if stage.pk in kept:
            continue
        destination = Stage.objects.filter(pk=keys.get(destinations.get(stage.pk, 0), 0)).select_related("pipeline").first()
        if destination is None:
            raise NowhereToGo(stage)
        retire_stage(stage=stage, destination=destination, merged=stage.pk in merged, **told.facts)


def _shape(definition: Mapping[str, Any], keys: Mapping[int, int], told: _Told) -> None:
    """Shapes the stages that differ; those that get the name another has now give theirs up first."""
    now = {said["id"]: said for said in definition_of(told.pipeline)["stages"]}
    stages = {stage.pk: stage for stage in Stage.objects.filter(pk__in=now).select_related("pipeline")}
    shapes = {keys[said["id"]]: shape_in(said) for said in definition["stages"]}
    changed = {key: shape for key, shape in shapes.items() if shape_in(now[key]) != shape}
    names = {said["name"].casefold(): key for key, said in now.items()}
    moved = [key for key, shape in changed.items() if names.get(shape.name.casefold(), key) != key]
    pipelines.vacate_names(stages=[stages[names[shapes[key].name.casefold()]] for key in moved], **told.facts)
    for key, shape in changed.items():
        reshape_stage(stage=stages[key], shape=shape, **told.facts)


def _write_playbooks(definition: Mapping[str, Any], keys: Mapping[int, int], told: _Told) -> None:
    now = {said["id"]: said.get("playbook", {}) for said in definition_of(told.pipeline)["stages"]}
    stages = {stage.pk: stage for stage in Stage.objects.filter(pk__in=now).select_related("pipeline")}
    for said in definition["stages"]:
        key, playbook = keys[said["id"]], said.get("playbook", {})
        if playbook != now[key]:
            set_guide(stage=stages[key], guide=guide_in(playbook), **told.facts)
