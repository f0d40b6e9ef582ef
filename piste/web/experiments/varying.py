"""The page of a variant that writes otherwise by a template, or does otherwise with an automation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from piste.automations.models import Automation
from piste.automations.rules import Recipe, action_of
from piste.experiments import operations
from piste.experiments.models import SplitTest, Variant
from piste.playbooks.rules import MERGE_FIELDS
from piste.web.access import MemberRequest
from piste.web.answering import wants_fragment
from piste.web.automations import words as automation_words
from piste.web.automations.forms import arranged, state_in
from piste.web.automations.naming import Names

from .showing import of_variant
from .varied import way_of
from .varying_forms import WayForm, WordingForm, how_of, rows_of


def wording(request: MemberRequest, test: SplitTest, variant: Variant) -> HttpResponse:
    """The text of a variant, begun from the one in force; `do` has it write as everybody again."""
    template = test.template
    if template is None or template.retired_at is not None:
        return _gone(request, test)
    if request.POST.get("do") == "everybody":
        return _write(request, test, lambda: operations.set_variant_wording(variant=variant, wording=None, **_who(request)))
    start = variant.wording or {"subject": template.subject, "body": template.body}
    form = WordingForm(request.POST or None, template=template, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.wording()
        return _write(request, test, lambda: operations.set_variant_wording(variant=variant, wording=said, **_who(request)))
    fields = ["{" + name + "}" for name in MERGE_FIELDS]
    context = of_variant(test, variant) | {"form": form, "template": template, "merge_fields": fields}
    return render(request, "experiments/wording.html", context, status=422 if form.is_bound else 200)


def way(request: MemberRequest, test: SplitTest, variant: Variant) -> HttpResponse:
    """What a variant does with the automation; `do` arranges rows of its actions."""
    automation = Automation.objects.in_use().select_related("pipeline").filter(pk=test.automation or 0).first()
    if automation is None:
        return _gone(request, test)
    address = reverse("test_variant", args=[test.pipeline_id, test.number, variant.position])
    names = Names(test.stage.pipeline)
    told: dict[str, Any] = {"names": names, "address": address, "automation": automation}
    do, focus = request.POST.get("do") or request.GET.get("do", ""), ""
    if request.method != "POST":
        now, recipe = way_of(variant), Recipe.of(automation.recipe)
        actions = recipe.actions if now is None or now.do is None else [action_of(one) for one in now.do]
        start = {"how": how_of(now, is_on=automation.paused_at is None)}
        form = WayForm(state=rows_of(actions), initial=start, **told)
    elif do:
        state, focus = arranged(state_in(request.POST), do)
        form = WayForm(state=state, initial={"how": request.POST.get("how", "")}, **told)
        form.focus(focus)
    else:
        form = WayForm(request.POST, state=state_in(request.POST), **told)
        if form.is_valid():
            said = form.way()
            return _write(request, test, lambda: operations.set_variant_way(variant=variant, way=said, **_who(request)))
    sentence = automation_words.sentence(Recipe.of(automation.recipe), names)
    shown = {"form": form, "automation": automation, "sentence": sentence, "address": address, "focus": focus}
    page = "experiments/way.html#form" if wants_fragment(request) else "experiments/way.html"
    return render(request, page, of_variant(test, variant) | shown, status=422 if form.is_bound else 200)


def _who(request: MemberRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.now}


def _write(request: MemberRequest, test: SplitTest, act: Any) -> HttpResponse:
    """Back to the design once it is written."""
    try:
        act()
    except (operations.AlreadyStarted, operations.NotVaried):
        messages.error(request, gettext("Somebody was quicker: this is how the test stands now."))
        return redirect("test", test.pipeline_id, test.number)
    return redirect("test_design", test.pipeline_id, test.number)


def _gone(request: MemberRequest, test: SplitTest) -> HttpResponse:
    messages.error(request, gettext("What this test varies is out of use by now: choose something else."))
    return redirect("test_design", test.pipeline_id, test.number)
