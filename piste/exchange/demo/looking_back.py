"""The audits of the demo company: the one of last week with what came of it, and a schedule whose next one is due, which the
worker makes once somebody looks around."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from piste.activities.operations import Wanted, do
from piste.audits.models import Finding
from piste.audits.operations import act, bring_in, schedule
from piste.audits.rules import Found, Looked
from piste.company.models import Member
from piste.company.queries import working_time
from piste.deals.models import Deal, DealSet
from piste.pipelines.models import Pipeline

WEEK = timedelta(days=7)
#: How many more than today were found a week ago.
MORE = {"no_step": 9, "past_close": 5, "no_amount": 1}
FINE = ["rotting", "stalling", "contact_late", "playbook", "unused_stage", "double_company", "double_contact"]


def audit(pipeline: Pipeline, sellers: Sequence[Member], *, at: datetime) -> None:
    """What was found a week ago, two tasks of it (one is done), and the schedule."""
    head, rep = sellers[-1], sellers[0]
    then = at - WEEK
    open_deals = Deal.objects.open().filter(pipeline=pipeline).exclude(stage__role="retention").order_by("pk")
    now = {
        "no_step": open_deals.without_next_step(),
        "past_close": open_deals.filter(expected_close_on__lt=at.date()),
        "no_amount": open_deals.filter(amount_minor=None),
    }
    counted = open_deals.count()
    found = [_found(code, deals, open_deals, counted) for code, deals in now.items()]
    worth = open_deals.aggregate(all=Sum("amount_minor"))["all"] or 0
    facts = {"open": counted, "worth": {"EUR": worth}, "today": then.date().isoformat()}
    made = bring_in(pipeline=pipeline, looked=Looked([one for one in found if one.count], FINE, [], facts), at=then)
    findings = {one.code: one for one in Finding.objects.filter(audit=made)}
    for code, title, is_done in (
        ("no_step", _("See that each deal has a next step"), True),
        ("past_close", _("Have the close dates gone by put right"), False),
    ):
        if code not in findings:
            continue
        wanted = Wanted(title=title, due_on=(at + timedelta(days=1)).date())
        chore = act(finding=findings[code], wanted=wanted, assignee=rep if is_done else head, by=head, at=then)
        if is_done:
            do(activity=chore.activity, by=rep, at=then + timedelta(days=2))
    due = (at.astimezone(working_time(head).zone) - timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    schedule(
        pipeline=pipeline, rhythm="weekly", weekday=due.weekday(), hour=due.time(), readers=[],
        by=head, at=then,
    )  # fmt: skip


def _found(code: str, deals: DealSet, others: DealSet, counted: int) -> Found:
    """Those of today, and some of the others: those were put right since."""
    today = list(deals.values_list("pk", flat=True))
    since = list(others.exclude(pk__in=today).values_list("pk", flat=True)[:: max(1, counted // MORE[code])][: MORE[code]])
    named = sorted([*today, *since])
    worth = Deal.objects.filter(pk__in=named).aggregate(all=Sum("amount_minor"))["all"] or 0
    return Found(code, len(named), counted, named, amounts={"EUR": worth} if worth else {})
