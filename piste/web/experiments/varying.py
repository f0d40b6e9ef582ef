"""The pages of what a variant does otherwise: its playbook, its text of a template, its way with an automation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from piste.automations.models import Automation
from piste.automations.rules import Recipe, action_of
from piste.company.models import Member
from piste.experiments import operations, rules
from piste.experiments.models import SplitTest, Variant
from piste.experiments.queries.varied import texts_of
from piste.experiments.rules import AUTOMATION, PLAYBOOK, TEMPLATE
from piste.foundations.numbers import row_number
from piste.playbooks.models import Template
from piste.playbooks.queries import guide
from piste.playbooks.rules import MERGE_FIELDS, Guide, told_guide
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import wants_fragment
from piste.web.automations import words as automation_words
from piste.web.automations.forms import arranged as arranged_actions
from piste.web.automations.forms import state_in as actions_in
from piste.web.automations.naming import Names
from piste.web.playbook import reading
from piste.web.process.playbook_forms import PlaybookForm, arranged, state_in, state_of

from .showing import of_variant
from .varying_forms import WayForm, WordingForm, how_of, rows_of
from .views import test_of


@manager_view
def variant(request: MemberRequest, key: int, number: int, place: int) -> HttpResponse:
    """One thing that a variant does otherwise (`of`: its playbook unless it says else), begun from what everybody does; `do`
    arranges rows, or has it do as everybody again. Once the test has begun it is read alone."""
    test = test_of(request, key, number)
    found = get_object_or_404(Variant.objects.prefetch_related("changes"), test=test, position=place)
    if place == 0:
        raise Http404
    kind, one = _asked(request)
    if test.state != "design":
        return _frozen(request, test, found, kind, one)
    if request.method == "POST" and request.POST.get("do") == "everybody":
        return _as_everybody(request, test, found, kind, one)
    if kind == TEMPLATE:
        return _wording(request, test, found, one)
    if kind == AUTOMATION:
        return _way(request, test, found, one)
    return _playbook(request, test, found)


def _asked(request: MemberRequest) -> tuple[str, int]:
    """What is written: its kind, and the key of its template or automation."""
    kind, _colon, key = (request.POST.get("of") or request.GET.get("of") or PLAYBOOK).partition(":")
    if kind == PLAYBOOK and not key:
        return PLAYBOOK, 0
    if kind not in (TEMPLATE, AUTOMATION) or (number := row_number(key)) is None:
        raise Http404
    return kind, number


def _as_everybody(request: MemberRequest, test: SplitTest, variant: Variant, kind: str, key: int) -> HttpResponse:
    who = _who(request)

    def act() -> None:
        if kind == TEMPLATE:
            operations.set_variant_wording(variant=variant, template=key, wording=None, **who)
        elif kind == AUTOMATION:
            operations.set_variant_way(variant=variant, automation=key, way=None, **who)
        else:
            operations.set_variant_guide(variant=variant, guide=None, **who)

    return _write(request, test, act)


def _playbook(request: MemberRequest, test: SplitTest, variant: Variant) -> HttpResponse:
    people = list(Member.objects.order_by("name", "pk"))
    if request.method != "POST":
        now = rules.guide_from_json(variant.guide) if variant.guide else guide(test.stage_id)
        form = PlaybookForm(state=_keyed(now), people=people, initial={"script": now.script})
        return _playbook_page(request, test, variant, form)
    do, state = request.POST.get("do", ""), state_in(request.POST)
    if do:
        state, focus = arranged(state, do)
        form = PlaybookForm(state=state, people=people, initial={"script": request.POST.get("script", "")})
        form.focus(focus)
        return _playbook_page(request, test, variant, form, focus=focus)
    form = PlaybookForm(request.POST, state=state, people=people)
    if form.is_valid():
        said = form.guide()
        return _write(request, test, lambda: operations.set_variant_guide(variant=variant, guide=said, **_who(request)))
    form.show_problem()
    return _playbook_page(request, test, variant, form, status=422)


def _keyed(now: Guide) -> dict[str, dict[str, Any]]:
    """The rows as the form knows them; those that the stage has not get keys as new rows have them."""

    def named(rows: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(replace(row, id=f"n{place}") if row.id is None else row for place, row in enumerate(rows, start=1))

    return state_of(replace(now, activities=named(now.activities), criteria=named(now.criteria), templates=named(now.templates)))


def _playbook_page(
    request: MemberRequest, test: SplitTest, variant: Variant, form: PlaybookForm, *, focus: str = "", status: int = 200
) -> HttpResponse:
    context = of_variant(test, variant) | {"form": form, "focus": focus, "merge_fields": _merge_fields()}
    template = "experiments/variant.html#form" if wants_fragment(request) else "experiments/variant.html"
    return render(request, template, context, status=status)


def _merge_fields() -> list[str]:
    return ["{" + name + "}" for name in MERGE_FIELDS]


def _wording(request: MemberRequest, test: SplitTest, variant: Variant, key: int) -> HttpResponse:
    """The text of a variant, begun from the one in force."""
    template = texts_of(test.pipeline_id).filter(pk=key).first()
    if template is None:
        return _gone(request, test)
    own = variant.wordings.get(key)
    start = {"subject": own.subject if own else template.subject, "body": own.body if own else template.body}
    form = WordingForm(request.POST or None, template=template, initial=start)
    if request.method == "POST" and form.is_valid():
        said = form.wording()
        return _write(
            request,
            test,
            lambda: operations.set_variant_wording(variant=variant, template=key, wording=said, **_who(request)),
        )
    context = of_variant(test, variant) | {
        "form": form,
        "template": template,
        "is_own": own is not None,
        "of": f"{TEMPLATE}:{key}",
        "merge_fields": _merge_fields(),
    }
    return render(request, "experiments/wording.html", context, status=422 if form.is_bound else 200)


def _way(request: MemberRequest, test: SplitTest, variant: Variant, key: int) -> HttpResponse:
    """What a variant does with an automation."""
    automation = Automation.objects.in_use().select_related("pipeline").filter(pk=key, pipeline=test.pipeline_id).first()
    if automation is None:
        return _gone(request, test)
    address = reverse("test_variant", args=[test.pipeline_id, test.number, variant.position])
    names = Names(test.stage.pipeline)
    told: dict[str, Any] = {"names": names, "address": address, "automation": automation}
    do, focus = request.POST.get("do") or request.GET.get("do", ""), ""
    if request.method != "POST":
        now, recipe = variant.ways.get(key), Recipe.of(automation.recipe)
        actions = recipe.actions if now is None or now.do is None else [action_of(one) for one in now.do]
        start = {"how": how_of(now, is_on=automation.paused_at is None)}
        form = WayForm(state=rows_of(actions), initial=start, **told)
    elif do:
        state, focus = arranged_actions(actions_in(request.POST), do)
        form = WayForm(state=state, initial={"how": request.POST.get("how", "")}, **told)
        form.focus(focus)
    else:
        form = WayForm(request.POST, state=actions_in(request.POST), **told)
        if form.is_valid():
            said = form.way()
            return _write(
                request, test, lambda: operations.set_variant_way(variant=variant, automation=key, way=said, **_who(request))
            )
    sentence = automation_words.sentence(Recipe.of(automation.recipe), names)
    shown = {"form": form, "automation": automation, "sentence": sentence, "address": address, "focus": focus}
    page = "experiments/way.html#form" if wants_fragment(request) else "experiments/way.html"
    context = of_variant(test, variant) | shown | {"of": f"{AUTOMATION}:{key}"}
    return render(request, page, context, status=422 if form.is_bound else 200)


def _frozen(request: MemberRequest, test: SplitTest, variant: Variant, kind: str, key: int) -> HttpResponse:
    """The playbook, or a text, of a variant of a test that has begun: it is read, and changes no more."""
    context = of_variant(test, variant)
    if request.method != "POST" and kind == TEMPLATE and key in variant.wordings:
        template = Template.objects.select_related("stage").get(pk=key)
        return render(request, "experiments/variant_read.html", context | {"template": template, "own": variant.wordings[key]})
    if request.method == "POST" or kind != PLAYBOOK or not variant.guide:
        return redirect("test", test.pipeline_id, test.number)
    said = told_guide(rules.worded(rules.guide_from_json(variant.guide), variant.wordings))
    context["guide"] = reading.read(said, reading.names_in([said]))
    return render(request, "experiments/variant_read.html", context)


def _who(request: MemberRequest) -> dict[str, Any]:
    return {"by": request.user, "at": request.now}


def _write(request: MemberRequest, test: SplitTest, act: Callable[[], None]) -> HttpResponse:
    """Back to the design once it is written."""
    try:
        act()
    except operations.AlreadyStarted:
        messages.error(request, gettext("Somebody was quicker: this is how the test stands now."))
        return redirect("test", test.pipeline_id, test.number)
    except operations.NotVaried:
        return _gone(request, test)
    return redirect("test_design", test.pipeline_id, test.number)


def _gone(request: MemberRequest, test: SplitTest) -> HttpResponse:
    messages.error(request, gettext("This is out of use by now: choose something else."))
    return redirect("test_design", test.pipeline_id, test.number)
