"""Adherence: how far deals, members and stages follow the playbooks.

One definition for all of them. Counted are the standard activities whose day lies in a period, before the present day: what
is due today may still be done. Not counted are those in the bin, those of deals in the bin, and undone ones of a deal that was
lost by their day or is on hold. Followed is what has been done; in time what was done by the end of its day, in the time zone
of whoever it was given to. The day is the one it has now: an activity put off is measured against its new day.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, DateField, F, Q, QuerySet, Value, When

from piste.activities.models import Activity, ActivitySet
from piste.asking import LocalDay
from piste.company.models import Member
from piste.deals.models import Deal, DealSet


@dataclass(frozen=True, slots=True)
class Adherence:
    """Of the standard activities whose day has come: those done in time, done late, not done; and of how many deals."""

    deals: int = 0
    in_time: int = 0
    late: int = 0
    undone: int = 0

    @property
    def asked(self) -> int:
        return self.in_time + self.late + self.undone

    @property
    def share(self) -> float | None:
        """What was done, 0 to 1; None when nothing was asked."""
        return (self.in_time + self.late) / self.asked if self.asked else None

    @property
    def share_in_time(self) -> float | None:
        """What was done in time, 0 to 1; None when nothing was asked."""
        return self.in_time / self.asked if self.asked else None


class Verdict(IntEnum):
    """What has become of a standard activity that counts."""

    IN_TIME = 0
    LATE = 1
    UNDONE = 2


def asked(rows: ActivitySet) -> ActivitySet:
    """What counts of some activities in whatever period, each with its `verdict`. One statement is asked now: the time zones
    people have."""
    zones = Member.objects.order_by().values_list("time_zone", flat=True).distinct()
    done_on = Case(
        *(When(assignee__time_zone=zone, then=LocalDay("done_at", tzinfo=ZoneInfo(zone))) for zone in zones),
        output_field=DateField(),
    )
    verdict = Case(
        When(done_at=None, then=Value(int(Verdict.UNDONE))),
        When(done_on__lte=F("due_on"), then=Value(int(Verdict.IN_TIME))),
        default=Value(int(Verdict.LATE)),
    )
    counted = rows.present().filter(standard__isnull=False, deal__deleted_at=None, due_on__isnull=False)
    return counted.filter(Q(done_at__isnull=False) | ~_moot()).alias(done_on=done_on).annotate(verdict=verdict)


def adherence_of_stages(stage_ids: Collection[int], *, among: DealSet, first: date, today: date) -> dict[int, Adherence]:
    """By stage, over some deals; those of which nothing was asked are left out. `first` is the period's first day."""
    rows = Activity.objects.filter(standard__stage_id__in=stage_ids, deal__in=among.order_by().values("pk"))
    return _measured(rows, "standard__stage_id", first, today)


def adherence_of_members(member_ids: Collection[int], *, among: DealSet, first: date, today: date) -> dict[int, Adherence]:
    """By whoever the activities were given to."""
    rows = Activity.objects.filter(assignee_id__in=member_ids, deal__in=among.order_by().values("pk"))
    return _measured(rows, "assignee_id", first, today)


def adherence_of_deals(
    deal_ids: Collection[int] | QuerySet[Deal, int], *, today: date, first: date = date.min
) -> dict[int, Adherence]:
    """By deal, over all its stages; of deals named, or of those a statement gives."""
    return _measured(Activity.objects.filter(deal_id__in=deal_ids), "deal_id", first, today)


def _measured(rows: ActivitySet, key: str, first: date, today: date) -> dict[int, Adherence]:
    """Two statements: the time zones people have, and the counts."""
    counts = (
        asked(rows)
        .filter(due_on__gte=first, due_on__lt=today)
        .values_list(key)
        .annotate(
            deals=Count("deal_id", distinct=True),
            in_time=Count("pk", filter=Q(verdict=Verdict.IN_TIME)),
            done=Count("done_at"),
            asked=Count("pk"),
        )
        .order_by()
    )
    return {
        found: Adherence(deals, in_time, late=done - in_time, undone=asked - done)
        for found, deals, in_time, done, asked in counts
    }


def _moot() -> Q:
    """Of a deal on which nothing was to be done any more, or is to be done at present."""
    lost_by_then = Q(deal__status="lost", due_on__gte=LocalDay("deal__closed_at", tzinfo=ZoneInfo("UTC")))
    return lost_by_then | Q(deal__status="held")
