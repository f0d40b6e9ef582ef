"""The pages of the dashboards: looked at, put together, on a wall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piste.dashboards import operations, rules
from piste.dashboards.models import READY, Dashboard
from piste.pipelines.models import Pipeline
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.board.filtering import choices
from piste.web.insights.files import csv_of
from piste.web.insights.period import PeriodForm
from piste.web.parts.name_field import name_field

from . import tiles as drawn
from .looking import Opened
from .looking import opened as open_one

#: What an address may ask, in characters.
LONGEST = 4000


class DashboardForm(forms.Form):
    """The name of a dashboard, whether everybody has it, and whether a new one begins with the figures shown."""

    name = name_field(gettext_lazy("Name"), 60)
    is_shared = forms.BooleanField(label=gettext_lazy("Everybody has it; each sees in it what they may see"), required=False)
    with_figures = forms.BooleanField(label=gettext_lazy("Begin with the figures shown now"), required=False)


def _open(request: MemberRequest, key: str) -> Opened:
    return open_one(request, key, drawn.TEAM)


def _stored(request: MemberRequest, key: str) -> Opened:
    """A dashboard that is kept; 404 for the ready-made one, which has no name to change and cannot be removed."""
    found = _open(request, key)
    if found.is_ready_made:
        raise Http404
    return found


def own(opened: Opened) -> Dashboard:
    """The dashboard as it is kept; the ready-made one becomes a copy of one's own first."""
    board = opened.board
    if not opened.is_ready_made:
        return board
    facts: dict[str, Any] = {"figures": board.figures, "by": opened.request.user, "at": opened.request.now}
    made = operations.make(name=board.name, pipeline=board.pipeline, find_name=True, **facts)
    messages.info(opened.request, _("This is your own dashboard now; the ready-made one stays as it was."))
    return made


def _changed(opened: Opened, change: Callable[..., None], **facts: Any) -> Dashboard:
    """The dashboard with a change made, one's own if it was the ready-made one."""
    by: dict[str, Any] = {"by": opened.request.user, "at": opened.request.now}
    board = own(opened)
    try:
        change(board=board, **facts, **by)
    except operations.NotAllowed as refused:
        raise PermissionDenied from refused
    except Dashboard.DoesNotExist as gone:
        raise Http404 from gone
    return board


def _address(board: Dashboard, anchor: str = "") -> str:
    return reverse("dashboard", args=[board.key]) + (f"#{anchor}" if anchor else "")


@member_view
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The ready-made dashboard of the first pipeline, or the invitation to make one."""
    first = Pipeline.objects.in_use().first()
    if first is None:
        return render(request, "insights/none.html", {"section": "insights"})
    return redirect("dashboard", f"{READY}{first.pk}")


@member_view
@require_safe
def dashboard(request: MemberRequest, key: str) -> HttpResponse:
    """All tiles, on a desk or, with `wall`, on a wall: without bars and in large type."""
    opened = _open(request, key)
    context = opened.shown() | {"tiles": drawn.tiles(opened, drawn.ALL), "on_wall": "wall" in request.GET}
    template = "dashboards/wall.html" if context["on_wall"] else "dashboards/dashboard.html"
    return render(request, template, context, status=422 if context["problems"] else 200)


@member_view
@require_safe
def tiles(request: MemberRequest, key: str, part: str) -> HttpResponse:
    """Tiles as they are now, for a page that stays open."""
    if part not in (drawn.LIVE, drawn.REST, drawn.ALL):
        raise Http404
    opened = _open(request, key)
    if not wants_fragment(request):
        return redirect(opened.links.here())
    context = {"opened": opened, "board": opened.board, "tiles": drawn.tiles(opened, part), "part": part}
    return render(request, "dashboards/fragments.html", context | {"on_wall": "wall" in request.GET})


@member_view
@require_http_methods(["GET", "POST"])
def figures(request: MemberRequest, key: str) -> HttpResponse:
    """The catalogue: figures to put on the dashboard."""
    opened, problem = _open(request, key), ""
    if request.method == "POST":
        chosen = drawn.known(request.POST.getlist("figure"))
        if not chosen:
            problem = _("Choose a figure.")
        else:
            try:
                board = _changed(opened, operations.add, figures=chosen)
            except operations.Full:
                problem = ngettext(
                    "A dashboard has %(most)s figure at most: take some off, or make another.",
                    "A dashboard has %(most)s figures at most: take some off, or make another.",
                    rules.MOST,
                ) % {"most": rules.MOST}
            else:
                return go(request, _address(board, chosen[-1]))
    if not opened.may_change:
        raise PermissionDenied
    return _ask(request, opened, "figures", {"offers": drawn.offers(opened), "problem": problem})


@member_view
@require_safe
def csv_file(request: MemberRequest, key: str, figure: str) -> HttpResponse:
    """A figure of the dashboard as a file: the very cells of its table."""
    return csv_of(drawn.figure(_open(request, key), figure), figure)


@member_view
@require_POST
def place(request: MemberRequest, key: str, figure: str) -> HttpResponse:
    """Puts a figure at a place among the others."""
    wanted = request.POST.get("place", "")
    opened = _open(request, key)
    place = int(wanted) if wanted.isdecimal() and wanted.isascii() and len(wanted) < 4 else rules.MOST
    board = _changed(opened, operations.place, figure=figure, place=place)
    if wants_fragment(request) and not opened.is_ready_made:
        return HttpResponse(status=204)
    return go(request, _address(board, figure))


@member_view
@require_POST
def take_off(request: MemberRequest, key: str, figure: str) -> HttpResponse:
    """Takes a figure off; the catalogue has it still."""
    board = _changed(_open(request, key), operations.take_off, figure=figure)
    return go(request, _address(board))


@member_view
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, key: str) -> HttpResponse:
    """Another dashboard of the same pipeline, with the period and the filter shown."""
    opened = _open(request, key)
    form = DashboardForm(request.POST or None, initial={"with_figures": True})
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        facts = {"asked": _asked(opened), "is_shared": found["is_shared"]}
        shown = drawn.known(opened.board.figures) if found["with_figures"] else []
        try:
            board = operations.make(
                name=found["name"], pipeline=opened.board.pipeline, figures=shown, by=request.user, at=request.now, **facts
            )
        except operations.NameTaken:
            form.add_error("name", _taken())
        else:
            return go(request, _address(board))
    return _ask(request, opened, "named", {"form": form, "is_new": True, "action": request.get_full_path()})


@member_view
@require_http_methods(["GET", "POST"])
def settings(request: MemberRequest, key: str) -> HttpResponse:
    """The name of a dashboard, and who has it."""
    opened = _stored(request, key)
    if not opened.may_change:
        raise PermissionDenied
    board = opened.board
    form = DashboardForm(request.POST or None, initial={"name": board.name, "is_shared": board.is_shared})
    del form.fields["with_figures"]
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, _address(_changed(opened, operations.change, facts=form.cleaned_data)))
        except operations.NameTaken:
            form.add_error("name", _taken())
    return _ask(request, opened, "named", {"form": form, "action": reverse("dashboard_settings", args=[key])})


@member_view
@require_POST
def keep(request: MemberRequest, key: str) -> HttpResponse:
    """The dashboard keeps the period and the filter shown."""
    opened = _open(request, key)
    board = _changed(opened, operations.change, facts={"asked": _asked(opened)})
    messages.success(request, _("“%(name)s” now opens with this period and this filter.") % {"name": board.name})
    return go(request, _address(board))


@member_view
@require_POST
def remove(request: MemberRequest, key: str) -> HttpResponse:
    """Removes a dashboard; its figures stay in the catalogue."""
    opened = _stored(request, key)
    _changed(opened, operations.remove)
    messages.success(request, _("The dashboard “%(name)s” is removed.") % {"name": opened.board.name})
    return go(request, reverse("dashboard", args=[f"{READY}{opened.board.pipeline_id}"]))


@member_view
@require_safe
def filtering(request: MemberRequest, key: str) -> HttpResponse:
    """The filters as a form: a dialog over the dashboard, or a page."""
    opened = _open(request, key)
    look = opened.question.look
    context = look.shown() | choices(look) | {"section": "insights", "template": "board/ask/filter.html", "links": opened.links}
    part = "#dialog" if wants_fragment(request) else ""
    return render(request, f"board/ask.html{part}", context, status=422 if look.form.errors else 200)


@member_view
@require_safe
def period(request: MemberRequest, key: str) -> HttpResponse:
    """The period and what it is held against, as a form."""
    opened = _open(request, key)
    question = opened.question
    context = {
        "section": "insights",
        "template": "insights/period.html",
        "pipeline": question.pipeline,
        "question": question,
        "links": opened.links,
        "form": question.form,
        "kept": [pair for pair in opened.links.pairs if pair[0] not in PeriodForm.base_fields],
        "versions": question.versions(),
        "days": [question.form["first"], question.form["last"]],
        "is_present": True,
    }
    part = "#dialog" if wants_fragment(request) else ""
    return render(request, f"board/ask.html{part}", context, status=422 if question.form.errors else 200)


def _asked(opened: Opened) -> str:
    """Period and filter as a dashboard keeps them; none when they are too long to be kept."""
    said = opened.links.elsewhere.asked
    return said if len(said) <= LONGEST else ""


def _taken() -> str:
    return _("You have a dashboard of this name here already; choose another name.")


def _ask(request: MemberRequest, opened: Opened, template: str, context: dict[str, Any]) -> HttpResponse:
    part = ""
    if wants_fragment(request):
        part = "#again" if request.method == "POST" else "#dialog"
    about = {"opened": opened, "board": opened.board, "links": opened.links, "pipeline": {"name": _("Dashboards")}}
    shown = about | context | {"section": "insights", "template": f"dashboards/{template}.html"}
    return render(request, f"board/ask.html{part}", shown, status=422 if request.method == "POST" else 200)
