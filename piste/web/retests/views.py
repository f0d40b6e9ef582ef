"""The re-test of a process version: what was expected, what was measured, what is made of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from piste.pipelines.models import Pipeline, ProcessVersion
from piste.pipelines.rules import measured
from piste.upkeep import operations
from piste.upkeep.models import Retest
from piste.upkeep.queries import judging
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.process import words as process
from piste.web.process.promised import promised
from piste.web.process.tabs import tabs

from . import showing
from .forms import VerdictForm


@manager_view
@require_http_methods(["GET", "POST"])
def retest(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """The page; a verdict is said here."""
    pipeline, version = _found(request, key, number)
    last = judging.last_retest(version)
    if request.method != "POST":
        return _page(request, pipeline, version, last)
    if last is None:
        messages.info(request, gettext("Nothing has been measured yet: there is nothing to judge."))
        return redirect("process_retest", key, number)
    form = VerdictForm(request.POST, today=timezone.localdate(), proposed="")
    if not form.is_valid():
        return _page(request, pipeline, version, last, form, status=422)
    try:
        operations.judge(retest=last, by=request.user, at=request.now, today=form.today, **form.cleaned_data)
    except operations.RetestOvertaken:
        messages.error(request, gettext("The version has been measured again meanwhile: look at the new figures first."))
    else:
        messages.success(request, gettext("The verdict is kept with the figures."))
    return redirect("process_retest", key, number)


@manager_view
@require_POST
def now(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """Measures at once, before the day or again."""
    _pipeline, version = _found(request, key, number)
    if version.at >= request.now:
        messages.info(request, gettext("The change has only just been made: there is nothing to measure yet."))
    elif operations.retest(version=version, on=timezone.localdate(), by=request.user, at=request.now) is None:
        messages.info(request, gettext("It has been measured today already."))
    return redirect("process_retest", key, number)


def _found(request: MemberRequest, key: int, number: int) -> tuple[Pipeline, ProcessVersion]:
    pipeline = access.process(request, key)
    versions = ProcessVersion.objects.select_related("by", "pipeline").filter(number__gt=1)
    return pipeline, get_object_or_404(versions, pipeline=pipeline, number=number)


def _page(
    request: MemberRequest,
    pipeline: Pipeline,
    version: ProcessVersion,
    last: Retest | None,
    form: VerdictForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    verdicts = judging.verdicts_of(last) if last is not None else []
    found = showing.shown(last.figures) if last is not None else None
    said = process.differences(version.changes, process.labels())
    context: dict[str, Any] = {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(pipeline, "changelog"),
        "version": version,
        "changed": said,
        "expected": promised([version], retested=False)[version.pk].expected,
        "stage": measured(version.expects_measure)[1],
        "retest": last,
        "shown": found,
        "verdicts": verdicts,
        "earlier": judging.earlier_retests(version, but=last) if last is not None else [],
        "looks_on": judging.looks_again_on(version, verdicts),
        "may_measure": pipeline.retired_at is None and (last is None or last.on < today),
        "before": number if (number := version.number - 1) else None,
    }
    if found is not None:
        context["form"] = form or VerdictForm(None, today=today, proposed=found.proposed)
    return render(request, "retests/retest.html", context, status=status)
