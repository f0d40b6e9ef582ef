"""A day's work of one member or of the team they see: what is due, what waits without a step, what was done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q

from piste.activities.models import Activity, ActivitySet
from piste.company.models import Member
from piste.deals.models import Deal, DealSet

#: Days ahead that are shown as coming.
AHEAD = 7


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose day, and when: their own, or with `whole` that of everybody whose deals they see."""

    member: Member
    whole: bool
    today: date
    now: datetime

    def steps(self) -> ActivitySet:
        """What is to be done on a day, about deals in play."""
        found = Activity.objects.steps().in_play()
        return found.visible_to(self.member) if self.whole else found.filter(assignee=self.member)

    def deals(self) -> DealSet:
        found = Deal.objects.visible_to(self.member)
        return found if self.whole else found.filter(owner=self.member)

    @property
    def is_late(self) -> Q:
        return Q(due_on__lt=self.today) | Q(due_on=self.today, due_at__lt=self.now)

    @property
    def is_for_today(self) -> Q:
        return Q(due_on=self.today) & (Q(due_at=None) | Q(due_at__gte=self.now))


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of each part of the day."""

    overdue: int
    today: int
    coming: int


def counts(scope: Scope) -> Counts:
    """The size of each part; one statement."""
    found = scope.steps().filter(due_on__lte=scope.today + timedelta(days=AHEAD))
    sums = found.order_by().aggregate(
        overdue=Count("pk", filter=scope.is_late),
        today=Count("pk", filter=scope.is_for_today),
        coming=Count("pk", filter=Q(due_on__gt=scope.today)),
    )
    return Counts(**sums)


def overdue(scope: Scope, limit: int) -> list[Activity]:
    """What should have been done by now, the oldest first."""
    return list(_shown(scope.steps().filter(scope.is_late))[:limit])


def due_today(scope: Scope, limit: int) -> list[Activity]:
    """What is still to be done today, by its hour."""
    return list(_shown(scope.steps().filter(scope.is_for_today))[:limit])


def coming(scope: Scope, limit: int) -> list[Activity]:
    """What the coming days bring."""
    until = scope.today + timedelta(days=AHEAD)
    return list(_shown(scope.steps().filter(due_on__gt=scope.today, due_on__lte=until))[:limit])


def without_step(scope: Scope) -> DealSet:
    """Open deals for which nothing is planned, the one longest without contact first."""
    found = scope.deals().without_next_step()
    return found.order_by(F("last_activity_at").asc(nulls_first=True), "pk").select_related(*OF_DEAL).only(*DEAL_SHOWN)


def waking(scope: Scope, limit: int) -> list[Deal]:
    """Deals on hold that come back within the coming days."""
    found = scope.deals().held().filter(hold_until__gt=scope.today, hold_until__lte=scope.today + timedelta(days=AHEAD))
    return list(found.order_by("hold_until", "pk").select_related(*OF_DEAL).only(*DEAL_SHOWN)[:limit])


def agenda(member: Member, today: date) -> list[Activity]:
    """What a member has at an hour today, done or not, in order."""
    found = Activity.objects.present().in_play().filter(assignee=member, due_on=today, due_at__isnull=False)
    return list(_shown(found)[:50])


def done_count(members: Collection[int], *, since: datetime, until: datetime) -> int:
    """How many activities these members did in a period, planned or not."""
    return Activity.objects.done().filter(assignee_id__in=members, done_at__gte=since, done_at__lt=until).count()


#: What is shown of a step and of what it is about; whole rows would take twice as long to ask for.
SHOWN = (
    "kind", "title", "due_on", "due_at", "minutes", "done_at", "deal__title", "deal__amount_minor", "deal__currency",
    "deal__stage__name", "deal__company__name", "contact__name", "company__name", "assignee__name",
)  # fmt: skip
DEAL_SHOWN = (
    "title", "amount_minor", "currency", "last_activity_at", "hold_until", "company__name", "stage__name", "owner__name",
)  # fmt: skip
OF_DEAL = ("company", "stage", "owner")
ABOUT = ("deal__company", "deal__stage", "contact", "company", "assignee")


def _shown(found: ActivitySet) -> ActivitySet:
    return found.select_related(*ABOUT).only(*SHOWN).in_order()
