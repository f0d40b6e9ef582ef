"""Questions about the contact clock."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from piste.company.models import Member

from .models import ClockRule, ContactClock


def clock_rule() -> ClockRule:
    """What the company chose, or the default."""
    return ClockRule.objects.filter(pk=1).first() or ClockRule(pk=1)


#: Every move asks for it; the ORM would take twenty times as long to write it.
STARTS = """
    SELECT s.role, c.role, c.working_days
    FROM pipelines_stage s LEFT JOIN qualification_clockrule c ON c.id = 1 WHERE s.id = %s
"""


def days_to_answer(stage_id: int) -> int:
    """How many working days the first contact may take from the entry into a stage; 0 where no clock starts."""
    with connection.cursor() as cursor:
        cursor.execute(STARTS, [stage_id])
        role, watched, days = cursor.fetchone()
    rule = ClockRule() if watched is None else ClockRule(role=watched, working_days=days)
    return rule.working_days if role == rule.role else 0


def running(member: Member) -> QuerySet[ContactClock]:
    """The clocks that run for deals a member may see, the one due first at the head."""
    found = ContactClock.objects.visible_to(member).running().filter(deal__status="open")
    return found.select_related("deal__company", "deal__owner", "deal__stage").order_by("due_at", "pk")


@dataclass(frozen=True, slots=True)
class Kept:
    """How often the first contact came in time, of the clocks that started in a period and have ended or been missed."""

    owner_id: int
    in_time: int
    counted: int


def kept(*, owners: Collection[int], since: datetime, until: datetime, now: datetime) -> list[Kept]:
    """For each of these owners, of the clocks started from `since` until before `until`; dropped ones are left out, and those
    that still run in time are not counted yet."""
    ended = Q(met_at__isnull=False) | Q(due_at__lt=now)
    rows = (
        ContactClock.objects.filter(owner_id__in=owners, started_at__gte=since, started_at__lt=until, dropped_at=None)
        .filter(ended)
        .values_list("owner_id")
        .annotate(in_time=Count("pk", filter=Q(met_at__lte=F("due_at"))), counted=Count("pk"))
        .order_by("owner_id")
    )
    return [Kept(*row) for row in rows]
