"""The pages of targets: how far everybody is, one target, a year of them, their history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from piste.catalogue.models import Product
from piste.company.models import Member, Team
from piste.forecasting.models import Measure, Target, Whose
from piste.forecasting.operations import NotAllowed, Overtaken, set_targets
from piste.forecasting.queries.targets import history as everything_set
from piste.foundations import typography
from piste.foundations.numbers import row_number
from piste.pipelines.models import Pipeline
from piste.web.access import MemberRequest, manager_view, member_view
from piste.web.answering import go, wants_fragment
from piste.web.insights.words import count, period_name
from piste.web.templatetags.piste import tongue

from .asking import Look
from .forms import TargetForm, YearGrid
from .progress import blocks, definition, line, parts_said, sentence

#: Rows of the history on its page, and beside the targets.
PAGE, BESIDE = 50, 6


@member_view
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The first pipeline's forecast, or the invitation to make one."""
    first = Pipeline.objects.in_use().first()
    if first is None:
        return render(request, "forecast/none.html", {"section": "forecast"})
    return redirect("forecast_ahead", first.pk)


@member_view
@require_safe
def targets(request: MemberRequest, key: int) -> HttpResponse:
    """How far everybody is on the way to their targets."""
    look = Look.at(request, key, "forecast_targets")
    lead = look.lead
    told = list(everything_set(look.pipeline, request.user)[:BESIDE])
    shown = blocks(look)
    has_target = any(one.raw.target is not None for block in shown for one in block.lines)
    context = look.shown() | {
        "lead": line(look, lead) if lead is not None else None,
        "sentence": sentence(look, lead) if lead is not None else "",
        "parts": parts_said(look, lead) if lead is not None else "",
        "blocks": shown,
        "csv_href": look.href("forecast_csv", "targets") if has_target else "",
        "definition": definition(look),
        "history": [_told(look, row, names) for names in [_names()] for row in told],
        "set_href": look.href("forecast_target") if request.user.may_manage else "",
        "year_href": look.href("forecast_year") if request.user.may_manage else "",
        "history_href": look.href("forecast_history"),
    }
    return render(request, "forecast/targets.html", context, status=422 if context["problems"] else 200)


@manager_view
@require_http_methods(["GET", "POST"])
def target(request: MemberRequest, key: int) -> HttpResponse:
    """One target as a form: a dialog over the page, or a page."""
    look = Look.at(request, key, "forecast_target")
    form = TargetForm(look, request.POST if request.method == "POST" else None, request.GET.get("who", ""))
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            set_targets(
                pipeline=look.pipeline, goals=[form.goal], why=found["why"], seen=found["seen"], by=request.user, at=request.now
            )
        except NotAllowed as refused:
            raise PermissionDenied from refused
        except Overtaken as late:
            form.add_error(None, _overtaken(look, late.rows[0]))
        else:
            return go(request, look.href("forecast_targets"))
    context = {
        "section": "forecast",
        "template": "forecast/target.html",
        "pipeline": look.pipeline,
        "look": look,
        "form": form,
        "action": look.href("forecast_target", who=request.GET.get("who", "")),
        "back_href": look.href("forecast_targets"),
    }
    part = ("#again" if request.method == "POST" else "#dialog") if wants_fragment(request) else ""
    return render(request, f"board/ask.html{part}", context, status=422 if request.method == "POST" else 200)


@manager_view
@require_http_methods(["GET", "POST"])
def year(request: MemberRequest, key: int) -> HttpResponse:
    """A fiscal year at once: twelve months by who has targets."""
    look = Look.at(request, key, "forecast_year")
    grid = YearGrid(look, request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and grid.is_valid():
        seen = row_number(grid.seen)
        try:
            rows = set_targets(pipeline=look.pipeline, goals=grid.goals, why=grid.why, seen=seen, by=request.user, at=request.now)
        except Overtaken as late:
            problem = _overtaken(look, late.rows[0])
        else:
            messages.success(request, _set_said(len(rows)))
            return redirect(look.href("forecast_year", page=request.GET.get("page", "")))
    problem = problem or next((f"{box.label}: {box.problem}" for row in grid.rows() for box in row.boxes if box.problem), "")
    context = look.shown() | {
        "grid": grid,
        "rows": grid.rows(),
        "problem": problem,
        "months": [typography.months(month.first, month.first, tongue()).rsplit(" ", 1)[0] for month in grid.months],
        "year_said": period_name(grid.year),
        "before_href": look.href(first=grid.year.previous.first.isoformat()),
        "after_href": look.href(first=grid.year.next.first.isoformat()),
        "back_href": look.href("forecast_targets"),
    }
    return render(request, "forecast/year.html", context, status=422 if problem else 200)


@member_view
@require_safe
def history(request: MemberRequest, key: int) -> HttpResponse:
    """Everything that was set: who, what, when, why."""
    look = Look.at(request, key, "forecast_history")
    page = Paginator(everything_set(look.pipeline, request.user), PAGE).get_page(request.GET.get("page"))
    names = _names()
    context = look.shown() | {
        "page": page,
        "lines": [_told(look, row, names) for row in page.object_list],
        "back_href": look.href("forecast_targets"),
        "older_href": look.href(page=str(page.next_page_number())) if page.has_next() else "",
        "newer_href": look.href(page=str(page.previous_page_number())) if page.has_previous() else "",
    }
    return render(request, "forecast/history.html", context)


def _names() -> dict[tuple[str, int], str]:
    """What those who may have targets are called; a team that was removed has no name any more."""
    found: dict[tuple[str, int], str] = {}
    rows: Any = ((Whose.TEAM, Team), (Whose.REP, Member), (Whose.PRODUCT, Product))
    for whose, model in rows:
        found |= {(str(whose), key): name for key, name in model.objects.values_list("pk", "name")}
    return found


def _told(look: Look, row: Target, names: dict[tuple[str, int], str]) -> dict[str, Any]:
    whole = look.company.name if row.whose == Whose.COMPANY else ""
    value = (
        ""
        if row.value is None
        else (typography.amount(row.value, row.currency, tongue()) if row.measure == Measure.AMOUNT else count(row.value))
    )
    return {
        "row": row,
        "name": whole or names.get((row.whose, row.subject_id), gettext("A team that is no longer there")),
        "period": period_name(row.period),
        "value": value,
        "is_wins": row.measure == Measure.WINS and row.value is not None,
    }


def _set_said(number: int) -> str:
    if not number:
        return gettext("Nothing had changed.")
    return ngettext("%(count)s target is set.", "%(count)s targets are set.", number) % {"count": count(number)}


def _overtaken(look: Look, row: Target) -> str:
    told = {"who": row.by.name, "value": look.worth(row.value), "period": period_name(row.period)}
    said = gettext("%(who)s set %(value)s for %(period)s meanwhile. Nothing was saved: look at the page again, then set it.")
    return said % told
