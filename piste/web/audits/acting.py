"""A finding becomes a task; audits are made by themselves from time to time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.audits import operations
from piste.audits.models import Rhythm, Schedule
from piste.audits.queries import readers_of, schedule_of
from piste.foundations import typography
from piste.pipelines.models import Pipeline
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go, wants_fragment
from piste.web.templatetags.piste import day, today, tongue, zone

from . import showing
from .forms import ScheduleForm, TaskForm


@manager_view
@require_http_methods(["GET", "POST"])
def task(request: MemberRequest, key: int, audit: int, finding: int) -> HttpResponse:
    """Gives somebody a task about a finding."""
    pipeline = access.process(request, key)
    whole = access.audit(request, pipeline, audit)
    found = access.finding(request, whole, finding)
    said = showing.row(found, pipeline).said
    link = f"{settings.LINKS_URL}{reverse('audit_finding', args=[key, audit, finding])}"
    detail = f"{said.text}\n{link}"
    form = TaskForm(request.POST or None, by=request.user, today=today(), title=said.task, detail=detail)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["assignee"]
        try:
            operations.act(finding=found, wanted=form.wanted, assignee=to, by=request.user, at=request.now)
        except operations.NoLongerHere:
            form.add_error("assignee", _("This member has left meanwhile: choose somebody else."))
        else:
            told = {"name": to.first_name, "day": day(form.cleaned_data["due_on"])}
            messages.success(request, _("%(name)s has this task, due %(day)s") % told)
            return go(request, "audit", key, audit)
    return _ask(request, "task", form, pipeline, {"head": said.head, "back": reverse("audit", args=[key, audit])})


@manager_view
@require_http_methods(["GET", "POST"])
def schedule(request: MemberRequest, key: int) -> HttpResponse:
    """When audits are made by themselves, and who is sent them."""
    pipeline = access.pipeline(request, key)
    known = schedule_of(pipeline, request.user)
    form = ScheduleForm(request.POST or None, by=request.user, schedule=known, readers=readers_of(known) if known else ())
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            operations.schedule(
                pipeline=pipeline, rhythm=found["rhythm"], weekday=found["weekday"], hour=found["hour"],
                readers=list(found["readers"]), by=request.user, at=request.now,
            )  # fmt: skip
        except operations.NotAReader:
            form.add_error("readers", _("Who may read these audits has changed meanwhile: choose again."))
        else:
            messages.success(request, _("Audits are made by themselves from now on."))
            return go(request, "audits", key)
    return _ask(request, "schedule", form, pipeline, {"schedule": known, "back": reverse("audits", args=[key])})


@manager_view
@require_POST
def end(request: MemberRequest, key: int) -> HttpResponse:
    """No more audits by themselves."""
    pipeline = access.pipeline(request, key)
    known = schedule_of(pipeline, request.user)
    if known is not None:
        operations.end(schedule=known, by=request.user, at=request.now)
    messages.success(request, _("No more audits are made by themselves; those made stay."))
    return go(request, "audits", key)


def rhythm_said(one: Schedule) -> str:
    """Its rhythm in words: Each week on Monday at 7:00."""
    hour = typography.hour_said(datetime.combine(date(2026, 1, 1), one.hour, zone()), tongue(), zone())
    if one.rhythm == Rhythm.WEEKLY:
        return _("Each week on %(weekday)s at %(hour)s") % {"hour": hour, "weekday": WEEKDAYS[one.weekday]}
    return _("On the first working day of each month at %(hour)s") % {"hour": hour}


def _ask(request: MemberRequest, template: str, form: forms.Form, pipeline: Pipeline, more: dict[str, Any]) -> HttpResponse:
    # The page behind the dialog has forms of its own.
    form.auto_id = "ask_%s"
    context = {
        "section": "process",
        "template": f"audits/{template}.html",
        "form": form,
        "pipeline": pipeline,
        "action": request.get_full_path(),
        **more,
    }
    part = ""
    if wants_fragment(request):
        part = "#again" if request.method == "POST" else "#dialog"
    return render(request, f"process/ask.html{part}", context, status=422 if form.is_bound else 200)
