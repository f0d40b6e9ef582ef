"""Writing in the draft: a stage's facts, new stages, their order. Nothing of it is in force before it is published."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from piste.pipelines import operations
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import Wanted, wanted
from piste.pipelines.rules import Shape, shape_in, told_shape
from piste.qualification.queries import clock_told
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go

from . import showing, words
from .answers import ask, attempt
from .forms import ClockForm, NewStageForm, StageForm


def save_stage(request: MemberRequest, pipeline: Pipeline, key: int, form: StageForm) -> bool:
    """Writes what was filled in into the draft; False, with what stands in the way on the form."""
    stage = wanted(pipeline).stage(key)
    if stage is None:
        raise Http404
    shape = form.shape(showing.facts_of(stage))
    now = told_shape(shape_in(stage))
    try:
        operations.draft_stage(
            pipeline=pipeline, key=key, shape=shape, by=request.user, at=request.now, seen=form.was_shown() or None
        )
    except operations.NameTaken:
        form.add_error("name", gettext("Another stage of this pipeline already has this name."))
    except operations.NoSuchStage:
        raise Http404 from None
    except operations.DraftOvertaken as late:
        form.add_error(None, words.overtaken_in_draft(late.draft))
        form.show_anew(now)
    else:
        said(request, pipeline)
        return True
    return False


def said(request: MemberRequest, pipeline: Pipeline) -> None:
    """Says what the draft holds now."""
    messages.success(request, words.drafted(len(wanted(pipeline).changes)))


@manager_view
def add(request: MemberRequest, key: int) -> HttpResponse:
    """A new stage, in the draft."""
    pipeline = access.pipeline(request, key)
    stages = [showing.as_stage(pipeline, stage) for stage in wanted(pipeline).definition["stages"]]
    selling = [stage for stage in stages if stage.role != "retention"]
    form = NewStageForm(
        request.POST or None, stages=stages, initial={"after": selling[-1].pk if selling else 0, "role": "meeting"}
    )
    if request.method != "POST" or not form.is_valid():
        return ask(request, "add", form, pipeline)
    found = form.cleaned_data
    made: list[int] = []

    def put() -> None:
        shape = Shape(found["name"], found["role"], found["probability"], found["norm_days"])
        after = found["after"] or None
        made.append(operations.draft_new_stage(pipeline=pipeline, shape=shape, after=after, by=request.user, at=request.now))

    if not attempt(form, put):
        return ask(request, "add", form, pipeline)
    said(request, pipeline)
    return go(request, "process_stage", key, made[0])


@manager_view
@require_POST
def drop(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """Takes a stage that is not in force yet out of the draft."""
    pipeline = access.pipeline(request, key)
    try:
        operations.drop_new_stage(pipeline=pipeline, key=stage, by=request.user, at=request.now)
    except operations.TakesDeals as first:
        messages.error(request, words.takes_deals(str(first)))
        return redirect("process_stage", key, stage)
    except operations.NoSuchStage:
        raise Http404 from None
    said(request, pipeline)
    return redirect("process_pipeline", key)


@manager_view
@require_POST
def order(request: MemberRequest, key: int) -> HttpResponse:
    """The stages in another order, in the draft; back to the page it was asked from, the moved stage in hand."""
    pipeline = access.pipeline(request, key)
    keys = words.keys_in(request.POST.get("order", ""))
    try:
        operations.draft_order(pipeline=pipeline, order=keys, by=request.user, at=request.now)
    except operations.NoSuchStage:
        messages.error(request, gettext("The stages have changed while you were looking: they are shown as they are now."))
        return redirect("process_pipeline", key)
    said(request, pipeline)
    shown, moved = (words.keys_in(request.POST.get(name, "")) for name in ("stage", "moved"))
    if not shown or shown[0] not in keys:
        return redirect("process_pipeline", key)
    back = reverse("process_stage", args=[key, shown[0]])
    return redirect(f"{back}?moved={moved[0]}" if moved else back)


@manager_view
def clock(request: MemberRequest, key: int) -> HttpResponse:
    """The contact clock, in the draft: it is the company's, and publishing it tells every pipeline."""
    pipeline = access.pipeline(request, key)
    form = ClockForm(request.POST or None, initial=clock_of(pipeline, wanted(pipeline)))
    if request.method != "POST" or not form.is_valid():
        return ask(request, "clock", form, pipeline)
    told = {name: form.cleaned_data[name] for name in ("role", "working_days")}
    operations.draft_part(pipeline=pipeline, name="clock", said=told, by=request.user, at=request.now)
    said(request, pipeline)
    return go(request, "process_pipeline", key)


def clock_of(pipeline: Pipeline, state: Wanted) -> dict[str, Any]:
    """The contact clock as it is to be; versions from before it was kept say nothing of it."""
    found: dict[str, Any] = state.definition.get("clock") or clock_told(pipeline)
    return found
