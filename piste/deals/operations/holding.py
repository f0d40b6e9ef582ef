"""Putting a deal on hold, and waking it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.deals.models import Deal, Move, Status

from .errors import AlreadyThere, WrongDate
from .ledger import Act, append, lock


@transaction.atomic
def hold(
    *,
    deal: Deal,
    until: date,
    by: Member | None,
    at: datetime,
    today: date,
    why: str = "",
    seen: int | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> Move:
    """Sets an open deal aside until a day to come, when it wakes by itself; on a held one, changes that day.

    Raises `Overtaken`, `WrongDate` when the day is not after `today`, `AlreadyThere` for a closed deal or the same day.
    """
    current = lock(deal, seen=seen)
    if until <= today:
        raise WrongDate
    if current.status in (Status.WON, Status.LOST) or current.hold_until == until:
        raise AlreadyThere(current.title)
    act = Act(by=by, at=at, why=why.strip(), cause=cause, besides=besides or {})
    return append(current, kind="held", to=current.stage, status=Status.HELD, act=act, hold_until=until)


@transaction.atomic
def resume(
    *,
    deal: Deal,
    by: Member | None,
    at: datetime,
    why: str = "",
    seen: int | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> Move:
    """Brings a held deal back to its stage. Raises `Overtaken`, `AlreadyThere` when it is not on hold."""
    current = lock(deal, seen=seen)
    if current.status != Status.HELD:
        raise AlreadyThere(current.title)
    act = Act(by=by, at=at, why=why.strip(), cause=cause, besides=besides or {})
    return append(current, kind="resumed", to=current.stage, status=Status.OPEN, act=act)


def wake_due(*, today: date, at: datetime) -> int:
    """Wakes every held deal whose day has come, one transaction each; returns how many.

    Deals missed while no worker ran are woken at the next call, so a day can be late but never lost.
    """
    woken = 0
    due = list(Deal.objects.due_to_wake(today).order_by("hold_until", "pk").values_list("pk", flat=True))
    for key in due:
        with transaction.atomic():
            current = lock(Deal(pk=key), binned=True)
            if current.deleted_at is not None or current.status != Status.HELD or (current.hold_until or today) > today:
                continue
            act = Act(by=None, at=at, cause="clock")
            append(current, kind="resumed", to=current.stage, status=Status.OPEN, act=act)
            woken += 1
    return woken
