"""Questions about the contact clock."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Sum, TextField, Value, When
from django.db.models.functions import Cast, JSONObject

from piste.asking import Kept, KeptCounts
from piste.company.models import Member, Settings
from piste.company.queries import hours_of, stand_in
from piste.deals.models import DealSet
from piste.experiments.queries import variant_of
from piste.experiments.rules import CLOCK
from piste.foundations.calendar import WorkingTime
from piste.pipelines.models import Pipeline

from .models import ClockRule, ClockSet, ContactClock
from .rules import Face, face


def clock_rule() -> ClockRule:
    """What the company chose, or the default."""
    return ClockRule.objects.filter(pk=1).first() or ClockRule(pk=1)


def clock_told(pipeline: Pipeline) -> dict[str, Any]:
    """The contact clock as a version of any pipeline's process keeps it: it is the company's."""
    rule = clock_rule()
    return {"role": rule.role, "working_days": rule.working_days}


#: The clock of a company that has chosen none.
UNCHOSEN = ClockRule()
#: Every move asks for it; the ORM would take twenty times as long to write it.
STARTS = """
    SELECT s.role, c.role, c.working_days
    FROM pipelines_stage s LEFT JOIN qualification_clockrule c ON c.id = 1 WHERE s.id = %s
"""


def days_to_answer(stage_id: int, *, deal_id: int, tested: bool = False) -> int:
    """How many working days the first contact may take from a deal's entry into a stage; 0 where no clock starts. Where a split
    test is in force (`tested`) the deal's variant may say otherwise."""
    if tested:
        variant = variant_of(deal_id, stage_id, CLOCK)
        if variant is not None and variant.clock_days is not None:
            return variant.clock_days
    with connection.cursor() as cursor:
        cursor.execute(STARTS, [stage_id])
        role, watched, days = cursor.fetchone()
    if watched is None:
        watched, days = UNCHOSEN.role, UNCHOSEN.working_days
    return int(days) if role == watched else 0


class HotClock(NamedTuple):
    """A clock that runs, and what is shown of its deal and of who has the deal."""

    deal_id: int
    started_at: datetime
    due_at: datetime
    title: str
    company: str | None
    amount_minor: int | None
    currency: str
    owner_id: int
    owner: str
    time_zone: str
    opens: time | None
    closes: time | None
    weekdays: str

    @property
    def name(self) -> str:
        return self.company or self.title

    def face(self, *, settings: Settings | None, now: datetime) -> Face:
        """What it shows; its working time is that of the deal's owner."""
        working = hours_of(self.time_zone, self.weekdays, self.opens, self.closes, settings=settings)
        whole = _whole(working, self.started_at, self.due_at)
        return face(working.time_between(now, self.due_at), whole, now=now, due_at=self.due_at)


HOT = (
    "deal_id", "started_at", "due_at", "deal__title", "deal__company__name", "deal__amount_minor", "deal__currency",
    "deal__owner_id", "deal__owner__name", "deal__owner__time_zone", "deal__owner__opens", "deal__owner__closes",
    "deal__owner__weekdays",
)  # fmt: skip
#: Whose clocks: one's own, those of others that end about now, or all one may see.
MINE, NEAR, EVERY = "mine", "near", "every"
DAY = timedelta(days=1)


def running(member: Member, which: str, limit: int, *, now: datetime) -> list[HotClock]:
    """Clocks that run for deals a member may see, the one due first at the head."""
    who = {"member": member.pk, "team": member.team_id or 0}
    return [HotClock(*row) for row in _running(which, member.sight, limit, **who, since=now - DAY, until=now + DAY)]


def running_count(member: Member, *which: str, now: datetime) -> int:
    who = {"member": member.pk, "team": member.team_id or 0}
    return sum(_running_counts.counts(which, member.sight, **who, since=now - DAY, until=now + DAY))


@Kept
def _running(which: str, sight: str, limit: int, *, member: int, team: int, since: datetime, until: datetime) -> Any:
    found = _clocks(which, stand_in(sight, member, team), since, until)
    return found.order_by("due_at", "pk").values_list(*HOT)[:limit]


@KeptCounts
def _running_counts(
    which: tuple[str, ...], sight: str, *, member: int, team: int, since: datetime, until: datetime
) -> Iterable[Any]:
    return [_clocks(one, stand_in(sight, member, team), since, until) for one in which]


def _clocks(which: str, member: Member, since: datetime, until: datetime) -> ClockSet:
    found = ContactClock.objects.visible_to(member).running().filter(deal__status="open")
    mine = Q(deal__owner=member)
    if which == EVERY:
        return found
    return found.filter(mine if which == MINE else ~mine & Q(due_at__gt=since, due_at__lt=until))


class InTime(NamedTuple):
    """How often the first contact came in time, of the clocks that started in a period and have ended or been missed."""

    owner_id: int
    in_time: int
    counted: int


def kept(*, owners: Collection[int], since: datetime, until: datetime, now: datetime) -> list[InTime]:
    """For each of these owners, of the clocks started from `since` until before `until`; dropped ones are left out, and those
    that still run in time are not counted yet."""
    return [InTime(*row) for row in _in_time(owners=list(owners), since=since, until=until, now=now)]


def kept_of(deals: DealSet, *, since: datetime, until: datetime, now: datetime) -> list[InTime]:
    """The same of the clocks of these deals alone, whoever has them."""
    started = ContactClock.objects.filter(deal__in=deals.order_by().values("pk"))
    return [InTime(*row) for row in _by_owner(started, since, until, now)]


def missed_of(deals: DealSet, *, since: datetime, now: datetime) -> list[int]:
    """The deals among these whose clock, started since a moment, was met too late or ran out."""
    late = Q(met_at__gt=F("due_at")) | Q(met_at=None, due_at__lt=now)
    clocks = ContactClock.objects.filter(late, deal__in=deals.order_by().values("pk"), started_at__gte=since, dropped_at=None)
    return list(clocks.order_by("pk").values_list("pk", flat=True))


@Kept
def _in_time(*, owners: list[int], since: datetime, until: datetime, now: datetime) -> Any:
    return _by_owner(ContactClock.objects.filter(owner_id__in=owners), since, until, now)


def ending(clocks: ClockSet) -> ClockSet:
    """The clocks among these that count, each with `in_time`, 1 when the first contact came in time and 0 otherwise, and the
    moment it ended, `ends_at`: of that contact, else when it was due. One in time counts from that moment on, one that was missed
    only behind it: until then the contact may still come."""
    met = Q(met_at__lte=F("due_at"))
    return clocks.filter(dropped_at=None).annotate(
        in_time=Case(When(met, then=Value(1)), default=Value(0)), ends_at=Case(When(met, then=F("met_at")), default=F("due_at"))
    )


def _by_owner(clocks: ClockSet, since: datetime, until: datetime, now: datetime) -> Any:
    ended = Q(in_time=1, ends_at__lte=now) | Q(in_time=0, ends_at__lt=now)
    started = ending(clocks).filter(ended, started_at__gte=since, started_at__lt=until)
    return started.values_list("owner_id").annotate(met=Sum("in_time"), counted=Count("pk")).order_by("owner_id")


class Ticking(NamedTuple):
    """A clock that runs, with the working hours of whoever has the deal; as text but for the moments."""

    started_at: datetime
    due_at: datetime
    time_zone: str
    opens: str | None
    closes: str | None
    weekdays: str


def clock_beside_a_deal() -> Subquery:
    """The running clock of the deal of a row, for a statement over deals to fetch along: text for `read_clock`, None without."""
    found = ContactClock.objects.running().filter(deal_id=OuterRef("pk"), deal__status="open").order_by()
    own = {name: f"deal__owner__{name}" for name in ("time_zone", "opens", "closes", "weekdays")}
    told = Cast(JSONObject(started_at="started_at", due_at="due_at", **own), TextField())
    return Subquery(found.values_list(told)[:1])


def read_clock(text: str | None) -> Ticking | None:
    """The clock that `clock_beside_a_deal` fetched."""
    if text is None:
        return None
    told = json.loads(text)
    started_at, due_at = (datetime.fromisoformat(told[name]) for name in ("started_at", "due_at"))
    # SQLite writes moments in UTC without saying so.
    began, ends = started_at.replace(tzinfo=started_at.tzinfo or UTC), due_at.replace(tzinfo=due_at.tzinfo or UTC)
    return Ticking(began, ends, told["time_zone"], told["opens"], told["closes"], told["weekdays"])


def face_of(clock: Ticking, *, settings: Settings | None, now: datetime) -> Face:
    """What a clock shows; its working time is that of the deal's owner."""
    opens, closes = (time.fromisoformat(text) if text else None for text in (clock.opens, clock.closes))
    working = hours_of(clock.time_zone, clock.weekdays, opens, closes, settings=settings)
    whole = _whole(working, clock.started_at, clock.due_at)
    return face(working.time_between(now, clock.due_at), whole, now=now, due_at=clock.due_at)


@lru_cache(maxsize=2000)
def _whole(working: WorkingTime, started_at: datetime, due_at: datetime) -> timedelta:
    """The working time a clock has in all; while it runs it stays the same."""
    return working.time_between(started_at, due_at)


def ticking(deal_id: int) -> Ticking | None:
    """The clock that runs for a deal."""
    found = ContactClock.objects.running().filter(pk=deal_id, deal__status="open").select_related("deal__owner").first()
    if found is None:
        return None
    owner = found.deal.owner
    opens, closes = (at.isoformat() if at else None for at in (owner.opens, owner.closes))
    return Ticking(found.started_at, found.due_at, owner.time_zone, opens, closes, owner.weekdays)
