"""The draft of a process: written part by part by those who may change it, published or abandoned as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.journal.operations import record
from piste.pipelines.models import Draft, Pipeline, Stage
from piste.pipelines.queries import wanted
from piste.pipelines.rules import Shape, staying, told_shape

from .changing import NameTaken
from .pipelines import free_name
from .stages import NoSuchStage


class DraftOvertaken(Exception):
    """Somebody else wrote in the same part of the draft since the caller saw it; `draft` says who."""

    def __init__(self, draft: Draft | None) -> None:
        super().__init__("overtaken in the draft")
        self.draft = draft


class TakesDeals(ValueError):
    """Another stage that is to leave sends its deals here; the argument is that one's name."""


def draft_stage(*, pipeline: Pipeline, key: int, shape: Shape, by: Member, at: datetime, seen: Any = None) -> None:
    """Writes into the draft all that is decided about a stage, its playbook apart. `seen` is what the caller saw there, as
    `rules.told_shape` tells it.

    Raises `NameTaken`, `NoSuchStage`, `DraftOvertaken`.
    """

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        stage = _stage(definition, key)
        _free(shape.name, definition, besides=key)
        said = told_shape(shape)
        if seen is not None and {name: stage[name] for name in said} not in (seen, said):
            raise DraftOvertaken(draft)
        stage |= said

    _write(pipeline, edit, by=by, at=at)


def draft_new_stage(*, pipeline: Pipeline, shape: Shape, after: int | None, by: Member, at: datetime) -> int:
    """Puts a new stage into the draft, behind another or at the head; returns the key it has there, below 0.

    Raises `NameTaken`, `NoSuchStage`.
    """
    given: list[int] = []

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        _free(shape.name, definition)
        stages = definition["stages"]
        place = 0 if after is None else stages.index(_stage(definition, after)) + 1
        given.append(min([stage["id"] for stage in stages if stage["id"] < 0], default=0) - 1)
        stages.insert(place, {"id": given[0], **told_shape(shape)})

    _write(pipeline, edit, by=by, at=at)
    return given[0]


def drop_new_stage(*, pipeline: Pipeline, key: int, by: Member, at: datetime) -> None:
    """Takes a stage that is not in force yet out of the draft. Raises `NoSuchStage`, `TakesDeals`."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        if key >= 0:
            raise NoSuchStage
        stage = _stage(definition, key)
        if sender := next((other for other in definition["stages"] if other.get("leaving", {}).get("to") == key), None):
            raise TakesDeals(sender["name"])
        definition["stages"].remove(stage)

    _write(pipeline, edit, by=by, at=at)


def draft_leaving(*, pipeline: Pipeline, key: int, to: int, merged: bool, by: Member, at: datetime) -> None:
    """Says in the draft that a stage goes out of use, or is merged into another, and which stage that stays takes its deals.
    What was to go to it goes there as well. Raises `NoSuchStage`."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        stage, destination = _stage(definition, key), _stage(definition, to)
        if key < 0 or key == to or destination.get("leaving"):
            raise NoSuchStage
        stage["leaving"] = {"to": to, "merged": merged}
        for other in definition["stages"]:
            if other.get("leaving", {}).get("to") == key:
                other["leaving"] = {**other["leaving"], "to": to}

    _write(pipeline, edit, by=by, at=at)


def keep_stage(*, pipeline: Pipeline, key: int, by: Member, at: datetime) -> None:
    """Takes back in the draft that a stage leaves. Raises `NoSuchStage`, `NameTaken` when another was given its name."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        stage = _stage(definition, key)
        stage.pop("leaving", None)
        _free(stage["name"], definition, besides=key)

    _write(pipeline, edit, by=by, at=at)


def draft_retirement(*, pipeline: Pipeline, to: Stage | None, by: Member, at: datetime) -> None:
    """Says in the draft that the whole pipeline goes out of use, and which stage of another one in use takes its deals (None:
    there are none to take). What else the draft holds waits, and stays should the pipeline be kept. Raises `NoSuchStage`."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        if to is None:
            definition["leaving"] = {"to": None, "name": ""}
            return
        found = Stage.objects.taking_deals().exclude(pipeline=pipeline).filter(pk=to.pk).select_related("pipeline").first()
        if found is None:
            raise NoSuchStage
        definition["leaving"] = {"to": found.pk, "name": f"{found.pipeline.name}, {found.name}"}

    _write(pipeline, edit, by=by, at=at)


def keep_pipeline(*, pipeline: Pipeline, by: Member, at: datetime) -> None:
    """Takes back in the draft that the pipeline goes out of use."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        definition.pop("leaving", None)

    _write(pipeline, edit, by=by, at=at)


def draft_name(*, pipeline: Pipeline, name: str, by: Member, at: datetime) -> None:
    """Gives the pipeline another name in the draft. Raises `NameTaken`."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        free_name(name, besides=pipeline)
        definition["name"] = name.strip()

    _write(pipeline, edit, by=by, at=at)


def draft_order(*, pipeline: Pipeline, order: Sequence[int], by: Member, at: datetime) -> None:
    """Puts the stages of the draft in this order, which must name each once. Raises `NoSuchStage`."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        stages = {stage["id"]: stage for stage in definition["stages"]}
        if len(order) != len(stages) or set(order) != stages.keys():
            raise NoSuchStage
        definition["stages"] = [stages[key] for key in order]

    _write(pipeline, edit, by=by, at=at)


def draft_addition(
    *, pipeline: Pipeline, key: int, name: str, said: dict[str, Any], by: Member, at: datetime, seen: Any = None
) -> None:
    """Writes into the draft what a room above keeps of a stage (`queries.ADDITIONS`), as it tells it; `seen` is what the
    caller saw there. Raises `NoSuchStage`, `DraftOvertaken`."""

    def edit(definition: dict[str, Any], draft: Draft | None) -> None:
        stage = _stage(definition, key)
        if seen is not None and stage.get(name, {}) not in (seen, said):
            raise DraftOvertaken(draft)
        stage.pop(name, None)
        if said:
            stage[name] = said

    _write(pipeline, edit, by=by, at=at)


def draft_part(*, pipeline: Pipeline, name: str, said: Any, by: Member, at: datetime) -> None:
    """Writes into the draft what a room above keeps of the whole pipeline (`queries.PARTS`), as it tells it."""

    edit_part(pipeline=pipeline, name=name, edit=lambda now, draft: said, by=by, at=at)


def edit_part(*, pipeline: Pipeline, name: str, edit: Callable[[Any, Draft | None], Any], by: Member, at: datetime) -> None:
    """The same for what is one of several things in that part: `edit` is given the part as the draft has it, under its lock, and
    the draft; it answers with the part as it is to be, or raises."""

    def write(definition: dict[str, Any], draft: Draft | None) -> None:
        definition[name] = edit(definition.get(name), draft)

    _write(pipeline, write, by=by, at=at)


@transaction.atomic
def abandon_draft(*, pipeline: Pipeline, by: Member, at: datetime) -> bool:
    """Drops the draft; False when there is none any more."""
    Pipeline.objects.select_for_update(no_key=True).get(pk=pipeline.pk)
    draft = Draft.objects.filter(pk=pipeline.pk).first()
    if draft is None:
        return False
    changes = wanted(pipeline, draft=draft).changes
    draft.delete()
    _tell("process.draft_abandoned", pipeline, by, at, changes)
    return True


@transaction.atomic
def _write(pipeline: Pipeline, edit: Callable[[dict[str, Any], Draft | None], None], *, by: Member, at: datetime) -> None:
    """Changes the draft under its pipeline's lock, on what is in force now. One that changes nothing any more is none."""
    locked = Pipeline.objects.select_for_update(no_key=True, of=("self",)).select_related("version").get(pk=pipeline.pk)
    if locked.retired_at is not None:
        raise NoSuchStage
    before = wanted(locked)
    definition = deepcopy(dict(before.definition))
    edit(definition, before.draft)
    if definition == before.definition:
        return
    draft = before.draft or Draft(pipeline=locked, started_at=at)
    draft.base_number, draft.definition, draft.by, draft.at = before.number, definition, by, at
    after = wanted(locked, draft=draft)
    if after.changes:
        draft.save()
    elif before.draft is not None:
        before.draft.delete()
    if after.changes != before.changes:
        _tell("process.drafted", locked, by, at, after.changes)


def _tell(verb: str, pipeline: Pipeline, by: Member, at: datetime, changes: list[dict[str, str]]) -> None:
    record(
        verb=verb,
        subject_kind="pipeline",
        subject_id=pipeline.pk,
        pipeline_id=pipeline.pk,
        actor_id=by.pk,
        at=at,
        data={"changes": changes},
    )


def _stage(definition: dict[str, Any], key: int) -> dict[str, Any]:
    found: dict[str, Any] | None = next((stage for stage in definition["stages"] if stage["id"] == key), None)
    if found is None:
        raise NoSuchStage
    return found


def _free(name: str, definition: dict[str, Any], *, besides: int | None = None) -> None:
    """Raises `NameTaken` when another stage of the draft has this name, whatever the case of its letters."""
    for stage in staying(definition):
        if stage["id"] != besides and stage["name"].casefold() == name.strip().casefold():
            raise NameTaken(name)
