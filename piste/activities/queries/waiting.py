"""What waits for a member, as the bars of every page count it."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.db import connection

from piste.activities.models import Activity
from piste.company.models import Member, Sees

from .papers import mentions_of
from .reminders import reminders_of

#: Stand for values in a statement written once for all members; no row has them.
ANY_MEMBER, ANY_TEAM, ANY_DAY = -(2**53) + 1, -(2**53) + 2, date(1, 2, 3)


class Waiting(NamedTuple):
    """Mentions and reminders not seen yet, and one's own steps that are overdue or due today."""

    unread: int = 0
    due: int = 0


def waiting_for(member: Member, today: date) -> Waiting:
    """All counts in one statement: every page of everybody asks it."""
    if not member.is_active:
        return Waiting()
    sees = Sees.ALL if member.sees_all else Sees.TEAM if member.sees == Sees.TEAM and member.team_id else Sees.OWN
    sql, values = _statement(sees, connection.vendor)
    adapted = connection.ops.adapt_datefield_value
    own: dict[Any, Any] = {ANY_MEMBER: member.pk, ANY_TEAM: member.team_id, adapted(ANY_DAY): adapted(today)}
    with connection.cursor() as cursor:
        cursor.execute(sql, [own.get(value, value) for value in values])
        mentions, reminders, due = cursor.fetchone()
    return Waiting(mentions + reminders, due)


@cache
def _statement(sees: Sees, _vendor: str) -> tuple[str, tuple[Any, ...]]:
    """The statement, put together once for all who see as much."""
    anyone = Member(pk=ANY_MEMBER, team_id=ANY_TEAM, sees=sees)
    unread = mentions_of(anyone).filter(read_at=None).select_related(None).order_by().values("pk")
    told = reminders_of(anyone).filter(read_at=None).select_related(None).order_by().values("pk")
    due = Activity.objects.steps().in_play().filter(assignee=anyone, due_on__lte=ANY_DAY).order_by().values("pk")
    parts, values = [], list[Any]()
    for rows in (unread, told, due):
        sql, own = rows.query.sql_with_params()
        parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608
        values += own
    return f"SELECT {', '.join(parts)}", tuple(values)
