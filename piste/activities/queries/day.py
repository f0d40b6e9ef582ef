"""A day's work of one member or of the team they see: what is due, what waits without a step, what was done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Q

from piste.activities.models import Activity, ActivitySet
from piste.activities.models.activity import of_deal_in_play
from piste.asking import Kept, KeptCounts
from piste.company.models import Member
from piste.company.queries import stand_in
from piste.deals.models import Deal, DealSet, sees
from piste.deals.queries import Progress

from .steps import overdue as is_overdue

#: Days ahead that are shown as coming.
AHEAD = 7
#: Events of an agenda at most.
FIXED = 50


class DayStep(NamedTuple):
    """What is shown of a step and of what it is about."""

    id: int
    kind: str
    title: str
    due_on: date
    due_at: datetime | None
    minutes: int | None
    done_at: datetime | None
    deal_id: int | None
    deal_title: str | None
    deal_company: str | None
    amount_minor: int | None
    currency: str | None
    stage_id: int | None
    stage: str | None
    contact_id: int | None
    contact: str | None
    company_id: int | None
    company: str | None
    assignee: str
    deal_owner_id: int | None = None
    deal_team_id: int | None = None

    @property
    def about(self) -> str:
        """A deal by its company, else by its title; else the contact or the company."""
        return self.deal_company or self.deal_title or self.contact or self.company or ""

    @property
    def place(self) -> str:
        """The address of what it is about; its own where that is not shown."""
        if self.deal_id is not None:
            return f"/deals/{self.deal_id}/"
        if self.contact_id is not None:
            return f"/contacts/{self.contact_id}/"
        return f"/companies/{self.company_id}/" if self.company_id is not None else f"/steps/{self.id}/"

    def as_told_to(self, member: Member) -> DayStep:
        """As somebody may see it: who is given a step on a deal they do not see knows with whom it is, and no more."""
        if self.deal_owner_id is None or sees(member, owner_id=self.deal_owner_id, team_id=self.deal_team_id):
            return self
        title = None if self.deal_company else self.deal_title
        return self._replace(
            deal_id=None, deal_title=title, amount_minor=None, currency=None, stage_id=None, stage=None, contact_id=None,
            company_id=None,
        )  # fmt: skip


class DayDeal(NamedTuple):
    """What is shown of a deal without a step, or on hold."""

    id: int
    title: str
    company: str | None
    amount_minor: int | None
    currency: str
    stage_id: int
    stage: str
    owner: str
    last_activity_at: datetime | None
    hold_until: date | None

    @property
    def name(self) -> str:
        return self.company or self.title


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose day, and when: their own, or with `whole` that of everybody whose deals they see."""

    member: Member
    whole: bool
    today: date
    now: datetime

    @property
    def shape(self) -> tuple[str, bool]:
        return self.member.sight, self.whole

    @property
    def who(self) -> dict[str, int]:
        return {"member": self.member.pk, "team": self.member.team_id or 0}

    @property
    def when(self) -> dict[str, Any]:
        return {"today": self.today, "until": self.until, "now": self.now}

    @property
    def until(self) -> date:
        """The last of the coming days."""
        return self.today + timedelta(days=AHEAD)


class Counts(NamedTuple):
    """How much there is of each part of the day."""

    overdue: int
    today: int
    coming: int
    stepless: int


def counts(scope: Scope) -> Counts:
    """The size of each part; one statement."""
    return Counts(*_counts.counts(*scope.shape, **scope.who, **scope.when))


def overdue(scope: Scope, limit: int) -> list[DayStep]:
    """What should have been done by now, the oldest first."""
    return _shown("overdue", scope, limit)


def due_today(scope: Scope, limit: int) -> list[DayStep]:
    """What is still to be done today, by its hour."""
    return _shown("today", scope, limit)


def coming(scope: Scope, limit: int) -> list[DayStep]:
    """What the coming days bring."""
    return _shown("coming", scope, limit)


def without_step(scope: Scope, limit: int) -> list[DayDeal]:
    """Open deals for which nothing is planned, the one longest without contact first."""
    return [DayDeal(*row) for row in _without_step(*scope.shape, limit, **scope.who)]


def waking(scope: Scope, limit: int) -> list[DayDeal]:
    """Deals on hold that come back within the coming days."""
    return [DayDeal(*row) for row in _waking(*scope.shape, limit, **scope.who, today=scope.today, until=scope.until)]


def agenda(member: Member, today: date) -> list[DayStep]:
    """What a member has at an hour today, done or not, in order."""
    return [DayStep(*row).as_told_to(member) for row in _agenda(member=member.pk, today=today)]


def done_count(members: Collection[int], *, before: datetime, since: datetime, until: datetime) -> Progress:
    """How many activities these members did from `since` until before `until`, planned or not, and from `before` until then."""
    return Progress(*_done.counts(members=list(members), before=before, since=since, until=until))


def _shown(part: str, scope: Scope, limit: int) -> list[DayStep]:
    rows = _parts(part, *scope.shape, limit, **scope.who, **scope.when)
    return [DayStep(*row).as_told_to(scope.member) for row in rows]


STEP = (
    "pk", "kind", "title", "due_on", "due_at", "minutes", "done_at", "deal_id", "deal__title", "deal__company__name",
    "deal__amount_minor", "deal__currency", "deal__stage_id", "deal__stage__name", "contact_id", "contact__name", "company_id",
    "company__name", "assignee__name", "deal__owner_id", "deal__team_id",
)  # fmt: skip
DEAL = (
    "pk", "title", "company__name", "amount_minor", "currency", "stage_id", "stage__name", "owner__name", "last_activity_at",
    "hold_until",
)  # fmt: skip


@Kept
def _parts(
    part: str, sight: str, whole: bool, limit: int, *, member: int, team: int, today: date, until: date, now: datetime
) -> Any:
    found = _steps(stand_in(sight, member, team), whole).filter(_conditions(today, until, now)[part])
    # Those to show first, then all about them: a team may have thousands for the coming days.
    first = found.in_order().values("pk")[:limit]
    return Activity.objects.filter(pk__in=first).in_order().values_list(*STEP)


@KeptCounts
def _counts(sight: str, whole: bool, *, member: int, team: int, today: date, until: date, now: datetime) -> Iterable[Any]:
    anyone = stand_in(sight, member, team)
    parts = [_steps(anyone, whole).filter(condition) for condition in _conditions(today, until, now).values()]
    return [*parts, _deals(anyone, whole).without_next_step()]


@Kept
def _without_step(sight: str, whole: bool, limit: int, *, member: int, team: int) -> Any:
    found = _deals(stand_in(sight, member, team), whole).without_next_step()
    order = (F("last_activity_at").asc(nulls_first=True), "pk")
    # Those to show first, then all about them: a team may have thousands.
    first = found.order_by(*order).values("pk")[:limit]
    return Deal.objects.filter(pk__in=first).order_by(*order).values_list(*DEAL)


@Kept
def _waking(sight: str, whole: bool, limit: int, *, member: int, team: int, today: date, until: date) -> Any:
    found = _deals(stand_in(sight, member, team), whole).held().filter(hold_until__gt=today, hold_until__lte=until)
    return found.order_by("hold_until", "pk").values_list(*DEAL)[:limit]


@Kept
def _agenda(*, member: int, today: date) -> Any:
    found = Activity.objects.present().filter(of_deal_in_play(), assignee_id=member, due_on=today, due_at__isnull=False)
    return found.in_order().values_list(*STEP)[:FIXED]


@KeptCounts
def _done(*, members: list[int], before: datetime, since: datetime, until: datetime) -> Iterable[Any]:
    found = Activity.objects.done().filter(assignee_id__in=members)
    return found.filter(done_at__gte=since, done_at__lt=until), found.filter(done_at__gte=before, done_at__lt=since)


def _conditions(today: date, until: date, now: datetime) -> dict[str, Q]:
    """Which steps belong to each part."""
    return {
        "overdue": is_overdue(today, now),
        "today": Q(due_on=today) & (Q(due_at=None) | Q(due_at__gte=now)),
        "coming": Q(due_on__gt=today, due_on__lte=until),
    }


def _steps(member: Member, whole: bool) -> ActivitySet:
    """What is to be done on a day, about deals in play."""
    found = Activity.objects.in_play()
    return found.visible_to(member) if whole else found.filter(assignee=member)


def _deals(member: Member, whole: bool) -> DealSet:
    found = Deal.objects.visible_to(member)
    return found if whole else found.filter(owner=member)
