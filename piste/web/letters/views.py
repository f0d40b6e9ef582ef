"""Dashboards as PDF, and to whom they are sent by e-mail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piste.dashboards import operations
from piste.dashboards.models import Reader, Rhythm, Schedule
from piste.dashboards.operations import scheduling
from piste.dashboards.queries import last_sent, next_at, readers
from piste.foundations import typography
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.dashboards.looking import Opened, opened
from piste.web.dashboards.tiles import TEAM
from piste.web.dashboards.views import own
from piste.web.member import company_of
from piste.web.templatetags.piste import moment, tongue, zone

from . import paper as papers
from . import tasks
from .forms import ScheduleForm


@dataclass(frozen=True, slots=True)
class Line:
    """A schedule in words."""

    schedule: Schedule
    when: str
    to: str
    next: str
    last: str
    may_change: bool
    may_stop: bool
    is_reader: bool


@member_view
@require_safe
def paper(request: MemberRequest, key: str) -> HttpResponse:
    """The dashboard as it is shown now, on paper."""
    found = opened(request, key, TEAM)
    answer = HttpResponse(papers.pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{papers.name(found, is_quoted=True)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@member_view
@require_safe
def letters(request: MemberRequest, key: str) -> HttpResponse:
    """The schedules one may know of."""
    found = opened(request, key, TEAM)
    return _ask(request, found, "list", {"lines": _lines(request, found)})


@member_view
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, key: str) -> HttpResponse:
    """Another schedule."""
    found = opened(request, key, TEAM)
    form = ScheduleForm(request.POST or None, board=found.board, by=request.user, schedule=None, readers=())
    if request.method == "POST" and form.is_valid():
        board = own(found)
        by: dict[str, Any] = {"by": request.user, "at": request.now}
        return _done(request, found, form, lambda: scheduling.begin(board=board, wanted=form.wanted, **by), board.key)
    return _ask(request, found, "form", {"form": form, "action": request.path, "title": _("Send by e-mail")})


@member_view
@require_http_methods(["GET", "POST"])
def change(request: MemberRequest, key: str, schedule: int) -> HttpResponse:
    """When and to whom."""
    found, one = _open(request, key, schedule)
    if not one.may_be_changed_by(request.user):
        raise PermissionDenied
    form = ScheduleForm(request.POST or None, board=found.board, by=request.user, schedule=one, readers=readers([one])[one.pk])
    if request.method == "POST" and form.is_valid():
        by: dict[str, Any] = {"by": request.user, "at": request.now}
        return _done(request, found, form, lambda: scheduling.amend(schedule=one, wanted=form.wanted, **by), key)
    return _ask(request, found, "form", {"form": form, "action": request.path, "title": _when(one)})


@member_view
@require_POST
def act(request: MemberRequest, key: str, schedule: int, act: str) -> HttpResponse:
    """One of the acts on a schedule."""
    found, one = _open(request, key, schedule)
    known: dict[str, tuple[Callable[..., Any], str]] = {
        "send": (scheduling.ask, _("It is on its way; it will be with its readers in a moment.")),
        "pause": (scheduling.pause, _("Paused: nothing is sent until you resume it.")),
        "resume": (scheduling.resume, _("It is sent again.")),
        "remove": (scheduling.end, _("It is sent no more.")),
        "leave": (scheduling.leave, _("You do not get it any more.")),
    }
    if act not in known:
        raise Http404
    operation, said = known[act]
    try:
        operation(schedule=one, by=request.user, at=request.now)
    except operations.NotAllowed as refused:
        raise PermissionDenied from refused
    except scheduling.AskedAlready:
        messages.info(request, _("It was sent within this minute already."))
    except Schedule.DoesNotExist as gone:
        raise Http404 from gone
    else:
        messages.success(request, said)
        if act == "send":
            tasks.send.enqueue()
    return go(request, found.links.letters if act != "leave" or found.may_change else found.links.plain)


def _open(request: MemberRequest, key: str, schedule: int) -> tuple[Opened, Schedule]:
    found = opened(request, key, TEAM)
    if found.is_ready_made:
        raise Http404
    return found, access.schedule(request, found.board.pk, schedule)


def _lines(request: MemberRequest, found: Opened) -> list[Line]:
    if found.is_ready_made:
        return []
    rows = list(access.schedules(request).filter(dashboard=found.board).select_related("by"))
    to, last = readers(rows), last_sent(rows)
    return [_line(request, row, to[row.pk], last.get(row.pk)) for row in rows]


def _line(request: MemberRequest, one: Schedule, to: list[Reader], last: Any) -> Line:
    me = request.user
    names = [reader.member.name if reader.member is not None else reader.address for reader in to[:3]]
    left = len(to) - len(names)
    more = [ngettext("%(count)s more", "%(count)s more", left) % {"count": left}] if left else []
    coming = next_at(one, request.now, settings=company_of(request))
    return Line(
        schedule=one,
        when=_when(one),
        to=", ".join([*names, *more]),
        next=moment(coming) if coming is not None else "",
        last=moment(last),
        may_change=one.may_be_changed_by(me),
        may_stop=one.may_be_stopped_by(me),
        is_reader=any(reader.member_id == me.pk for reader in to),
    )


def _when(one: Schedule) -> str:
    """Its rhythm in words: Each week on Monday at 8:00."""
    hour = typography.hour_said(datetime.combine(date(2026, 1, 1), one.hour, zone()), tongue(), zone())
    said = {
        Rhythm.DAILY: _("Each working day at %(hour)s"),
        Rhythm.WEEKLY: _("Each week on %(weekday)s at %(hour)s"),
        Rhythm.MONTHLY: _("On the first working day of each month at %(hour)s"),
    }[Rhythm(one.rhythm)]
    return said % {"hour": hour, "weekday": WEEKDAYS[one.weekday]}


def _done(request: MemberRequest, found: Opened, form: ScheduleForm, do: Callable[[], Any], key: str) -> HttpResponse:
    """After a form: the list, or the form again with what stands in the way."""
    try:
        do()
    except scheduling.TooMany:
        form.add_error(None, _("You have this dashboard sent often enough: change one of the schedules there are."))
    except (scheduling.MayNotSee, scheduling.OutsideRefused, scheduling.NobodyToSendTo):
        form.add_error("members", _("Who may see this dashboard has changed meanwhile: choose again."))
    except Schedule.DoesNotExist as gone:
        raise Http404 from gone
    else:
        return go(request, f"/dashboards/{key}/letters/")
    return _ask(request, found, "form", {"form": form, "action": request.path, "title": _("Send by e-mail")})


def _ask(request: MemberRequest, found: Opened, template: str, context: dict[str, Any]) -> HttpResponse:
    part = ""
    if wants_fragment(request):
        part = "#again" if request.method == "POST" else "#dialog"
    about = {"opened": found, "board": found.board, "links": found.links, "pipeline": {"name": _("Dashboards")}, "zone": zone()}
    shown = about | context | {"section": "insights", "template": f"letters/{template}.html"}
    return render(request, f"board/ask.html{part}", shown, status=422 if request.method == "POST" else 200)
