"""Reading the process: a pipeline with one of its stages, its versions. The form of the stage posts back here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piste.deals import operations as deals
from piste.pipelines import operations, queries
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.playbook.reading import DAYS

from . import showing, words
from .forms import StageForm
from .tabs import tabs

#: Versions shown beside the stages; all of them have a page of their own.
LATEST = 8


@member_view
def home(request: MemberRequest) -> HttpResponse:
    """The first pipeline, or the invitation to make one."""
    first = Pipeline.objects.in_use().first()
    if first is None:
        return render(request, "process/none.html", {"section": "process"})
    return redirect("process_pipeline", first.pk)


@member_view
def pipeline(request: MemberRequest, key: int) -> HttpResponse:
    """A pipeline, its first stage open; one that is out of use, by its versions."""
    found = access.process(request, key)
    if found.retired_at is not None:
        return redirect("process_versions", found.pk)
    stages = queries.stages_in_use(found.pk)
    return _page(request, found, stages[0], None)


@member_view
def stage(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """A stage of a pipeline; managers change it here."""
    found = access.stage(request, stage)
    if found.pipeline_id != key:
        raise Http404
    if request.method != "POST":
        return _page(request, found.pipeline, found, None)
    if not request.user.may_manage:
        raise PermissionDenied
    form = StageForm(request.POST)
    if not form.is_valid():
        return _page(request, found.pipeline, found, form, status=422)
    return _publish(request, found, form)


def _publish(request: MemberRequest, stage: Stage, form: StageForm) -> HttpResponse:
    """Makes what was filled in the next version, or says what stands in the way."""
    found = form.cleaned_data
    before = stage.pipeline.version_id
    try:
        deals.reshape_stage(
            stage=stage, shape=form.shape(showing.facts_of(stage)), by=request.user, at=request.now, why=found["why"],
            seen=found["seen"],
        )  # fmt: skip
    except operations.NameTaken:
        form.add_error("name", gettext("Another stage of this pipeline already has this name."))
    except operations.NoSuchStage:
        raise Http404 from None
    except operations.ProcessOvertaken as late:
        form.add_error(None, words.overtaken(late.last))
        form.catch_up(late.last.number)
    else:
        published(request, stage.pipeline, before)
        return redirect("process_stage", stage.pipeline_id, stage.pk)
    return _page(request, access.process(request, stage.pipeline_id), access.stage(request, stage.pk), form, status=422)


def published(request: MemberRequest, pipeline: Pipeline, before: int | None) -> None:
    """Says which version a change has become, or that nothing was to be changed."""
    version = pipeline.version
    if version is None or version.pk == before:
        messages.info(request, gettext("Nothing was different: no version was published."))
        return
    messages.success(request, gettext("v%(number)s is in force.") % {"number": version.number})


def _page(request: MemberRequest, pipeline: Pipeline, stage: Stage, form: StageForm | None, *, status: int = 200) -> HttpResponse:
    names = words.labels()
    rows = showing.stage_rows(request, pipeline)
    row = next(row for row in rows if row.stage.pk == stage.pk)
    number = pipeline.version.number if pipeline.version else 0
    if form is None:
        shape = queries.shape_of(stage)
        start = {"name": shape.name, "role": shape.role, "probability": shape.probability, "norm_days": shape.norm_days}
        form = StageForm(initial=start | {"seen": number})
    elif form.errors:
        form.show_problem()
    standing, facts = showing.fact_rows(request, stage, names, form.data if form.is_bound else None)
    found = queries.versions(pipeline, latest=LATEST)
    pipelines = list(Pipeline.objects.in_use())
    context: dict[str, Any] = {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": pipelines,
        "tabs": tabs(pipeline, "stages"),
        "is_last": pipelines[-1] == pipeline,
        "rows": rows,
        "row": row,
        "form": form,
        "facts": facts,
        "asked": [fact for fact in facts if fact.is_asked],
        "standing": standing,
        "guide": showing.playbook_of(stage),
        "adherence": row.adherence,
        "adherence_days": DAYS,
        "opened": row.opened,
        "day_unit": words.day_unit(),
        "may_change": request.user.may_manage,
        "followers": showing.follower_rows(pipeline) if request.user.may_manage else [],
        "next_number": number + 1,
        "versions": showing.version_rows(pipeline, found, names),
    }
    return render(request, "process/process.html", context, status=status)


@member_view
def versions(request: MemberRequest, key: int) -> HttpResponse:
    """The changelog of a pipeline, in use or not."""
    found = access.process(request, key)
    names = words.labels()
    retired = Pipeline.objects.exclude(retired_at=None).order_by("-retired_at") if request.user.may_manage else []
    context = {
        "section": "process",
        "pipeline": found,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(found, "changelog"),
        "retired": list(retired),
        "versions": showing.version_rows(found, queries.versions(found), names),
    }
    return render(request, "process/versions.html", context)


@member_view
def version(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """A version, whole."""
    found = access.process(request, key)
    shown = get_object_or_404(ProcessVersion.objects.select_related("by"), pipeline=found, number=number)
    names = words.labels()
    context = {
        "section": "process",
        "pipeline": found,
        "version": shown,
        "is_in_force": shown.pk == found.version_id and found.retired_at is None,
        "said": words.differences(shown.changes, names),
        "stages": showing.past_stages(shown.definition, names),
        "name": shown.definition["name"],
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if found.version and found.version.number > number else None,
    }
    return render(request, "process/version.html", context)
