"""Taking a stage or a pipeline out of use: where its deals go is asked, and said before it happens."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext, ngettext

from piste.deals import operations as deals
from piste.deals.queries import Standing, standings
from piste.foundations import typography
from piste.pipelines.models import Stage
from piste.pipelines.queries import stages_in_use
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go
from piste.web.templatetags.piste import tongue

from . import words
from .answers import ask, attempt
from .changes import number_of
from .forms import LeavingForm


@manager_view
def stage_leaving(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """Retires a stage, or merges it into another."""
    found = access.stage(request, stage)
    if found.pipeline_id != key:
        raise Http404
    merged = request.GET.get("merge") == "1"
    others = [other for other in stages_in_use(key) if other.pk != found.pk]
    standing = standings([found]).get(found.pk, Standing())
    start = {"destination": beside(found, others), "seen": number_of(found.pipeline)}
    form = LeavingForm(request.POST or None, stages=others, initial=start)
    shown = {"stage": found, "merged": merged, "alone": not others, "going": words.going(standing), "held": standing.held}
    if merged:
        form.fields["destination"].label = gettext("Merged into")
    if request.method != "POST" or not others or not form.is_valid():
        return ask(request, "leaving", form, found.pipeline, shown)
    gone = _retire(request, form, found, merged)
    if gone is None:
        return ask(request, "leaving", form, found.pipeline, shown)
    _say(request, found.name, gone, form.cleaned_data["destination"].name)
    return go(request, "process_stage", key, form.cleaned_data["destination"].pk)


def _retire(request: MemberRequest, form: LeavingForm, stage: Stage, merged: bool) -> int | None:
    """How many deals went, or None with what stood in the way on the form."""
    found = form.cleaned_data
    gone: list[int] = []

    def retire() -> None:
        try:
            gone.append(
                deals.retire_stage(
                    stage=stage,
                    destination=found["destination"],
                    by=request.user,
                    at=request.now,
                    why=found["why"],
                    merged=merged,
                    seen=found["seen"],
                )
            )
        except deals.StageRetired:
            form.add_error(None, words.gone())

    return gone[0] if attempt(form, retire) and gone else None


def beside(stage: Stage, others: list[Stage]) -> int | None:
    """Where deals would most naturally go: the stage before, else the one behind."""
    before = [other.pk for other in others if other.position < stage.position]
    return before[-1] if before else others[0].pk if others else None


@manager_view
def pipeline_leaving(request: MemberRequest, key: int) -> HttpResponse:
    """Retires a pipeline; its deals, if any, go to a stage of another."""
    pipeline = access.pipeline(request, key)
    elsewhere = [stage for stage in access.stages(request) if stage.pipeline_id != key]
    sums = standings(stages_in_use(key)).values()
    standing = Standing(
        sum(s.open for s in sums), sum(s.held for s in sums), sum(s.kept for s in sums), sum(s.binned for s in sums)
    )
    start = {"seen": number_of(pipeline), "elsewhere": True}
    form = LeavingForm(request.POST or None, stages=elsewhere, needed=bool(standing.all), initial=start)
    shown = {"alone": not elsewhere, "going": words.going(standing), "kept": standing.kept}
    if request.method != "POST" or not elsewhere or not form.is_valid():
        return ask(request, "pipeline_leaving", form, pipeline, shown)
    found = form.cleaned_data
    destination: Stage | None = found.get("destination")
    gone: list[int] = []

    def retire() -> None:
        try:
            gone.append(
                deals.retire_pipeline(
                    pipeline=pipeline,
                    destination=destination,
                    by=request.user,
                    at=request.now,
                    why=found["why"],
                    seen=found["seen"],
                )
            )
        except (deals.StageRetired, deals.HoldsDeals, deals.LastPipeline):
            form.add_error(None, gettext("The deals or stages have changed while you were looking. Nothing was saved."))

    if not attempt(form, retire) or not gone:
        return ask(request, "pipeline_leaving", form, pipeline, shown)
    _say(request, pipeline.name, gone[0], str(destination.pipeline.name) if destination else "")
    return go(request, "process")


def _say(request: MemberRequest, name: str, gone: int, to: str) -> None:
    """What has happened, as a toast."""
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
