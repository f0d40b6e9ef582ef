"""A pipeline with one of its stages, as it is and as its draft wants it; the form of the stage posts back here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from piste.pipelines import queries
from piste.pipelines.models import Pipeline
from piste.qualification.queries import clock_told
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.automations.showing import lines as automation_lines
from piste.web.playbook.reading import DAYS

from . import drafting, effects, marking, showing, words
from .forms import PublishForm, StageForm
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
    return page(request, found, None)


@member_view
def stage(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """A stage of a pipeline; managers change it here, in the draft."""
    found = access.process(request, key)
    if found.retired_at is not None:
        raise Http404
    if request.method != "POST":
        return page(request, found, stage)
    if not request.user.may_manage:
        raise PermissionDenied
    form = StageForm(request.POST)
    if form.is_valid() and drafting.save_stage(request, found, stage, form):
        return redirect("process_stage", key, stage)
    return page(request, found, stage, form, status=422)


def page(
    request: MemberRequest,
    pipeline: Pipeline,
    key: int | None,
    form: StageForm | None = None,
    *,
    publishing: PublishForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The process with one of its stages open, and its draft beside for those who change it."""
    state = showing.state_of(request, pipeline)
    rows = showing.stage_rows(request, pipeline, state)
    row = next((row for row in rows if key in (None, row.stage.pk)), None)
    if row is None:
        raise Http404
    key = row.stage.pk
    said, before = state.stage(key) or {}, state.stage_now(key) or {}
    if form is None:
        form = StageForm(initial=showing.filled_in(said))
    elif form.errors:
        form.show_problem()
    if publishing is not None:
        publishing.show_problem()
    standing, facts = showing.fact_rows(request, key, state, form.data if form.is_bound else None)
    playbook, playbook_now = said.get("playbook", {}), before.get("playbook", {})
    pipelines = list(Pipeline.objects.in_use())
    moved = words.keys_in(request.GET.get("moved", ""))
    context: dict[str, Any] = {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": pipelines,
        "tabs": tabs(pipeline, "stages"),
        "is_last": pipelines[-1] == pipeline,
        "rows": rows,
        "row": row,
        "moved": moved[0] if moved else None,
        "form": form,
        "facts": facts,
        "asked": [fact for fact in facts if fact.is_asked],
        "standing": standing,
        "automations": automation_lines(request, pipeline, state, stage=row.stage.pk),
        "guide": showing.playbook_of(said),
        "tested": showing.tested(request, key),
        "marked": marking.playbook(playbook_now, playbook) if playbook != playbook_now else None,
        "adherence": row.adherence,
        "adherence_days": DAYS,
        "opened": row.opened,
        "day_unit": words.day_unit(),
        "may_change": request.user.may_manage,
        "name_wanted": state.definition["name"] if state.definition["name"] != pipeline.name else "",
        "leaving": showing.leaving(row, rows),
        "retires": state.leaving,
        "followers": showing.follower_rows(pipeline) if request.user.may_manage else [],
        "clock": _clock(state.definition, pipeline),
        "clock_was": _clock(state.now, pipeline),
        "adopting": showing.adopting(pipeline) if request.user.may_manage else "",
        "announced": effects.announced(request, state, publishing),
        "next_number": state.number + 1,
        "versions": showing.version_rows(request, pipeline, queries.versions(pipeline, latest=LATEST), words.labels()),
    }
    return render(request, "process/process.html", context, status=status)


def _clock(said: Mapping[str, Any], pipeline: Pipeline) -> str:
    """The contact clock of a definition, in words."""
    found = said.get("clock") or clock_told(pipeline)
    return words.clock(f"{found['role']}:{found['working_days']}")
