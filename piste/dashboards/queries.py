"""Questions about dashboards that leave by e-mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max, QuerySet

from piste.company.models import Member, Settings
from piste.company.queries import working_time

from . import rules
from .models import Dashboard, Delivery, Reader, Schedule
from .rules import Timing


def timing(schedule: Schedule, *, settings: Settings | None) -> Timing:
    """When a schedule sends, by the calendar of who set it."""
    return Timing(schedule.rhythm, schedule.weekday, schedule.hour, working_time(schedule.by, settings=settings))


def next_at(schedule: Schedule, at: datetime, *, settings: Settings | None) -> datetime | None:
    """When it sends next; None while it is paused."""
    return None if schedule.paused_at is not None else timing(schedule, settings=settings).next_after(at)


def who_may_see(board: Dashboard) -> QuerySet[Member]:
    """The members who may look at a dashboard: everybody when it is shared, else its owner."""
    here = Member.objects.active().order_by("name", "pk")
    return here if board.is_shared else here.filter(pk=board.owner_id)


def readers(schedules: Iterable[Schedule]) -> dict[int, list[Reader]]:
    """The readers of schedules, those inside first."""
    found: dict[int, list[Reader]] = {schedule.pk: [] for schedule in schedules}
    rows = Reader.objects.filter(schedule__in=list(found)).select_related("member")
    for reader in sorted(rows, key=lambda row: (row.member is None, row.member.name if row.member else row.address)):
        found[reader.schedule_id].append(reader)
    return found


def last_sent(schedules: Iterable[Schedule]) -> dict[int, datetime]:
    """When each schedule last gave a copy to the post."""
    done = Delivery.objects.filter(schedule__in=[schedule.pk for schedule in schedules], over_at__isnull=False, why_not="")
    return dict(done.values_list("schedule_id").annotate(last=Max("over_at")))


def eyes(schedule: Schedule, reader: Reader) -> Member:
    """With whose rights a reader's copy is made: their own, or of an address outside those of who set it."""
    return reader.member if reader.member is not None else schedule.by


def why_not(schedule: Schedule, reader: Reader) -> str:
    """Why a reader gets no copy now; empty when they get one."""
    by, sees = schedule.by, eyes(schedule, reader)
    return rules.why_not(
        setter_is_here=by.is_active,
        reader_is_here=sees.is_active,
        may_see=Dashboard.objects.visible_to(sees).filter(pk=schedule.dashboard_id).exists(),
        is_outside=reader.member is None,
        setter_may_manage=by.may_manage,
    )
