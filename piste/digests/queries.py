"""What the morning letter tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from piste.activities.queries import day as days
from piste.activities.queries.day import DayDeal, DayStep, Scope
from piste.company.models import Member
from piste.qualification.queries import MINE, HotClock, running, running_count

#: Rows of each part.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Day:
    """The first rows of each part of a day, and how many there are in all."""

    waiting: Sequence[HotClock]
    overdue: Sequence[DayStep]
    today: Sequence[DayStep]
    stepless: Sequence[DayDeal]
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
    return Day(
        waiting=running(member, MINE, SHOWN, now=now),
        overdue=days.overdue(scope, SHOWN),
        today=days.due_today(scope, SHOWN),
        stepless=days.without_step(scope, SHOWN),
        waiting_count=running_count(member, MINE, now=now),
        overdue_count=counts.overdue,
        today_count=counts.today,
        stepless_count=counts.stepless,
    )
