"""The whole of My day, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString

from piste.activities.queries import day as queries
from piste.activities.queries.day import DayStep, Scope
from piste.asking import plans_kept
from piste.company.models import Member, Sees
from piste.company.queries import mates
from piste.deals.models import Deal
from piste.deals.queries import forward_count, main_contacts
from piste.qualification.queries import EVERY, MINE, NEAR, HotClock, kept, running, running_count
from piste.training import queries as training
from piste.upkeep.queries.judging import waiting
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.board.showing import ranks
from piste.web.member import company_of
from piste.web.templatetags.piste import zone

from . import words
from .showing import Hot, Part, Writer, agenda

#: Rows of each part shown at first, and the most one may ask for.
PAGE, MOST = 15, 300
HOT, OFFERED, RETESTS = 8, 3, 3


def sees_others(member: Member) -> bool:
    """Whether a member's day has a team to show."""
    return member.sees_all or (member.sees == Sees.TEAM and member.team_id is not None)


def asked_behind(request: MemberRequest) -> QueryDict:
    """What the address of the page that asks says."""
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)


@plans_kept()
def context(request: MemberRequest, asked: QueryDict) -> dict[str, Any]:
    """Everything the page shows."""
    member, now = request.user, request.now
    whole = asked.get("who") == "team" and sees_others(member)
    scope = Scope(member=member, whole=whole, today=timezone.localdate(), now=now)
    stages = access.stages(request)
    pipelines = list({stage.pipeline_id: stage.pipeline for stage in stages}.values())
    rank = {key: mark for found in _by_pipeline(stages) for key, mark in ranks(found).items()}
    write = Writer(rank, now=now, today=scope.today, whole=whole)
    counted = queries.counts(scope)
    limit = {name: _limit(asked, name) for name in counted._fields}

    def part(name: str, rows: Sequence[Any], written: SafeString, total: int | None = None) -> Part:
        further = min(MOST, limit.get(name, PAGE) + 2 * PAGE)
        return Part(name, written, len(rows), len(rows) if total is None else total, further)

    overdue = queries.overdue(scope, limit["overdue"]) if counted.overdue else []
    today = queries.due_today(scope, limit["today"]) if counted.today else []
    coming = queries.coming(scope, limit["coming"]) if counted.coming else []
    stepless = queries.without_step(scope, limit["stepless"]) if counted.stepless else []
    waking = queries.waking(scope, PAGE)
    settings = company_of(request)
    clocks, more_leads = _clocks(scope)
    contacts = main_contacts([clock.deal_id for clock in clocks])
    leads = [write.hot(clock, contacts, settings=settings, member=member) for clock in clocks]
    leads = [lead for lead in leads if whole or lead.owner_id == member.pk or lead.takes_over]
    fixed = [] if whole else queries.agenda(member, scope.today)
    first = next((lead for lead in leads if lead.owner_id == member.pk), None) or (leads[0] if whole and leads else None)
    has_deals = bool(leads or waking or any(counted)) or _has_deals(scope)
    return {
        "section": "today",
        "whole": whole,
        "sees_others": sees_others(member),
        "title": words.title(scope.today),
        "start": _start(first, overdue, today),
        "has_deals": has_deals,
        "is_alone": not has_deals and member.is_admin and not Member.objects.active().exclude(pk=member.pk).exists(),
        "then": words.then(counted.overdue, counted.today, sum(step.done_at is None for step in fixed)),
        "retests": waiting(RETESTS) if member.may_manage else [],
        "leads": write.leads(leads, csrf=get_token(request)),
        "more_leads": more_leads,
        "overdue": part("overdue", overdue, write.steps(overdue), counted.overdue),
        "today": part("today", today, write.steps(today), counted.today),
        "coming": part("coming", coming, write.steps(coming), counted.coming),
        "stepless": part("stepless", stepless, write.stepless(stepless), counted.stepless),
        "waking": part("waking", waking, write.waking(waking)),
        "agenda": agenda(fixed, rank, member=member, now=now, settings=settings),
        "week": _week(scope),
        "reading": None if whole else training.waiting(member, pipelines, now),
    }


def fragments(
    request: MemberRequest, *, toast: dict[str, str] | None = None, done: bool = False, status: int = 200
) -> HttpResponse:
    """The page as it is now, for the page that asks."""
    shown = context(request, asked_behind(request)) | {"toast": toast, "closes": done}
    return render(request, "today/fragments.html", shown, status=status)


def _has_deals(scope: Scope) -> bool:
    """Whether there is an open deal whose day this is; asked when nothing of it stands on the page."""
    seen = Deal.objects.open().visible_to(scope.member)
    return (seen if scope.whole else seen.filter(owner=scope.member)).exists()


def _by_pipeline(stages: list[Any]) -> list[list[Any]]:
    found: dict[int, list[Any]] = {}
    for stage in stages:
        found.setdefault(stage.pipeline_id, []).append(stage)
    return list(found.values())


def _limit(asked: QueryDict, name: str) -> int:
    text = asked.get(name, "")
    return min(max(int(text), PAGE), MOST) if text.isdecimal() and len(text) < 6 else PAGE


def _start(first: Hot | None, overdue: list[DayStep], today: list[DayStep]) -> str:
    if first is not None:
        return words.start(first.name, left=first.left, missed=first.state == "missed")
    step = next(iter([*overdue, *today]), None)
    return words.start(step.about, step=step.title) if step is not None else ""


def _clocks(scope: Scope) -> tuple[list[HotClock], int]:
    """One's own running clocks, and those of others that end within a day either way: they may be taken over. With how many
    more there are."""
    member, now = scope.member, scope.now
    which = (EVERY,) if scope.whole else (MINE, NEAR)
    shown = [clock for one in which for clock in running(member, one, 4 * OFFERED if one == NEAR else HOT, now=now)]
    return shown, max(0, running_count(member, *which, now=now) - len(shown)) if shown else 0


def _week(scope: Scope) -> dict[str, Any]:
    """This week and the last: first contacts in time, what was done, deals brought forward."""
    monday = scope.today - timedelta(days=scope.today.weekday())
    since = datetime.combine(monday, time(), zone())
    before, until = since - timedelta(days=7), scope.now + timedelta(seconds=1)
    members = mates(scope.member) if scope.whole else [scope.member.pk]
    met = kept(owners=members, since=since, until=until, now=scope.now)
    return {
        "number": monday.isocalendar().week,
        "in_time": sum(row.in_time for row in met),
        "counted": sum(row.counted for row in met),
        "done": queries.done_count(members, before=before, since=since, until=until),
        "forward": forward_count(members, before=before, since=since, until=until),
    }
