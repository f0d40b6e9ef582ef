"""What waits for a member, as the bars of every page count it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from piste.activities.models import Activity
from piste.asking import KeptCounts
from piste.company.models import Member
from piste.company.queries import stand_in

from .papers import mentions_of
from .reminders import reminders_of


class Waiting(NamedTuple):
    """Mentions and reminders not seen yet, and one's own steps that are overdue or due today."""

    unread: int = 0
    due: int = 0


def waiting_for(member: Member, today: date) -> Waiting:
    """All counts in one statement: every page of everybody asks it."""
    mentions, reminders, due = _waiting.counts(member.sight, member=member.pk, team=member.team_id or 0, today=today)
    return Waiting(mentions + reminders, due)


@KeptCounts
def _waiting(sight: str, *, member: int, team: int, today: date) -> Iterable[Any]:
    anyone = stand_in(sight, member, team)
    if not anyone.is_active:
        return Activity.objects.none(), Activity.objects.none(), Activity.objects.none()
    due = Activity.objects.in_play().filter(assignee=anyone, due_on__lte=today)
    return mentions_of(anyone).filter(read_at=None), reminders_of(anyone).filter(read_at=None), due
