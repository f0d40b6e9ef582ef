"""Reading lessons, what is to be read, and what works here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.queries import stages_in_use
from piste.training import queries
from piste.training.models import Lesson, LessonReceipt, LessonVersion, Path
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.insights.words import count
from piste.web.playbook.prose import as_html
from piste.web.process import words as process_words
from piste.web.process.showing import ranked
from piste.web.process.tabs import tabs

from .evidence import Evidence, Figures

ICONS = {"lesson": "book", "script": "chat", "technique": "star"}


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson in the list: how it stands with who reads, and the figure that supports it most."""

    lesson: Lesson
    version: LessonVersion
    is_read: bool
    was_read: bool
    figures: list[Evidence]

    @property
    def icon(self) -> str:
        return ICONS[self.version.kind]

    @property
    def path(self) -> str:
        return str(Path(self.lesson.path).label) if self.lesson.path else ""


@dataclass(frozen=True, slots=True)
class Part:
    """The lessons of one stage (None: of the whole pipeline)."""

    stage: Stage | None
    rank: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Notice:
    """A version of the process that is news to who reads."""

    version: ProcessVersion
    said: list[str]


@member_view
@require_safe
def training(request: MemberRequest, key: int) -> HttpResponse:
    """What is to be read, the path of who is new, the lessons by stage; managers see who has read what."""
    pipeline, member = access.process(request, key), request.user
    figures = Figures(request, pipeline)
    now, ever = queries.read_by(member, pipeline)
    lines = [_line(one, now, ever, figures) for one in queries.lessons(pipeline)]
    names = process_words.labels()
    path = [line for line in lines if line.lesson.path in ("all", "manager" if member.may_manage else "rep")]
    done = sum(line.was_read for line in path)
    context = frame(request, pipeline) | {
        "parts": _parts(pipeline, lines),
        "notices": [
            Notice(version, process_words.differences(version.changes, names))
            for version in queries.notices(member, pipeline, request.now)
        ],
        "path": path if path and (queries.is_new(member, request.now) or 0 < done < len(path)) else [],
        "path_said": _("%(done)s of %(all)s read") % {"done": count(done), "all": count(len(path))},
        "path_share": round(100 * done / len(path)) if path else 0,
        "path_next": next((line for line in path if not line.was_read), None),
    }
    if member.may_manage:
        context["receipts"] = [
            (one, process_words.differences(one.version.changes, names)[0]) for one in queries.receipts(pipeline, request.now)
        ]
        context["progress"] = queries.progress(pipeline, request.now)
        context["steps"] = [line for line in lines if line.lesson.path]
        context["retired"] = Lesson.objects.filter(pipeline=pipeline, retired_at__isnull=False).select_related("version")
    return render(request, "training/training.html", context)


@member_view
@require_safe
def lesson(request: MemberRequest, key: int, lesson: int) -> HttpResponse:
    """A lesson, as it is now or as one of its versions (`?version=`)."""
    pipeline = access.process(request, key)
    found = access.lesson(request, pipeline, lesson)
    versions = list(LessonVersion.objects.filter(lesson=found).select_related("by"))
    asked = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == asked), None) if asked else versions[0]
    if shown is None:
        raise Http404
    receipts = LessonReceipt.objects.filter(version=shown).select_related("member").order_by("at")
    figures = Figures(request, pipeline)
    after = _after(request, pipeline, found)
    context = frame(request, pipeline) | {
        "lesson": found,
        "version": shown,
        "versions": versions,
        "is_newest": shown == versions[0],
        "body": as_html(shown.body, under=2),
        "icon_name": ICONS[shown.kind],
        "figures": figures.of(shown.supports),
        "rank": ranked(stages_in_use(pipeline.pk)).get(found.stage_id, "") if found.stage_id else "",
        "is_read": any(one.member_id == request.user.pk for one in receipts),
        "receipts": receipts if request.user.may_manage else [],
        "after": after,
    }
    return render(request, "training/lesson.html", context)


def _after(request: MemberRequest, pipeline: Pipeline, lesson: Lesson) -> Lesson | None:
    """The next step of the path that who reads has not read yet."""
    _now, ever = queries.read_by(request.user, pipeline)
    steps = Lesson.objects.on_path_of(request.user).filter(pipeline=pipeline).select_related("version")
    if not lesson.path:
        return None
    return next((step for step in steps if step.pk not in ever and step.pk != lesson.pk), None)


@dataclass(frozen=True, slots=True)
class Works:
    """What stands out at a stage."""

    stage: Stage
    rank: str
    figures: list[Evidence]
    lessons: list[Lesson]


@member_view
@require_safe
def works(request: MemberRequest, key: int) -> HttpResponse:
    """What works here: decided split tests, and what deals that went on had in common, stage by stage."""
    pipeline = access.process(request, key)
    figures = Figures(request, pipeline)
    stages = {stage.pk: stage for stage in stages_in_use(pipeline.pk)}
    ranks = ranked(list(stages.values()))
    by_stage: dict[int, list[Lesson]] = {}
    for one in queries.lessons(pipeline):
        by_stage.setdefault(one.stage_id or 0, []).append(one)
    parts = [
        Works(stages[place.id], ranks[place.id], figures.found(place), by_stage.get(place.id, []))
        for place in figures.stages
        if place.id in stages
    ]
    decided = figures.decided()
    counted = sum(len(part.figures) for part in parts)
    told = [
        ngettext("%(count)s split test decided", "%(count)s split tests decided", len(decided)) % {"count": count(len(decided))},
        ngettext("%(count)s trait that stands out from chance", "%(count)s traits that stand out from chance", counted)
        % {"count": count(counted)},
    ]
    context = frame(request, pipeline) | {"works": parts, "decided": decided, "told": ", ".join(told), "any": counted or decided}
    return render(request, "training/works.html", context)


def _line(lesson: Lesson, now: set[int], ever: set[int], figures: Figures) -> Line:
    version = lesson.version
    assert version is not None
    # Who wrote it knows it.
    is_own = version.by_id == figures.request.user.pk
    return Line(lesson, version, is_own or version.pk in now, is_own or lesson.pk in ever, figures.of(version.supports))


def _parts(pipeline: Pipeline, lines: list[Line]) -> list[Part]:
    stages = stages_in_use(pipeline.pk)
    ranks = ranked(stages)
    keys = {stage.pk for stage in stages}
    whole = [line for line in lines if line.lesson.stage_id not in keys]
    parts = [Part(stage, ranks[stage.pk], [line for line in lines if line.lesson.stage_id == stage.pk]) for stage in stages]
    return [part for part in [Part(None, "", whole), *parts] if part.lines]


def frame(request: MemberRequest, pipeline: Pipeline) -> dict[str, Any]:
    return {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(pipeline, "training"),
        "is_manager": request.user.may_manage,
    }


def version_of(pipeline: Pipeline, number: int) -> ProcessVersion:
    """One version of a pipeline, or 404."""
    return get_object_or_404(ProcessVersion, pipeline=pipeline, number=number)
