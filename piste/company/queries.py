"""Questions about the company: its settings, its open links, its fields."""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from piste.asking import Kept, KeptRecords
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
    if member is None:
        return hours_of(told.time_zone, "", None, None, settings=told)
    return hours_of(member.time_zone, member.weekdays, member.opens, member.closes, settings=told)


def hours_of(zone: str, weekdays: str, opens: time | None, closes: time | None, *, settings: Settings | None) -> WorkingTime:
    """`working_time` of a member of whom no more is known than these."""
    told = settings or company() or Settings()
    if opens is None or closes is None:
        opens, closes = told.opens, told.closes
    return _hours(zone, weekdays or told.weekdays, opens, closes, told.country, told.region)


@lru_cache(maxsize=500)
def _hours(zone: str, weekdays: str, opens: time, closes: time, country: str, region: str) -> WorkingTime:
    days = frozenset(int(day) for day in weekdays)
    return WorkingTime(zone=ZoneInfo(zone), country=country, region=region, weekdays=days, opens=opens, closes=closes)


def stand_in(sight: str, member: int, team: int) -> Member:
    """Somebody who sees as far, with these numbers: for statements written once for all who do (`asking`)."""
    return Member(pk=member, team_id=team, sees=sight or Sees.OWN, is_active=bool(sight))


def mates(member: Member) -> list[int]:
    """The active members whose work a member sees beside their own: their team's, or everybody's."""
    return [key for (key,) in _mates(member.sees_all, team=member.team_id or 0)]


@Kept
def _mates(sees_all: bool, *, team: int) -> Any:
    found = Member.objects.active() if sees_all else Member.objects.active().filter(team=team)
    return found.order_by("pk").values_list("pk")


def open_invitation(*, token: str, at: datetime) -> Invitation | None:
    """The invitation of a token, when it can still be accepted."""
    found = Invitation.objects.waiting().filter(token_hash=token_hash(token), expires_at__gt=at)
    return found.select_related("invited_by", "team").first()


def open_link(*, token: str, at: datetime) -> SignInLink | None:
    """The sign-in link of a token, when it can still be used."""
    found = SignInLink.objects.filter(token_hash=token_hash(token), used_at=None, expires_at__gt=at, member__is_active=True)
    return found.select_related("member").first()
