"""Designing a split test on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext

from piste.experiments import operations, rules
from piste.experiments.models import Idea, SplitTest
from piste.experiments.queries import planning, variants_of
from piste.foundations import typography
from piste.foundations.numbers import row_number
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import stages_in_use
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.member import company_of
from piste.web.process.showing import facts_of
from piste.web.templatetags.piste import tongue

from . import words
from .forms import DesignForm, facts_named, start_of
from .showing import around
from .varied import Varied, choices, left, variant_rows
from .views import test_of


@manager_view
def new(request: MemberRequest, key: int) -> HttpResponse:
    """A new design, from an idea (`idea`) or a stage (`stage`) of the address or from nothing."""
    pipeline = access.pipeline(request, key)
    idea = _idea(request, pipeline)
    stages = stages_in_use(key)
    start: dict[str, Any] = {"stage": request.GET.get("stage") or (idea.stage_id if idea else None) or stages[0].pk}
    if idea:
        start |= {"title": idea.title, "name_1": idea.title[:80]}
    following = next((place for place, stage in enumerate(stages) if str(stage.pk) == str(start["stage"])), 0) + 1
    start["goal"] = stages[min(following, len(stages) - 1)].pk
    form = _form(request, pipeline, stages, start)
    if request.method != "POST" or request.POST.get("do") or not form.is_valid():
        return _page(request, pipeline, form, idea=idea)
    stage = next(stage for stage in stages if stage.pk == form.cleaned_data["stage"])
    plan = _plan(request, stage, form)
    if plan is None:
        return _page(request, pipeline, form, idea=idea)
    made = operations.design(stage=stage, plan=plan, arms=form.arms(), by=request.user, at=request.now, idea=idea)
    return redirect("test_design", key, made.number)


@manager_view
def edit(request: MemberRequest, key: int, number: int) -> HttpResponse:
    """A design that has not started, to change and to start."""
    test = test_of(request, key, number)
    if test.state != "design":
        return redirect("test", key, number)
    stages = stages_in_use(key)
    form = _form(request, test.stage.pipeline, stages, start_of(test))
    form.fields["stage"].choices = [(test.stage_id, test.stage.name)]  # type: ignore[attr-defined]
    if request.method != "POST" or request.POST.get("do") or not form.is_valid():
        return _page(request, test.stage.pipeline, form, test=test, idea=test.idea)
    plan = _plan(request, test.stage, form)
    if plan is None:
        return _page(request, test.stage.pipeline, form, test=test, idea=test.idea)
    try:
        operations.redesign(test=test, plan=plan, arms=form.arms(), by=request.user, at=request.now)
    except operations.AlreadyStarted:
        messages.error(request, gettext("Somebody was quicker: this is how the test stands now."))
        return redirect("test", key, number)
    messages.success(request, gettext("The design is saved."))
    return redirect("test_design", key, number)


@manager_view
def size(request: MemberRequest, key: int) -> HttpResponse:
    """The sample that the design of the address takes, for the form as one types."""
    access.pipeline(request, key)
    form = DesignForm(request.GET, stages=stages_in_use(key), facts=())
    form.is_valid()
    return render(request, "experiments/size.html", _sized(request, form))


def _form(request: MemberRequest, pipeline: Pipeline, stages: list[Stage], start: dict[str, Any]) -> DesignForm:
    told: dict[str, Any] = {"stages": stages, "facts": facts_named(facts_of())}
    return DesignForm(request.POST or None, initial=start, **told)


def _idea(request: MemberRequest, pipeline: Pipeline) -> Idea | None:
    asked = row_number(request.POST.get("idea") or request.GET.get("idea") or "")
    return get_object_or_404(Idea, pk=asked, pipeline=pipeline) if asked is not None else None


def _plan(request: MemberRequest, stage: Stage, form: DesignForm) -> rules.Plan | None:
    """The plan as filled in; None, with the reason on the form, when nobody says how many are to be drawn."""
    found = form.cleaned_data
    sized = _size(request, stage, form)
    planned = found["planned_count"] or sized.total
    if not planned:
        form.add_error("planned_count", words.refused(sized.refused))
        return None
    expected = {"per_week": f"{sized.present.per_week:.2f}"}
    if sized.present.mean is not None:
        expected["mean"] = f"{sized.present.mean:.6g}"
    if sized.present.per_week:
        weeks = planned / sized.present.per_week + found["within_days"] / 7
        expected["weeks"] = f"{weeks:.1f}"
    currency = _currency(request) if found["measure"] == "amount" else ""
    return form.plan(planned=planned, expected=expected, currency=currency)


def _size(request: MemberRequest, stage: Stage, form: DesignForm) -> planning.Size:
    found = form.cleaned_data
    known = planning.present(
        stage=stage, measure=found["measure"], within_days=found["within_days"], goal_id=found.get("goal"), unit=found["unit"],
        among=form.among(), as_of=request.now,
    )  # fmt: skip
    return planning.size(
        known, measure=found["measure"], unit=found["unit"], smallest=float(found["smallest"]), shares=form.shares,
        within_days=found["within_days"],
    )  # fmt: skip


def _sized(request: MemberRequest, form: DesignForm) -> dict[str, Any]:
    """What is said of the sample beside the form; empty while the figures asked for are not all there."""
    found = getattr(form, "cleaned_data", {})
    needed = ("stage", "unit", "measure", "within_days", "smallest", "share_0", "share_1")
    stage = next((one for one in stages_in_use_of(form) if one[0] == found.get("stage")), None)
    if any(found.get(name) in (None, "") for name in needed) or stage is None or "goal" in form.errors:
        return {"size": None}
    place = Stage.objects.select_related("pipeline").get(pk=stage[0])
    sized = _size(request, place, form)
    known, currency = sized.present, _currency(request)
    if sized.refused:
        return {"size": sized, "refused": words.refused(sized.refused)}
    return {
        "size": sized,
        "total": words.units(found["unit"], sized.total),
        "arm": words.count(sized.arm),
        "duration": words.weeks(sized.weeks) if sized.weeks is not None else "",
        "is_long": sized.weeks is not None and sized.weeks > 52,
        "pace": typography.number(known.per_week, tongue(), places=1),
        "today": words.figure(found["measure"], known.mean, currency) if known.mean is not None else "",
        "known": words.units(found["unit"], known.n),
    }


def stages_in_use_of(form: DesignForm) -> list[tuple[int, str]]:
    return list(form.fields["stage"].choices)  # type: ignore[attr-defined]


def _currency(request: MemberRequest) -> str:
    settings = company_of(request)
    return settings.currency if settings else "EUR"


def _page(
    request: MemberRequest, pipeline: Pipeline, form: DesignForm, *, test: SplitTest | None = None, idea: Idea | None = None
) -> HttpResponse:
    is_reckoned = bool(request.POST.get("do"))
    sized = form if form.is_bound else _unbound(form)
    context = around(request, pipeline, test=test) | _sized(request, sized) | {
        "form": form,
        "test": test,
        "idea": idea,
        "variants": _changes(test) if test else [],
        "quiet": is_reckoned,
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors and not is_reckoned else 200
    return render(request, "experiments/design.html", context, status=status)


def _changes(test: SplitTest) -> list[dict[str, Any]]:
    """Each variant with what it does otherwise, and what else it could do."""
    variants, offered = variants_of(test), choices(test.stage.pipeline)
    rows = variant_rows(test, variants, Varied(test, variants))
    return [{"variant": one, "doings": doings, "further": left(offered, doings)} for one, doings in rows]


def _unbound(form: DesignForm) -> DesignForm:
    """What the form begins with, as if it had been sent: the sample is said before anything is typed."""
    start = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    data = {name: value for name, value in start.items() if value not in (None, "", (), [], False)}
    stages = [Stage(pk=key, name=name) for key, name in form.fields["goal"].choices if key]  # type: ignore[attr-defined]
    found = DesignForm(data, stages=stages, facts=form.fields["needs_1"].choices)  # type: ignore[attr-defined]
    found.is_valid()
    return found
