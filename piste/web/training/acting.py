"""Writing lessons, noting what was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.pipelines.models import Pipeline
from piste.pipelines.queries import stages_in_use
from piste.training import operations
from piste.training.models import Lesson
from piste.web import access
from piste.web.access import MemberRequest, manager_view, member_view

from .evidence import Figures
from .forms import LessonForm
from .views import frame, version_of


@manager_view
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, key: int) -> HttpResponse:
    """A new lesson."""
    pipeline = access.pipeline(request, key)
    form = _form(request, pipeline, None)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        made = operations.write(
            pipeline=pipeline, stage=found["stage"], text=form.text, path=found["path"], by=request.user, at=request.now
        )
        messages.success(request, _("The lesson is there for everybody."))
        return redirect("lesson", key, made.pk)
    return _page(request, pipeline, form, None)


@manager_view
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, key: int, lesson: int) -> HttpResponse:
    """Another version of a lesson."""
    pipeline = access.pipeline(request, key)
    known = access.lesson(request, pipeline, lesson)
    form = _form(request, pipeline, known)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            operations.rewrite(
                lesson=known, stage=found["stage"], text=form.text, path=found["path"], why=found["why"],
                seen=found["seen"] or 0, by=request.user, at=request.now,
            )  # fmt: skip
        except operations.LessonOvertaken as late:
            told = {"who": late.last.by.first_name, "number": late.last.number}
            said = _(
                "Nothing was saved: %(who)s has published version %(number)s meanwhile. "
                "Copy what you wrote, then open the lesson again."
            )
            form.add_error(None, said % told)
        else:
            messages.success(request, _("The lesson is changed."))
            return redirect("lesson", key, lesson)
    return _page(request, pipeline, form, known)


@manager_view
@require_POST
def act(request: MemberRequest, key: int, lesson: int, act: str) -> HttpResponse:
    """Takes a lesson out, brings it back, or puts it earlier or later on its path."""
    pipeline = access.pipeline(request, key)
    found = access.lesson(request, pipeline, lesson)
    by: dict[str, Any] = {"lesson": found, "by": request.user, "at": request.now}
    known: dict[str, Callable[[], None]] = {
        "retire": lambda: operations.retire(**by),
        "restore": lambda: operations.restore(**by),
        "earlier": lambda: operations.place(earlier=True, **by),
        "later": lambda: operations.place(earlier=False, **by),
    }
    if act not in known:
        raise Http404
    try:
        known[act]()
    except operations.NotAllowed as refused:
        raise PermissionDenied from refused
    return redirect("training", key)


@member_view
@require_POST
def read(request: MemberRequest, key: int, lesson: int) -> HttpResponse:
    """A lesson was read, as it is now."""
    pipeline = access.process(request, key)
    found = access.lesson(request, pipeline, lesson)
    assert found.version is not None
    operations.note_lesson_read(version=found.version, by=request.user, at=request.now)
    messages.success(request, _("Noted as read: “%(title)s”.") % {"title": found.version.title})
    return redirect("training", key)


@member_view
@require_POST
def process_read(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """A version of the process was read."""
    version = version_of(access.process(request, key), number)
    operations.note_process_read(version=version, by=request.user, at=request.now)
    messages.success(request, _("Noted as read: v%(number)s.") % {"number": number})
    return redirect("training", key)


def _form(request: MemberRequest, pipeline: Pipeline, lesson: Lesson | None) -> LessonForm:
    named = lesson.version.supports if lesson is not None and lesson.version is not None else ()
    offered = Figures(request, pipeline).offered(named)
    return LessonForm(request.POST or None, stages=stages_in_use(pipeline.pk), offered=offered, lesson=lesson)


def _page(request: MemberRequest, pipeline: Pipeline, form: LessonForm, lesson: Lesson | None) -> HttpResponse:
    context = frame(request, pipeline) | {"form": form, "lesson": lesson}
    return render(request, "training/edit.html", context, status=422 if form.is_bound else 200)
