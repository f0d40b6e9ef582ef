"""The pages of a pipeline's automations."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from piste.automations import operations
from piste.automations.models import Automation
from piste.automations.rules import Recipe
from piste.pipelines.models import Pipeline
from piste.web import access
from piste.web.access import MemberRequest, manager_view, member_view
from piste.web.answering import go, wants_fragment
from piste.web.process.answers import ask, attempt
from piste.web.process.forms import WhyForm
from piste.web.process.tabs import tabs

from . import showing, words
from .forms import AutomationForm, State, arranged, new_state, state_in, state_of
from .naming import Names


def _number(pipeline: Pipeline) -> int:
    return pipeline.version.number if pipeline.version else 0


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
    context = _around(request, pipeline) | {"lines": showing.lines(request, pipeline)}
    return render(request, "automations/list.html", context)


@manager_view
def new(request: MemberRequest, key: int) -> HttpResponse:
    """A new automation, begun at a stage when the address names one."""
    pipeline = access.pipeline(request, key)
    asked = request.GET.get("stage", "")
    stage = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    return _edit(request, pipeline, None, new_state(stage))


@manager_view
def automation(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """One automation, to be changed."""
    found = access.automation(request, key, automation)
    return _edit(request, found.pipeline, found, state_of(Recipe.of(found.recipe)))


def _edit(request: MemberRequest, pipeline: Pipeline, found: Automation | None, kept: State) -> HttpResponse:
    names = Names(pipeline)
    address = reverse("automation", args=[pipeline.pk, found.pk]) if found else reverse("automation_new", args=[pipeline.pk])
    told: dict[str, Any] = {"names": names, "address": address}
    if request.method != "POST":
        start: dict[str, Any] = {"seen": _number(pipeline), "most_per_hour": 100}
        if found is not None:
            start |= {"name": found.name, "most_per_hour": found.most_per_hour, "past": found.past}
        return _page(request, pipeline, found, AutomationForm(state=kept, initial=start, **told), address)
    state = state_in(request.POST)
    do = request.POST.get("do") or request.GET.get("do", "")
    form = AutomationForm(request.POST, state=state, **told)
    if do == "try":
        attempted = showing.attempted(request, pipeline, form, names)
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
    if form.is_valid() and (saved := _save(request, pipeline, found, form)) is not None:
        return go(request, "automations", pipeline.pk) if not saved.secret else _told_secret(request, found, saved)
    form.show_problem()
    return _page(request, pipeline, found, form, address, status=422)


def _typed(request: MemberRequest) -> dict[str, str]:
    """What was typed beside the rows."""
    return {name: request.POST.get(name, "") for name in ("name", "most_per_hour", "past", "why", "seen")}


def _save(request: MemberRequest, pipeline: Pipeline, found: Automation | None, form: AutomationForm) -> Automation | None:
    """The automation as it was filled in, or None with what stood in the way on the form."""
    made: list[Automation] = []
    facts: dict[str, Any] = {"wanted": form.wanted(), "by": request.user, "at": request.now}
    facts |= {"why": form.cleaned_data["why"], "seen": form.cleaned_data["seen"]}

    def save() -> None:
        if found is None:
            made.append(operations.create(pipeline=pipeline, **facts))
        else:
            made.append(operations.amend(automation=found, **facts))

    try:
        if not attempt(form, save):
            return None
    except operations.AlreadySo:
        raise Http404 from None
    messages.success(request, _("“%(name)s” is at work.") % {"name": made[0].name})
    return made[0]


def _told_secret(request: MemberRequest, before: Automation | None, saved: Automation) -> HttpResponse:
    """The secret that signs messages, shown this once to who has just asked for them."""
    if before is not None and before.secret:
        return go(request, "automations", saved.pipeline_id)
    return _secret_page(request, saved)


def _secret_page(request: MemberRequest, saved: Automation) -> HttpResponse:
    return render(request, "automations/secret.html", _around(request, saved.pipeline) | {"automation": saved})


@manager_view
@require_POST
def secret(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """Another secret, shown once."""
    found = access.automation(request, key, automation)
    found.secret = operations.renew_secret(automation=found)
    return _secret_page(request, found)


def _page(
    request: MemberRequest,
    pipeline: Pipeline,
    found: Automation | None,
    form: AutomationForm,
    address: str,
    *,
    focus: str = "",
    status: int = 200,
    attempted: showing.Attempted | None = None,
) -> HttpResponse:
    context = _around(request, pipeline) | {
        "automation": found,
        "form": form,
        "address": address,
        "focus": focus,
        "attempted": attempted,
        "next_number": _number(pipeline) + 1,
    }
    template = "automations/editor.html#form" if wants_fragment(request) else "automations/editor.html"
    return render(request, template, context, status=status)


@manager_view
def switch(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """Pauses an automation, or lets it act again."""
    found = access.automation(request, key, automation)
    act = operations.pause if found.paused_at is None else operations.resume
    return _ask(request, found, "automation_switch", act)


@manager_view
def leaving(request: MemberRequest, key: int, automation: int) -> HttpResponse:
    """Takes an automation out of use."""
    return _ask(request, access.automation(request, key, automation), "automation_leaving", operations.retire)


def _ask(request: MemberRequest, found: Automation, template: str, act: Any) -> HttpResponse:
    pipeline = found.pipeline
    form = WhyForm(request.POST or None, initial={"seen": _number(pipeline)})
    recipe = words.sentence(Recipe.of(found.recipe), Names(pipeline)) if request.method != "POST" else ""
    shown = {"automation": found, "sentence": recipe}
    if request.method != "POST" or not form.is_valid():
        return ask(request, template, form, pipeline, shown)
    facts = form.cleaned_data

    def change() -> None:
        act(automation=found, by=request.user, at=request.now, why=facts["why"], seen=facts["seen"])

    try:
        if not attempt(form, change):
            return ask(request, template, form, pipeline, shown)
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
    }
    return render(request, "automations/runs.html", context)
