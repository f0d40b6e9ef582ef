"""Questions about lessons and receipts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from piste.asking import Kept, KeptRecords
from piste.company.models import Member
from piste.deals.models import Status, Total
from piste.pipelines.models import Pipeline, ProcessVersion, Stage

from . import rules
from .models import Lesson, LessonReceipt, LessonSet, ProcessReceipt


def lessons(pipeline: Pipeline) -> LessonSet:
    """The lessons of a pipeline in use, each as it is now."""
    return Lesson.objects.in_use().filter(pipeline=pipeline).select_related("version__by", "stage")


def read_by(member: Member, pipeline: Pipeline) -> tuple[set[int], set[int]]:
    """What a member has read: lessons as they are now, and lessons in whatever version."""
    rows = list(
        LessonReceipt.objects.filter(member=member, version__lesson__pipeline=pipeline).values_list("version", "version__lesson")
    )
    return {version for version, _ in rows}, {lesson for _, lesson in rows}


def is_new(member: Member, at: datetime) -> bool:
    """Whether a member came of late."""
    return at - member.joined_at < rules.NEW


@dataclass(frozen=True, slots=True)
class Standing:
    """A member with deals to be won in a pipeline, and the stages that concerns them."""

    member: Member
    stages: frozenset[str]


def standings(pipeline: Pipeline) -> tuple[list[Standing], set[str]]:
    """The active members who have open deals in a pipeline, by name, and the names its stages have; three statements."""
    order = _order(pipeline=pipeline.pk)
    where: dict[int, set[int]] = {}
    for owner, stage in _stands(False, stages=[key for key, _ in order], owner=0):
        where.setdefault(owner, set()).add(stage)
    people = Member.objects.active().filter(pk__in=list(where)).order_by("name", "pk")
    found = [Standing(member, frozenset(rules.stages_ahead(order, where[member.pk]))) for member in people]
    return found, {name for _, name in order}


def standing_of(member: Member, pipeline: Pipeline) -> tuple[list[Standing], set[str]]:
    """The same of one member, who may have no deals there; two statements."""
    order = _order(pipeline=pipeline.pk)
    where = {stage for _, stage in _stands(True, stages=[key for key, _ in order], owner=member.pk)}
    found = [Standing(member, frozenset(rules.stages_ahead(order, where)))] if where else []
    return found, {name for _, name in order}


@Kept
def _order(*, pipeline: int) -> Any:
    found = Stage.objects.in_use().filter(pipeline=pipeline)
    return found.order_by("position", "pk").values_list("pk", "name")


@Kept
def _stands(one: bool, *, stages: list[int], owner: int) -> Any:
    """Who has open deals in which stages: the kept totals say it without reading deals."""
    found = Total.objects.filter(stage_id__in=stages, status=Status.OPEN, counted__gt=0)
    return (found.filter(owner_id=owner) if one else found).order_by().values_list("owner_id", "stage_id").distinct()


def news(pipeline: Pipeline, at: datetime) -> list[ProcessVersion]:
    """The versions published of late, the first one left out, newest first."""
    return _news.records(pipeline=pipeline.pk, since=at - rules.NEWS, until=at)


@KeptRecords
def _news(*, pipeline: int, since: datetime, until: datetime) -> Any:
    found = ProcessVersion.objects.filter(pipeline=pipeline, at__gt=since, at__lte=until, number__gt=1)
    return found.select_related("by").defer("definition").order_by("-number")


def concerned(version: ProcessVersion, people: Iterable[Standing], known: set[str]) -> list[Member]:
    """Whom a version is news to: it touches their stages, they were here, and did not publish it themselves."""
    return [
        one.member
        for one in people
        if one.member.pk != version.by_id
        and one.member.joined_at <= version.at
        and rules.touches(version.changes, one.stages, known)
    ]


def notices(member: Member, pipeline: Pipeline, at: datetime) -> list[ProcessVersion]:
    """The versions that are news to a member and that they have not read."""
    found = news(pipeline, at)
    if not found:
        return []
    people, known = standing_of(member, pipeline)
    read = {key for (key,) in _read(member=member.pk, versions=[version.pk for version in found])}
    return [version for version in found if version.pk not in read and concerned(version, people, known)]


@Kept
def _read(*, member: int, versions: list[int]) -> Any:
    return ProcessReceipt.objects.filter(member_id=member, version__in=versions).values_list("version")


@dataclass(frozen=True, slots=True)
class Receipts:
    """A version of the process, who has read it and who has not."""

    version: ProcessVersion
    read: list[tuple[Member, datetime]]
    unread: list[Member]


def receipts(pipeline: Pipeline, at: datetime) -> list[Receipts]:
    """Who has read what was published of late; a constant number of statements."""
    found = news(pipeline, at)
    people, known = standings(pipeline)
    rows = ProcessReceipt.objects.filter(version__in=found).select_related("member").order_by("at")
    read: dict[int, list[tuple[Member, datetime]]] = {}
    for row in rows:
        read.setdefault(row.version_id, []).append((row.member, row.at))
    told = []
    for version in found:
        here = read.get(version.pk, [])
        done = {member.pk for member, _ in here}
        told.append(Receipts(version, here, [one for one in concerned(version, people, known) if one.pk not in done]))
    return told


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is on their path: lessons read of all."""

    member: Member
    done: int
    all: int


def progress(pipeline: Pipeline, at: datetime) -> list[Progress]:
    """How far those are who came of late, and those who have begun and not ended; by name."""
    steps = list(Lesson.objects.in_use().filter(pipeline=pipeline).exclude(path="").only("pk", "path"))
    rows = LessonReceipt.objects.filter(version__lesson__in=steps).values_list("member", "version__lesson").distinct()
    read: dict[int, set[int]] = {}
    for reader, lesson in rows:
        read.setdefault(reader, set()).add(lesson)
    found = []
    for member in Member.objects.active().order_by("name", "pk"):
        mine = {step.pk for step in steps if step.path in ("all", "manager" if member.may_manage else "rep")}
        done = len(mine & read.get(member.pk, set()))
        if mine and (is_new(member, at) or 0 < done < len(mine)):
            found.append(Progress(member, done, len(mine)))
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a member has to read: versions of the process, and the next step of their path with how many are left."""

    notices: int
    pipeline: Pipeline | None
    next: Lesson | None
    left: int

    @property
    def is_empty(self) -> bool:
        return not self.notices and self.next is None


def waiting(member: Member, pipelines: Sequence[Pipeline], at: datetime) -> Waiting:
    """The same over all pipelines, for a member's day: one statement where nothing waits, two for who is new."""
    unread = {key for (key,) in _unread(member=member.pk, since=at - rules.NEWS, until=at)}
    counts = [(one, len(notices(member, one, at))) for one in pipelines if one.pk in unread]
    first = next((one for one, count in counts if count), None)
    steps: list[Lesson] = []
    if is_new(member, at):
        done = LessonReceipt.objects.filter(member=member, version__lesson=OuterRef("pk"))
        left = Lesson.objects.on_path_of(member).filter(~Exists(done), pipeline__in=pipelines)
        steps = list(left.select_related("version", "pipeline"))
    place = first or (steps[0].pipeline if steps else None)
    return Waiting(sum(count for _, count in counts), place, steps[0] if steps else None, len(steps))


@Kept
def _unread(*, member: int, since: datetime, until: datetime) -> Any:
    """The pipelines with a version of late that somebody has not read, be it news to them or not."""
    read = ProcessReceipt.objects.filter(member_id=member, version=OuterRef("pk"))
    recent = ProcessVersion.objects.filter(~Exists(read), at__gt=since, at__lte=until, number__gt=1)
    return recent.order_by("pipeline_id").values_list("pipeline_id").distinct()
