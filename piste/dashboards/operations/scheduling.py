"""Who is sent a dashboard, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.dashboards import rules
from piste.dashboards.models import Dashboard, Delivery, Reader, Schedule
from piste.dashboards.queries import who_may_see
from piste.journal.operations import record

from .arranging import NotAllowed


class NobodyToSendTo(Exception):
    """No reader is left."""


class TooMany(Exception):
    """More readers than a schedule has, or more schedules than one member sets of a dashboard."""


class OutsideRefused(Exception):
    """A rep may send nothing to addresses outside the company."""


class MayNotSee(Exception):
    """A reader may not look at the dashboard."""


class AskedAlready(Exception):
    """It was asked for within the same minute."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a schedule is to be: when it sends (`Timing`'s words), in which language (empty: each reader's), and to whom."""

    rhythm: str
    weekday: int
    hour: time
    language: str
    members: tuple[Member, ...]
    outside: tuple[str, ...] = ()

    @property
    def timing(self) -> tuple[str, int, time]:
        return self.rhythm, self.weekday, self.hour


@transaction.atomic
def begin(*, board: Dashboard, wanted: Wanted, by: Member, at: datetime) -> Schedule:
    """Sends a dashboard from now on. Raises `NobodyToSendTo`, `TooMany`, `OutsideRefused`, `MayNotSee`."""
    _check(board, wanted, by)
    if Schedule.objects.filter(dashboard=board, by=by).count() >= rules.MOST_SCHEDULES:
        raise TooMany
    made = Schedule.objects.create(
        dashboard=board, by=by, since=at, created_at=at, changed_at=at, language=wanted.language, **_when(wanted)
    )
    _give(made, wanted)
    _record("scheduled", made, by, at, _said(wanted))
    return made


@transaction.atomic
def amend(*, schedule: Schedule, wanted: Wanted, by: Member, at: datetime) -> None:
    """Changes when a dashboard is sent and to whom. Raises `NotAllowed` and what `begin` raises."""
    current = _lock(schedule)
    if not current.may_be_changed_by(by):
        raise NotAllowed
    _check(current.dashboard, wanted, by)
    if wanted.timing != (current.rhythm, current.weekday, current.hour):
        current.since = at
    for name, value in {**_when(wanted), "language": wanted.language, "changed_at": at}.items():
        setattr(current, name, value)
    current.save()
    kept = {member.pk for member in wanted.members}
    outside = {address.lower() for address in wanted.outside}
    for reader in Reader.objects.filter(schedule=current):
        if (reader.member_id not in kept) if reader.member_id else (reader.address.lower() not in outside):
            reader.delete()
    _give(current, wanted)
    _record("rescheduled", current, by, at, _said(wanted))


@transaction.atomic
def pause(*, schedule: Schedule, by: Member, at: datetime) -> None:
    """Nothing is sent until it is resumed. Raises `NotAllowed`."""
    current = _stoppable(schedule, by)
    if current.paused_at is None:
        current.paused_at = at
        current.save(update_fields=["paused_at"])
        Delivery.objects.filter(schedule=current, over_at=None).update(over_at=at, why_not="paused")
        _record("paused", current, by, at)


@transaction.atomic
def resume(*, schedule: Schedule, by: Member, at: datetime) -> None:
    """It is sent again from now on; what would have been sent meanwhile is not made up for. Raises `NotAllowed`."""
    current = _lock(schedule)
    if not current.may_be_changed_by(by):
        raise NotAllowed
    if current.paused_at is not None:
        current.paused_at, current.since = None, at
        current.save(update_fields=["paused_at", "since"])
        _record("resumed", current, by, at)


@transaction.atomic
def end(*, schedule: Schedule, by: Member, at: datetime) -> None:
    """It is sent no more. Raises `NotAllowed`."""
    current = _stoppable(schedule, by)
    _record("unscheduled", current, by, at)
    current.delete()


@transaction.atomic
def leave(*, schedule: Schedule, by: Member, at: datetime) -> None:
    """A reader wants it no more; without any reader left it is sent no more. Raises `NotAllowed` for who is none."""
    current = _lock(schedule)
    if not Reader.objects.filter(schedule=current, member=by).delete()[0]:
        raise NotAllowed
    _record("left", current, by, at)
    if not Reader.objects.filter(schedule=current).exists():
        current.delete()


@transaction.atomic
def ask(*, schedule: Schedule, by: Member, at: datetime) -> int:
    """Sends it once now, to all its readers; returns how many copies are on their way. Raises `NotAllowed`, `AskedAlready`."""
    current = _lock(schedule)
    if not current.may_be_changed_by(by):
        raise NotAllowed
    occasion = f"asked {at:%Y-%m-%dT%H:%M}"
    if Delivery.objects.filter(schedule=current, occasion=occasion).exists():
        raise AskedAlready
    made = copies(current, occasion, at, at)
    _record("sent", current, by, at)
    return made


def copies(schedule: Schedule, occasion: str, due_at: datetime, at: datetime) -> int:
    """A copy for each reader who has none of this occasion yet; returns how many."""
    known = set(Delivery.objects.filter(schedule=schedule, occasion=occasion).values_list("reader_id", flat=True))
    made = [
        Delivery(schedule=schedule, reader=reader, occasion=occasion, due_at=due_at, held_until=at)
        for reader in Reader.objects.filter(schedule=schedule)
        if reader.pk not in known
    ]
    # Somebody else may look at the same moment: the database holds one copy a reader and occasion.
    Delivery.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _check(board: Dashboard, wanted: Wanted, by: Member) -> None:
    count = len(wanted.members) + len(wanted.outside)
    if not count:
        raise NobodyToSendTo
    if count > rules.MOST_READERS:
        raise TooMany
    if wanted.outside and not by.may_manage:
        raise OutsideRefused
    seeing = set(who_may_see(board).values_list("pk", flat=True))
    if by.pk not in seeing or any(member.pk not in seeing for member in wanted.members):
        raise MayNotSee


def _give(schedule: Schedule, wanted: Wanted) -> None:
    known = list(Reader.objects.filter(schedule=schedule).values_list("member_id", "address"))
    inside, outside = {member for member, _ in known}, {address.lower() for _, address in known}
    for member in wanted.members:
        if member.pk not in inside:
            Reader.objects.create(schedule=schedule, member=member)
    for address in dict.fromkeys(address.lower() for address in wanted.outside):
        if address not in outside:
            Reader.objects.create(schedule=schedule, address=address)


def _when(wanted: Wanted) -> dict[str, Any]:
    return {"rhythm": wanted.rhythm, "weekday": wanted.weekday, "hour": wanted.hour}


def _said(wanted: Wanted) -> dict[str, Any]:
    """What the journal keeps: an address outside is somebody's, who is not asked; their number will do."""
    members = [member.pk for member in wanted.members]
    when = {**_when(wanted), "hour": wanted.hour.isoformat("minutes")}
    return {**when, "language": wanted.language, "members": members, "outside": len(wanted.outside)}


def _lock(schedule: Schedule) -> Schedule:
    """The schedule as it stands, nobody else changing it. Raises `Schedule.DoesNotExist` when it was ended meanwhile."""
    found = Schedule.objects.select_for_update(of=("self",)).select_related("dashboard", "by")
    return found.get(pk=schedule.pk)


def _stoppable(schedule: Schedule, by: Member) -> Schedule:
    current = _lock(schedule)
    if not current.may_be_stopped_by(by):
        raise NotAllowed
    return current


def _record(verb: str, schedule: Schedule, by: Member, at: datetime, data: Mapping[str, Any] | None = None) -> None:
    about = {"schedule": schedule.pk, **(data or {})}
    key = schedule.dashboard_id
    record(verb=f"dashboard.{verb}", subject_kind="dashboard", subject_id=key, actor_id=by.pk, at=at, data=about)
