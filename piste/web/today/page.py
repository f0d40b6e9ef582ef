"""The whole of My day, in a constant number of statements."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone

from piste.activities.queries import day as queries
from piste.activities.queries import waiting_for
from piste.activities.queries.day import Scope
from piste.company.models import Member, Sees
from piste.company.queries import company
from piste.deals.models import DealContact
from piste.deals.queries import forward_count
from piste.qualification.models import ContactClock
from piste.qualification.queries import kept
from piste.qualification.queries import running as running_clocks
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.board.showing import ranks
from piste.web.board.words import name_of
from piste.web.templatetags.piste import zone

from . import words
from .showing import agenda, hot, line

#: Rows of each part shown at first, and the most one may ask for.
PAGE, MOST = 15, 300
HOT, OFFERED = 8, 3


def sees_others(member: Member) -> bool:
    """Whether a member's day has a team to show."""
    return member.sees_all or (member.sees == Sees.TEAM and member.team_id is not None)


def asked_behind(request: MemberRequest) -> QueryDict:
    """What the address of the page that asks says."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)


def context(request: MemberRequest, asked: QueryDict) -> dict[str, Any]:
    """Everything the page shows."""
    member, now = request.user, request.now
    whole = asked.get("who") == "team" and sees_others(member)
    scope = Scope(member=member, whole=whole, today=timezone.localdate(), now=now)
    stages = access.stages(request)
    rank = {key: mark for found in _by_pipeline(stages) for key, mark in ranks(found).items()}
    counted = queries.counts(scope)
    limit = {name: _limit(asked, name) for name in ("overdue", "today", "coming", "stepless")}

    def lines(steps: list[Any]) -> list[Any]:
        return [line(step, rank, now=now, today=scope.today, with_assignee=whole) for step in steps]

    overdue = lines(queries.overdue(scope, limit["overdue"])) if counted.overdue else []
    today = lines(queries.due_today(scope, limit["today"])) if counted.today else []
    settings = company()
    clocks, clock_count = _clocks(scope)
    contacts = _contacts(clocks)
    leads = [hot(clock, contacts, settings=settings, member=member, now=now) for clock in clocks]
    leads = [lead for lead in leads if whole or lead.deal.owner_id == member.pk or lead.takes_over]
    stepless = queries.without_step(scope)
    fixed = [] if whole else queries.agenda(member, scope.today)
    first = next((lead for lead in leads if lead.deal.owner_id == member.pk), None) or (leads[0] if whole and leads else None)
    return {
        "section": "today",
        "whole": whole,
        "sees_others": sees_others(member),
        "title": words.title(scope.today),
        "start": _start(first, overdue, today),
        "then": words.then(counted.overdue, counted.today, sum(step.done_at is None for step in fixed)),
        "leads": leads,
        "more_leads": max(0, clock_count - len(clocks)),
        "counted": counted,
        "due": counted.overdue + counted.today if not whole else waiting_for(member, scope.today).due,
        "overdue": overdue,
        "today": today,
        "coming": lines(queries.coming(scope, limit["coming"])) if counted.coming else [],
        "stepless": [(deal, name_of(deal), rank.get(deal.stage_id, "none")) for deal in stepless[: limit["stepless"]]],
        "stepless_count": stepless.count(),
        "waking": [(deal, name_of(deal)) for deal in queries.waking(scope, PAGE)],
        "agenda": agenda(fixed, rank, member=member, now=now, settings=settings),
        "week": _week(scope),
        "further": {name: min(MOST, shown + 2 * PAGE) for name, shown in limit.items()},
    }


def fragments(
    request: MemberRequest, *, toast: dict[str, str] | None = None, done: bool = False, status: int = 200
) -> HttpResponse:
    """The page as it is now, for the page that asks."""
    shown = context(request, asked_behind(request)) | {"toast": toast, "closes": done}
    return render(request, "today/fragments.html", shown, status=status)


def _by_pipeline(stages: list[Any]) -> list[list[Any]]:
    found: dict[int, list[Any]] = {}
    for stage in stages:
        found.setdefault(stage.pipeline_id, []).append(stage)
    return list(found.values())


def _limit(asked: QueryDict, name: str) -> int:
    text = asked.get(name, "")
    return min(max(int(text), PAGE), MOST) if text.isdecimal() and len(text) < 6 else PAGE


def _start(first: Any, overdue: list[Any], today: list[Any]) -> str:
    if first is not None:
        return words.start(first.name, left=first.left, missed=first.state == "missed")
    step = next(iter([*overdue, *today]), None)
    return words.start(step.about, step=step.title) if step is not None else ""


def _clocks(scope: Scope) -> tuple[list[ContactClock], int]:
    """One's own running clocks, and those of others that end within a day either way: they may be taken over."""
    found = running_clocks(scope.member)
    if scope.whole:
        return list(found[:HOT]), found.count()
    day = timedelta(days=1)
    mine = Q(deal__owner=scope.member)
    near = ~mine & Q(due_at__gt=scope.now - day, due_at__lt=scope.now + day)
    return [*found.filter(mine)[:HOT], *found.filter(near)[: 4 * OFFERED]], found.filter(mine | near).count()


def _contacts(clocks: list[ContactClock]) -> dict[int, str]:
    """The main contact of each deal, with what they do."""
    if not clocks:
        return {}
    rows = DealContact.objects.filter(deal_id__in=[clock.pk for clock in clocks]).select_related("contact")
    found: dict[int, str] = {}
    for row in rows.order_by("-is_main", "pk"):
        job = row.contact.job_title
        found.setdefault(row.deal_id, f"{row.contact.name}, {job}" if job else row.contact.name)
    return found


def _week(scope: Scope) -> dict[str, int]:
    """This week and the last: first contacts in time, what was done, deals brought forward."""
    monday = scope.today - timedelta(days=scope.today.weekday())
    since = datetime.combine(monday, time(), zone())
    before, until = since - timedelta(days=7), scope.now + timedelta(seconds=1)
    members = _members(scope)
    met = kept(owners=members, since=since, until=until, now=scope.now)
    return {
        "number": monday.isocalendar().week,
        "in_time": sum(row.in_time for row in met),
        "counted": sum(row.counted for row in met),
        "done": queries.done_count(members, since=since, until=until),
        "done_before": queries.done_count(members, since=before, until=since),
        "forward": forward_count(members, since=since, until=until),
        "forward_before": forward_count(members, since=before, until=since),
    }


def _members(scope: Scope) -> list[int]:
    member = scope.member
    if not scope.whole:
        return [member.pk]
    everybody = Member.objects.active()
    if not member.sees_all:
        everybody = everybody.filter(team=member.team)
    return list(everybody.values_list("pk", flat=True))
