"""Pipelines made and shown in another order: at once, for no deal is touched. Their names change in the draft."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from piste.pipelines import operations
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import wanted
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go

from .answers import ask, attempt
from .drafting import said
from .forms import NewPipelineForm, PipelineNameForm


def number_of(pipeline: Pipeline) -> int:
    """The number of the version in force."""
    return pipeline.version.number if pipeline.version else 0


@manager_view
def new(request: MemberRequest) -> HttpResponse:
    """A new pipeline, from the usual stages or another's."""
    pipelines = list(Pipeline.objects.in_use())
    form = NewPipelineForm(request.POST or None, pipelines=pipelines, initial={"source": request.GET.get("source", 0)})
    if request.method != "POST" or not form.is_valid():
        return ask(request, "new", form, None)
    found = form.cleaned_data
    made: list[Pipeline] = []

    def make() -> None:
        about = {"name": found["name"], "by": request.user, "at": request.now, "why": found["why"]}
        like = next((pipeline for pipeline in pipelines if pipeline.pk == found["source"]), None)
        made.append(operations.copy_pipeline(source=like, **about) if like else operations.create_pipeline(**about))

    if not attempt(form, make):
        return ask(request, "new", form, None)
    messages.success(request, gettext("Pipeline “%(name)s” is ready.") % {"name": found["name"]})
    return go(request, "process_pipeline", made[0].pk)


@manager_view
def name(request: MemberRequest, key: int) -> HttpResponse:
    """Another name for a pipeline, in the draft."""
    pipeline = access.pipeline(request, key)
    form = PipelineNameForm(request.POST or None, initial={"name": wanted(pipeline).definition["name"]})
    if request.method != "POST" or not form.is_valid():
        return ask(request, "name", form, pipeline)

    def rename() -> None:
        operations.draft_name(pipeline=pipeline, name=form.cleaned_data["name"], by=request.user, at=request.now)

    if not attempt(form, rename):
        return ask(request, "name", form, pipeline)
    said(request, pipeline)
    return go(request, "process_pipeline", key)


@manager_view
@require_POST
def place(request: MemberRequest, key: int) -> HttpResponse:
    """Shows a pipeline one place earlier or later among the others."""
    pipeline = access.pipeline(request, key)
    order = list(Pipeline.objects.in_use().values_list("pk", flat=True))
    at = order.index(pipeline.pk)
    to = at - 1 if request.POST.get("to") == "earlier" else at + 1
    if 0 <= to < len(order):
        order.insert(to, order.pop(at))
        operations.reorder_pipelines(order=order, by=request.user, at=request.now)
    return redirect("process_pipeline", key)
