"""Members and their deals: one changes team, one leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company import operations as company
from piste.company.models import Member
from piste.deals.models import Deal

from .amending import amend, hand_over
from .errors import DealError, NotAllowed


class SuccessorMissing(DealError):
    """A member who leaves still has deals and nobody was named to take them; `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


@transaction.atomic
def say_goodbye(*, leaver: Member, successor: Member | None, by: Member, at: datetime) -> int:
    """Deactivates a member and gives all their deals, whatever their state, to a successor; returns how many went.

    Raises `SuccessorMissing`, `NotAllowed` for a successor who has left or is the leaver, `company.operations.LastAdmin`.
    """
    company.deactivate(member=leaver, by=by, at=at, successor=successor)
    if successor is None:
        if left := Deal.objects.kept().filter(owner=leaver).count():
            raise SuccessorMissing(left)
        return 0
    if successor.pk == leaver.pk or not Member.objects.active().filter(pk=successor.pk).exists():
        raise NotAllowed
    return hand_over(leaver=leaver, successor=successor, by=by, at=at)


@transaction.atomic
def change_member(
    *, member: Member, facts: Mapping[str, Any], deals_follow: bool, by: Member, at: datetime
) -> tuple[dict[str, list[Any]], int]:
    """Changes a member's facts; their deals stay with the team they have, unless they are to follow into a new one.

    Returns what changed as [before, after], and how many deals followed. Raises what `company.operations.amend_member` raises.
    """
    changes = company.amend_member(member=member, facts=facts, by=by, at=at)
    if "team" not in changes or not deals_follow:
        return changes, 0
    team = facts["team"]
    deals = Deal.objects.kept().filter(owner=member).order_by("pk")
    return changes, sum(1 for deal in deals if amend(deal=deal, facts={"team": team}, by=by, at=at))
