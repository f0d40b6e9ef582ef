"""Taking a stage or a whole pipeline out of use, in the draft: where its deals go is asked, and said before it happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from piste.deals.models import Move
from piste.deals.queries import Standing, standings
from piste.foundations import typography
from piste.pipelines import operations
from piste.pipelines.models import Stage
from piste.pipelines.queries import stages_in_use, wanted
from piste.pipelines.rules import staying
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go
from piste.web.templatetags.piste import tongue

from . import drafting, words
from .answers import ask, attempt
from .forms import LeavingForm, StageLeavingForm
from .retiring import ending
from .showing import as_stage


@manager_view
def stage_leaving(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """Says in the draft that a stage is retired, or merged into another, and where its deals are to go."""
    found = access.stage(request, stage)
    if found.pipeline_id != key:
        raise Http404
    definition = wanted(found.pipeline).definition
    merged = request.GET.get("merge") == "1"
    others = [as_stage(found.pipeline, said) for said in staying(definition) if said["id"] != found.pk]
    standing = standings([found]).get(found.pk, Standing())
    form = StageLeavingForm(request.POST or None, stages=others, initial={"destination": beside(found.pk, definition)})
    shown = {"stage": found, "merged": merged, "alone": not others, "going": words.going(standing), "held": standing.held}
    if merged:
        form.fields["destination"].label = gettext("Merged into")
    if request.method != "POST" or not others or not form.is_valid():
        return ask(request, "leaving", form, found.pipeline, shown)
    to = form.cleaned_data["destination"]

    def leave() -> None:
        operations.draft_leaving(pipeline=found.pipeline, key=stage, to=to, merged=merged, by=request.user, at=request.now)

    if not attempt(form, leave):
        return ask(request, "leaving", form, found.pipeline, shown)
    drafting.said(request, found.pipeline)
    return go(request, "process_stage", key, stage)


def beside(key: int, definition: Mapping[str, Any]) -> int | None:
    """Where deals would most naturally go: where the draft says, else the stage before, else the one behind."""
    chosen = next((stage["leaving"]["to"] for stage in definition["stages"] if stage["id"] == key and stage.get("leaving")), None)
    order = [stage["id"] for stage in definition["stages"]]
    there = [stage["id"] for stage in staying(definition) if stage["id"] != key]
    before = [other for other in there if key in order and order.index(other) < order.index(key)]
    return chosen if chosen in there else before[-1] if before else there[0] if there else None


@manager_view
@require_POST
def stage_keep(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """Takes back in the draft that a stage leaves."""
    found = access.stage(request, stage)
    if found.pipeline_id != key:
        raise Http404
    try:
        operations.keep_stage(pipeline=found.pipeline, key=stage, by=request.user, at=request.now)
    except operations.NameTaken:
        messages.error(request, gettext("Another stage of the draft has this name by now: give that one another first."))
    except operations.NoSuchStage:
        messages.error(request, words.gone())
        return redirect("process_pipeline", key)
    else:
        drafting.said(request, found.pipeline)
    return redirect("process_stage", key, stage)


@manager_view
def pipeline_leaving(request: MemberRequest, key: int) -> HttpResponse:
    """Says in the draft that the pipeline is retired, and to which stage of another its deals are to go."""
    pipeline = access.pipeline(request, key)
    elsewhere = [stage for stage in access.stages(request) if stage.pipeline_id != key]
    standing = whole(standings(stages_in_use(key)).values())
    state = wanted(pipeline)
    start = {"destination": (state.leaving or {}).get("to")}
    form = LeavingForm(request.POST or None, stages=elsewhere, needed=bool(standing.all), initial=start)
    shown = {
        "alone": not elsewhere,
        "going": words.going(standing),
        "kept": standing.kept,
        "ends": ending(pipeline, request.user),
    }
    if request.method != "POST" or not elsewhere or not form.is_valid():
        return ask(request, "pipeline_leaving", form, pipeline, shown)
    to: Stage | None = form.cleaned_data["destination"]

    def leave() -> None:
        operations.draft_retirement(pipeline=pipeline, to=to, by=request.user, at=request.now)

    if not attempt(form, leave):
        return ask(request, "pipeline_leaving", form, pipeline, shown)
    drafting.said(request, pipeline)
    return go(request, "process_pipeline", key)


@manager_view
@require_POST
def pipeline_keep(request: MemberRequest, key: int) -> HttpResponse:
    """Takes back in the draft that the pipeline is retired."""
    pipeline = access.pipeline(request, key)
    operations.keep_pipeline(pipeline=pipeline, by=request.user, at=request.now)
    drafting.said(request, pipeline)
    return redirect("process_pipeline", key)


def whole(sums: Iterable[Standing]) -> Standing:
    """All that stands in the stages of a pipeline."""
    found = list(sums)
    return Standing(*(sum(getattr(one, name) for one in found) for name in ("open", "held", "kept", "binned")))


def say_retired(request: MemberRequest, name: str, moves: QuerySet[Move]) -> None:
    """What has happened, as a toast: how many deals went, and to which pipeline."""
    gone = moves.count()
    to = moves.values_list("to_stage__pipeline__name", flat=True).first() or ""
    said = {"name": name, "count": typography.number(gone, tongue()), "to": to}
    if not gone:
        text = gettext("“%(name)s” is out of use; no deal stood there.") % said
    else:
        text = (
            ngettext(
                "“%(name)s” is out of use; %(count)s deal went to %(to)s.",
                "“%(name)s” is out of use; %(count)s deals went to %(to)s.",
                gone,
            )
            % said
        )
    messages.success(request, typography.sentence(text, tongue()))
