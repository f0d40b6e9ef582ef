"""Changing the shape of pipelines; each change is a process version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from piste.company.models import Member
from piste.journal.operations import record

from .models import Pipeline, ProcessVersion, Requirement, Stage, StageRole
from .queries import definition
from .rules import DEFAULT_STAGES, differences


class WhyMissing(ValueError):
    """A change of the process without its reason."""


class NameTaken(ValueError):
    """Another pipeline or stage in use already has this name."""


@contextmanager
def changing(
    *, pipeline: Pipeline, by: Member | None, at: datetime, why: str, cause: str = "page"
) -> Iterator[None]:
    """Everything done inside becomes one process version, with its computed difference and its compulsory why.

    Nothing is written when nothing changed. Raises `WhyMissing` when `why` is blank.
    """
    if not why.strip():
        raise WhyMissing
    with transaction.atomic():
        locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
        last = ProcessVersion.objects.filter(pipeline=locked).order_by("-number").first()
        before = last.definition if last else {}
        yield
        locked.refresh_from_db()
        after = definition(locked)
        changes = [change.as_json() for change in differences(before, after)]
        if not changes:
            return
        version = ProcessVersion.objects.create(
            pipeline=locked,
            number=last.number + 1 if last else 1,
            at=at,
            by=by,
            why=why.strip(),
            changes=changes,
            definition=after,
        )
        Pipeline.objects.filter(pk=locked.pk).update(version=version)
        pipeline.version = version
        record(
            verb="process.changed",
            subject_kind="pipeline",
            subject_id=locked.pk,
            pipeline_id=locked.pk,
            actor_id=by.pk if by else None,
            at=at,
            cause=cause,
            data={"version": version.number, "why": version.why, "changes": changes},
        )


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
    are given, named in the language active now. Raises `NameTaken`."""
    if Pipeline.objects.in_use().filter(name__iexact=name.strip()).exists():
        raise NameTaken(name)
    shape = stages or [
        (str(StageRole(role).label), role, probability, norm)
        for role, probability, norm in DEFAULT_STAGES
    ]
    with transaction.atomic():
        last = Pipeline.objects.aggregate(last=Max("position"))["last"]
        pipeline = Pipeline.objects.create(
            name=name.strip(), position=0 if last is None else last + 1, created_at=at
        )
        with changing(pipeline=pipeline, by=by, at=at, why=why, cause=cause):
            for index, (label, role, probability, norm) in enumerate(shape):
                Stage.objects.create(
                    pipeline=pipeline,
                    name=label,
                    role=role,
                    position=(index + 1) * 10,
                    probability=probability,
                    norm_days=norm,
                    created_at=at,
                )
    return pipeline


def require(
    *,
    stage: Stage,
    fact: str,
    to_enter: bool,
    to_leave: bool,
    by: Member | None,
    at: datetime,
    why: str,
) -> None:
    """Says whether a fact must be known to enter or to leave a stage; neither removes the requirement."""
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why):
        if not (to_enter or to_leave):
            Requirement.objects.filter(stage=stage, fact=fact).delete()
            return
        Requirement.objects.update_or_create(
            stage=stage, fact=fact, defaults={"to_enter": to_enter, "to_leave": to_leave}
        )
