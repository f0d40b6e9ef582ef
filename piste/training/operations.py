"""What is done with lessons: written, changed, taken out, put on a path; what is read is noted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from piste.company.models import Member
from piste.journal.operations import record
from piste.pipelines.models import Pipeline, ProcessVersion, Stage

from .models import Lesson, LessonReceipt, LessonVersion, ProcessReceipt


class NotAllowed(Exception):
    """Managers alone write lessons."""


class LessonOvertaken(Exception):
    """Somebody changed the lesson since the caller last saw it; `last` is what it is now."""

    def __init__(self, last: LessonVersion) -> None:
        super().__init__(last.title)
        self.last = last


@dataclass(frozen=True, slots=True)
class Text:
    """What a lesson says: its kind, title, Markdown, and the figures it names by key."""

    kind: str
    title: str
    body: str
    supports: Sequence[str] = ()


@transaction.atomic
def write(*, pipeline: Pipeline, stage: Stage | None, text: Text, path: str, by: Member, at: datetime) -> Lesson:
    """A new lesson, the last step of its path. Raises `NotAllowed`."""
    if not by.may_manage:
        raise NotAllowed
    last = Lesson.objects.filter(pipeline=pipeline).aggregate(last=Max("place"))["last"] or 0
    lesson = Lesson.objects.create(pipeline=pipeline, stage=stage, path=path, place=last + 1, created_at=at)
    _version(lesson, text, 1, "", by, at)
    _record("written", lesson, by, at, {"title": text.title})
    return lesson


@transaction.atomic
def rewrite(
    *, lesson: Lesson, stage: Stage | None, text: Text, path: str, why: str, seen: int, by: Member, at: datetime
) -> LessonVersion:
    """Changes what a lesson says, as a new version that is to be read again; its stage and path change without one. `seen` is the
    number last seen. Raises `NotAllowed`, `LessonOvertaken`, `ValueError` without a why."""
    if not by.may_manage:
        raise NotAllowed
    current = Lesson.objects.select_for_update(of=("self",)).select_related("version").get(pk=lesson.pk)
    version = current.version
    assert version is not None
    if version.number != seen:
        raise LessonOvertaken(version)
    current.stage, current.path = stage, path
    current.save(update_fields=["stage", "path"])
    if (version.kind, version.title, version.body, list(version.supports)) != (
        text.kind,
        text.title,
        text.body,
        list(text.supports),
    ):
        if not why.strip():
            raise ValueError("without a why")
        version = _version(current, text, version.number + 1, why.strip(), by, at)
    _record("rewritten", current, by, at, {"title": text.title, "number": version.number})
    return version


@transaction.atomic
def retire(*, lesson: Lesson, by: Member, at: datetime) -> None:
    """Takes a lesson out; what was read of it stays. Raises `NotAllowed`."""
    _use(lesson, by, at, retired_at=at, verb="retired")


@transaction.atomic
def restore(*, lesson: Lesson, by: Member, at: datetime) -> None:
    """Brings a lesson back. Raises `NotAllowed`."""
    _use(lesson, by, at, retired_at=None, verb="restored")


@transaction.atomic
def place(*, lesson: Lesson, earlier: bool, by: Member, at: datetime) -> None:
    """Puts a step of a path before the one in front of it, or behind the next. Raises `NotAllowed`."""
    if not by.may_manage:
        raise NotAllowed
    steps = list(
        Lesson.objects.select_for_update().in_use().filter(pipeline=lesson.pipeline_id).exclude(path="").order_by("place", "pk")
    )
    keys = [step.pk for step in steps]
    if lesson.pk not in keys:
        return
    here = keys.index(lesson.pk)
    other = here - 1 if earlier else here + 1
    if 0 <= other < len(keys):
        keys[here], keys[other] = keys[other], keys[here]
        for number, key in enumerate(keys, start=1):
            Lesson.objects.filter(pk=key).update(place=number)
        _record("placed", lesson, by, at, {})


@transaction.atomic
def note_lesson_read(*, version: LessonVersion, by: Member, at: datetime) -> None:
    """A member has read a version of a lesson; once is enough."""
    LessonReceipt.objects.get_or_create(version=version, member=by, defaults={"at": at})


@transaction.atomic
def note_process_read(*, version: ProcessVersion, by: Member, at: datetime) -> None:
    """A member has read a version of the process; once is enough."""
    ProcessReceipt.objects.get_or_create(version=version, member=by, defaults={"at": at})


def _use(lesson: Lesson, by: Member, at: datetime, *, retired_at: datetime | None, verb: str) -> None:
    if not by.may_manage:
        raise NotAllowed
    Lesson.objects.filter(pk=lesson.pk).update(retired_at=retired_at)
    _record(verb, lesson, by, at, {})


def _version(lesson: Lesson, text: Text, number: int, why: str, by: Member, at: datetime) -> LessonVersion:
    made = LessonVersion.objects.create(
        lesson=lesson, number=number, at=at, by=by, why=why, kind=text.kind, title=text.title.strip(), body=text.body.strip(),
        supports=list(text.supports),
    )  # fmt: skip
    lesson.version = made
    lesson.save(update_fields=["version"])
    return made


def _record(what: str, lesson: Lesson, by: Member, at: datetime, data: dict[str, object]) -> None:
    record(verb=f"lesson.{what}", subject_kind="lesson", subject_id=lesson.pk, actor_id=by.pk, at=at, data=data)
