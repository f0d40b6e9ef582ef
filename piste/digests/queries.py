"""What the morning letter tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from piste.activities.models import Activity
from piste.activities.queries import day as days
from piste.activities.queries.day import Scope
from piste.company.models import Member
from piste.deals.models import Deal
from piste.qualification.models import ContactClock
from piste.qualification.queries import running

#: Rows of each part.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Day:
    """The first rows of each part of a day, and how many there are in all."""

    waiting: Sequence[ContactClock]
    overdue: Sequence[Activity]
    today: Sequence[Activity]
    stepless: Sequence[Deal]
    waiting_count: int
    overdue_count: int
    today_count: int
    stepless_count: int

    @property
    def is_empty(self) -> bool:
        return not (self.waiting or self.overdue or self.today or self.stepless)


def day_of(member: Member, *, today: date, now: datetime) -> Day:
    """A member's own day."""
    scope = Scope(member=member, whole=False, today=today, now=now)
    counts = days.counts(scope)
    clocks = running(member).filter(deal__owner=member)
    stepless = days.without_step(scope)
    return Day(
        waiting=list(clocks[:SHOWN]),
        overdue=days.overdue(scope, SHOWN),
        today=days.due_today(scope, SHOWN),
        stepless=list(stepless[:SHOWN]),
        waiting_count=clocks.count(),
        overdue_count=counts.overdue,
        today_count=counts.today,
        stepless_count=stepless.count(),
    )
