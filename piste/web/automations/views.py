"""The pages of a pipeline's automations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from piste.automations import operations
from piste.automations.rules import Recipe
from piste.foundations.numbers import row_number
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import DraftOvertaken
from piste.pipelines.queries import wanted
from piste.web import access
from piste.web.access import MemberRequest, manager_view, member_view
from piste.web.answering import go, wants_fragment
from piste.web.process.answers import ask, attempt
from piste.web.process.changes import number_of
from piste.web.process.drafting import said
from piste.web.process.effects import announced
from piste.web.process.forms import WhyForm
from piste.web.process.showing import state_of
from piste.web.process.tabs import tabs
from piste.web.process.words import overtaken_in_draft

from . import showing, words
from .forms import AutomationForm, State, arranged, new_state, rows_of, state_in
from .naming import Names


def _around(request: MemberRequest, pipeline: Pipeline) -> dict[str, Any]:
    """What every page of a pipeline's automations stands in."""
    return {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(pipeline, "automations"),
        "writes": request.user.may_manage,
        "days": showing.DAYS,
    }


@member_view
@require_safe
def automations(request: MemberRequest, key: int) -> HttpResponse:
    """All of them, each with its switch, its last run and its counts."""
    pipeline = access.pipeline(request, key)
    state = state_of(request, pipeline)
    context = _around(request, pipeline) | {
        "lines": showing.lines(request, pipeline, state),
        "announced": announced(request, state, None),
    }
    return render(request, "automations/list.html", context)


@manager_view
def new(request: MemberRequest, key: int) -> HttpResponse:
    """A new automation, begun at a stage when the address names one."""
    pipeline = access.pipeline(request, key)
    return _edit(request, pipeline, None, new_state(row_number(request.GET.get("stage", ""))))


@manager_view
def automation(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """One automation as it is to be, to be changed in the draft."""
    pipeline = access.pipeline(request, key)
    state = wanted(pipeline)
    sides = [{row["id"]: row for row in side.get("automations", ())} for side in (state.definition, state.now)]
    found = sides[0].get(automation) or sides[1].get(automation)
    if found is None:
        raise Http404
    return _edit(request, pipeline, found, rows_of(Recipe.of(found["recipe"])))


def _edit(request: MemberRequest, pipeline: Pipeline, found: Mapping[str, Any] | None, kept: State) -> HttpResponse:
    names = Names(pipeline)
    address = reverse("automation", args=[pipeline.pk, found["id"]]) if found else reverse("automation_new", args=[pipeline.pk])
    told: dict[str, Any] = {"names": names, "address": address}
    if request.method != "POST":
        start: dict[str, Any] = {"most_per_hour": 100}
        if found is not None:
            start = _shown(found) | {"seen": json.dumps(_shown(found))}
        return _page(request, pipeline, found, AutomationForm(state=kept, initial=start, **told), address)
    state = state_in(request.POST)
    do = request.POST.get("do") or request.GET.get("do", "")
    form = AutomationForm(request.POST, state=state, **told)
    if do == "try":
        kept_as = found["id"] if found and found["id"] > 0 else None
        attempted = showing.attempted(request, pipeline, form, names, automation=kept_as)
        if attempted is None:
            form.show_problem()
            return _page(request, pipeline, found, form, address, status=422)
        unbound = AutomationForm(state=state, initial=_typed(request), **told)
        return _page(request, pipeline, found, unbound, address, attempted=attempted)
    if do:
        state, focus = arranged(state, do)
        form = AutomationForm(state=state, initial=_typed(request), **told)
        form.focus(focus)
        return _page(request, pipeline, found, form, address, focus=focus)
    if form.is_valid() and _save(request, pipeline, found, form):
        return go(request, "automations", pipeline.pk)
    form.show_problem()
    return _page(request, pipeline, found, form, address, status=422)


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    """What a form shows of an automation, as the draft keeps it."""
    return {name: found[name] for name in ("name", "recipe", "most_per_hour", "past")}


def _typed(request: MemberRequest) -> dict[str, str]:
    """What was typed beside the rows."""
    return {name: request.POST.get(name, "") for name in ("name", "most_per_hour", "past", "seen")}


def _save(request: MemberRequest, pipeline: Pipeline, found: Mapping[str, Any] | None, form: AutomationForm) -> bool:
    """Writes what was filled in into the draft; False, with what stood in the way on the form."""
    try:
        operations.write(
            pipeline=pipeline,
            wanted=form.wanted(),
            key=found["id"] if found else None,
            seen=form.was_shown() or None,
            by=request.user,
            at=request.now,
        )
    except operations.NoSuchAutomation:
        raise Http404 from None
    except DraftOvertaken as late:
        form.add_error(None, overtaken_in_draft(late.draft))
        form.show_anew(_shown(found) if found else {})
        return False
    said(request, pipeline)
    return True


@manager_view
@require_POST
def leaving(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """Takes an automation out of the draft, or puts it back to what is in force."""
    pipeline = access.pipeline(request, key)
    change = operations.put_back if "back" in request.POST else operations.take_out
    try:
        change(pipeline=pipeline, key=automation, by=request.user, at=request.now)
    except operations.NoSuchAutomation:
        raise Http404 from None
    said(request, pipeline)
    return redirect("automations", key)


@manager_view
@require_POST
def secret(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """Another secret, shown once."""
    found = access.automation(request, key, automation)
    found.secret = operations.renew_secret(automation=found)
    return render(request, "automations/secret.html", _around(request, found.pipeline) | {"automation": found})


def _page(
    request: MemberRequest,
    pipeline: Pipeline,
    found: Mapping[str, Any] | None,
    form: AutomationForm,
    address: str,
    *,
    focus: str = "",
    status: int = 200,
    attempted: showing.Attempted | None = None,
) -> HttpResponse:
    context = _around(request, pipeline) | {
        "key": found["id"] if found else 0,
        "name": found["name"] if found else "",
        "form": form,
        "address": address,
        "focus": focus,
        "attempted": attempted,
    }
    template = "automations/editor.html#form" if wants_fragment(request) else "automations/editor.html"
    return render(request, template, context, status=status)


@manager_view
def switch(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """Pauses an automation, or lets it act again: at once, whatever the draft holds."""
    found = access.automation(request, key, automation)
    act = operations.pause if found.paused_at is None else operations.resume
    pipeline = found.pipeline
    form = WhyForm(request.POST or None, initial={"seen": number_of(pipeline)})
    recipe = words.sentence(Recipe.of(found.recipe), Names(pipeline)) if request.method != "POST" else ""
    shown = {"automation": found, "sentence": recipe}
    if request.method != "POST" or not form.is_valid():
        return ask(request, "automation_switch", form, pipeline, shown)
    facts = form.cleaned_data

    def change() -> None:
        act(automation=found, by=request.user, at=request.now, why=facts["why"], seen=facts["seen"])

    try:
        if not attempt(form, change):
            return ask(request, "automation_switch", form, pipeline, shown)
    except operations.AlreadySo:
        # A colleague has just done the same.
        pass
    return go(request, "automations", pipeline.pk)


@member_view
@require_safe
def runs(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """The log of an automation: each run on a deal one may see, with its reason."""
    found = access.automation(request, key, automation)
    state = request.GET.get("state", "")
    rows, page = showing.run_lines(request, found, state)
    context = _around(request, found.pipeline) | {
        "automation": found,
        "sentence": words.sentence(Recipe.of(found.recipe), Names(found.pipeline)),
        "rows": rows,
        "page": page,
        "states": showing.states(found, state),
        "cleared": showing.cleared(found),
    }
    return render(request, "automations/runs.html", context)
