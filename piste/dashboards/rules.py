"""Decisions about dashboards; facts in, verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from piste.foundations.calendar import WorkingTime

#: Figures of one dashboard; more would not be seen at a glance, and be slow.
MOST = 30
#: Readers of one schedule, and schedules of one dashboard that one member sets.
MOST_READERS, MOST_SCHEDULES = 50, 10
#: After that, what was due is not made up for: the dashboard itself says more by then.
WORTH = timedelta(hours=10)
#: How long copies are kept to be asked about.
KEPT = timedelta(days=60)
#: How long whoever makes a copy has it alone, and how often it is tried.
HELD, TRIES = timedelta(minutes=2), 4
DAY = timedelta(days=1)


def placed(figures: Sequence[str], figure: str, place: int) -> list[str]:
    """The same figures with one of them at a place (the last for one too far)."""
    rest = [key for key in figures if key != figure]
    at = max(0, min(place, len(rest)))
    return [*rest[:at], figure, *rest[at:]]


def free_name(wanted: str, taken: Iterable[str], *, most: int = 60) -> str:
    """A name that nobody has: the wanted one, else with the first free number behind it."""
    known = {name.casefold() for name in taken}
    found, number = wanted[:most], 1
    while found.casefold() in known:
        number += 1
        found = f"{wanted[: most - len(str(number)) - 1]} {number}"
    return found


@dataclass(frozen=True, slots=True)
class Timing:
    """When a dashboard is sent: each working day (`daily`), on a `weekday` (`weekly`, Monday is 0) whatever day it is, or on the
    first working day of a month (`monthly`); at an hour, by somebody's calendar."""

    rhythm: str
    weekday: int
    hour: time
    working: WorkingTime

    def is_day(self, day: date) -> bool:
        """Whether it is sent on this day."""
        match self.rhythm:
            case "weekly":
                return day.weekday() == self.weekday
            case "monthly":
                before = (day - DAY * back for back in range(1, day.day))
                return self.working.is_working_day(day) and not any(map(self.working.is_working_day, before))
        return self.working.is_working_day(day)

    def moment(self, day: date) -> datetime:
        """The moment of a day: one, also in a night that jumps over the hour or shows it twice."""
        return datetime.combine(day, self.hour, self.working.zone).astimezone(UTC)

    def due(self, now: datetime, *, since: datetime) -> date | None:
        """The day that is to be sent by now: its hour came after `since` and is not long past. None otherwise."""
        today = now.astimezone(self.working.zone).date()
        for day in (today, today - DAY):
            moment = self.moment(day)
            if self.is_day(day) and since < moment <= now:
                return day if now - moment < WORTH else None
        return None

    def next_after(self, now: datetime) -> datetime | None:
        """The next moment it is sent; None when no day comes within a year."""
        first = now.astimezone(self.working.zone).date()
        for ahead in range(366):
            day = first + DAY * ahead
            if self.is_day(day) and self.moment(day) > now:
                return self.moment(day)
        return None


def why_not(*, setter_is_here: bool, reader_is_here: bool, may_see: bool, is_outside: bool, setter_may_manage: bool) -> str:
    """Why a reader gets no copy; empty when they get one."""
    if not setter_is_here:
        return "who set it has left"
    if not reader_is_here:
        return "has left"
    if is_outside and not setter_may_manage:
        return "who set it may no longer send it outside"
    return "" if may_see else "may not see it"


def wait(tries: int) -> timedelta:
    """How long to wait after so many attempts in vain."""
    return timedelta(minutes=2 ** min(tries, 5))
