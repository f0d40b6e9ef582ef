"""Questions about the company: its settings, its open links, its fields."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from piste.asking import KeptRecords
from piste.foundations.calendar import WorkingTime

from .models import Invitation, Member, Sees, Settings, SignInLink
from .rules import token_hash


def company() -> Settings | None:
    """The company's settings; None before the first start."""
    found: list[Settings] = _company.records()
    return found[0] if found else None


@KeptRecords
def _company() -> Any:
    return Settings.objects.filter(pk=1)


def working_time(member: Member | None = None, *, settings: Settings | None = None) -> WorkingTime:
    """When a member works: their own zone, hours and days where they have some, else the company's, and its holidays."""
    told = settings or company() or Settings()
    zone = member.time_zone if member else told.time_zone
    weekdays = (member.weekdays if member else "") or told.weekdays
    own_hours = member is not None and member.opens is not None and member.closes is not None
    return WorkingTime(
        zone=ZoneInfo(zone),
        country=told.country,
        region=told.region,
        weekdays=frozenset(int(day) for day in weekdays),
        opens=member.opens if member is not None and member.opens is not None and own_hours else told.opens,
        closes=member.closes if member is not None and member.closes is not None and own_hours else told.closes,
    )


def stand_in(sight: str, member: int, team: int) -> Member:
    """Somebody who sees as far, with these numbers: for statements written once for all who do (`asking`)."""
    return Member(pk=member, team_id=team, sees=sight or Sees.OWN, is_active=bool(sight))


def open_invitation(*, token: str, at: datetime) -> Invitation | None:
    """The invitation of a token, when it can still be accepted."""
    found = Invitation.objects.waiting().filter(token_hash=token_hash(token), expires_at__gt=at)
    return found.select_related("invited_by", "team").first()


def open_link(*, token: str, at: datetime) -> SignInLink | None:
    """The sign-in link of a token, when it can still be used."""
    found = SignInLink.objects.filter(token_hash=token_hash(token), used_at=None, expires_at__gt=at, member__is_active=True)
    return found.select_related("member").first()
