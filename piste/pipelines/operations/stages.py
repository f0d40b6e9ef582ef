"""The stages of one pipeline: added, shaped, put in order; what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.pipelines.models import Pipeline, Requirement, Stage
from piste.pipelines.queries import needs_of, shape_of, stage_order, stages_in_use
from piste.pipelines.rules import Need, Promise, Shape, renumbered

from .changing import NameTaken, changing


class NoSuchStage(ValueError):
    """The stage has been retired, or belongs to another pipeline."""


@transaction.atomic
def add_stage(
    *,
    pipeline: Pipeline,
    shape: Shape,
    after: Stage | None,
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> Stage:
    """A new stage behind another, or at the head of the pipeline. Raises `NameTaken`, `NoSuchStage` and what `changing`
    raises."""
    with changing(pipeline=pipeline, by=by, at=at, why=why, seen=seen, promise=promise):
        present = stages_in_use(pipeline.pk)
        _free(shape.name, present)
        keys = [stage.pk for stage in present]
        if after is not None and after.pk not in keys:
            raise NoSuchStage(after.name)
        stage = Stage.objects.create(
            pipeline=pipeline,
            name=shape.name.strip(),
            role=shape.role,
            position=(len(keys) + 1) * 1000,
            probability=shape.probability,
            norm_days=shape.norm_days,
            created_at=at,
        )
        put_needs(stage, shape.needs)
        keys.insert(keys.index(after.pk) + 1 if after is not None else 0, stage.pk)
        _put_in_order(pipeline, keys)
    stage.refresh_from_db()
    return stage


@transaction.atomic
def shape_stage(
    *,
    stage: Stage,
    shape: Shape,
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> None:
    """Sets all that is decided about a stage at once, as one version; `deals.operations.reshape_stage` is the door, for
    a role also decides what the board shows. Raises `NameTaken`, `NoSuchStage` and what `changing` raises."""
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why, seen=seen, promise=promise):
        others = [other for other in stages_in_use(stage.pipeline_id) if other.pk != stage.pk]
        if not Stage.objects.in_use().filter(pk=stage.pk).exists():
            raise NoSuchStage(stage.name)
        _free(shape.name, others)
        stage.name, stage.role = shape.name.strip(), shape.role
        stage.probability, stage.norm_days = shape.probability, shape.norm_days
        stage.save(update_fields=["name", "role", "probability", "norm_days"])
        put_needs(stage, shape.needs)


def rename_stage(*, stage: Stage, name: str, by: Member | None, at: datetime, why: str) -> None:
    """Gives a stage another name; past moves then read under it too. Raises as `shape_stage`."""
    _reshape(stage, by=by, at=at, why=why, name=name)


def set_norm(*, stage: Stage, norm_days: int | None, by: Member | None, at: datetime, why: str) -> None:
    """Sets the number of days a deal should stay, None for no norm. Raises as `shape_stage`."""
    _reshape(stage, by=by, at=at, why=why, norm_days=norm_days)


def set_probability(*, stage: Stage, probability: int, by: Member | None, at: datetime, why: str) -> None:
    """Sets the fixed probability, in per cent, that weighs the stage's deals. Raises as `shape_stage`."""
    _reshape(stage, by=by, at=at, why=why, probability=probability)


@transaction.atomic
def reorder(
    *,
    pipeline: Pipeline,
    order: Sequence[int],
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> None:
    """Puts the stages in use in this order of ids, which must name each once. Retired stages stay behind the stage they
    stood behind. Raises `NoSuchStage` and what `changing` raises."""
    with changing(pipeline=pipeline, by=by, at=at, why=why, seen=seen, promise=promise):
        present = {stage.pk for stage in stages_in_use(pipeline.pk)}
        if len(order) != len(present) or set(order) != present:
            raise NoSuchStage
        _put_in_order(pipeline, order)


@transaction.atomic
def require(
    *,
    stage: Stage,
    fact: str,
    to_enter: bool,
    to_leave: bool,
    by: Member | None,
    at: datetime,
    why: str,
    promise: Promise | None = None,
) -> None:
    """Says whether a fact must be known to enter or to leave a stage; neither removes the requirement."""
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why, promise=promise):
        others = [need for need in needs_of(stage) if need.fact != fact]
        put_needs(stage, [*others, Need(fact, to_enter, to_leave)])


@transaction.atomic
def revive_stage(*, stage: Stage, by: Member | None, at: datetime, why: str) -> None:
    """Puts a retired stage of a pipeline in use again, where it stood; nameless until it is shaped when another has its name
    by now. Raises what `changing` raises."""
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why):
        if stage.name.casefold() in (other.name.casefold() for other in stages_in_use(stage.pipeline_id)):
            stage.name = _placeholder(stage)
        stage.retired_at, stage.merged_into = None, None
        stage.save(update_fields=["retired_at", "merged_into", "name"])


@transaction.atomic
def vacate_names(*, stages: Sequence[Stage], by: Member | None, at: datetime, why: str) -> None:
    """Takes their names from stages of one pipeline that are about to be named anew, so that they may exchange them."""
    for stage in stages:
        with changing(pipeline=stage.pipeline, by=by, at=at, why=why):
            stage.name = _placeholder(stage)
            stage.save(update_fields=["name"])


def put_needs(stage: Stage, needs: Sequence[Need]) -> None:
    """Makes a stage ask for these facts, in this order, and no others."""
    wanted = [need for need in needs if need.to_enter or need.to_leave]
    Requirement.objects.filter(stage=stage).exclude(fact__in=[need.fact for need in wanted]).delete()
    for place, need in enumerate(wanted):
        Requirement.objects.update_or_create(
            stage=stage,
            fact=need.fact,
            defaults={"to_enter": need.to_enter, "to_leave": need.to_leave, "position": place},
        )


def _reshape(stage: Stage, *, by: Member | None, at: datetime, why: str, **changes: str | int | None) -> None:
    shape_stage(stage=stage, shape=replace(shape_of(stage), **changes), by=by, at=at, why=why)  # type: ignore[arg-type]


def _placeholder(stage: Stage) -> str:
    """A name that nobody gives: it never outlives the change in which it is given."""
    return f"\u2026{stage.pk}"


def _put_in_order(pipeline: Pipeline, wanted: Sequence[int]) -> None:
    for place, key in enumerate(renumbered(stage_order(pipeline.pk), wanted), start=1):
        Stage.objects.filter(pk=key).update(position=place * 10)


def _free(name: str, others: Sequence[Stage]) -> None:
    """Raises `NameTaken` when another stage in use has this name, whatever the case of its letters."""
    if name.strip().casefold() in (other.name.casefold() for other in others):
        raise NameTaken(name)


def mark_tested(*, stage: Stage, tested: bool) -> None:
    """Keeps on a stage whether a split test is in force there; moves into it that are under way are waited for."""
    Stage.objects.filter(pk=stage.pk).update(is_tested=tested)
    stage.is_tested = tested
