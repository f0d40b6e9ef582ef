"""Periods one counts by, and working time: weekends, public holidays, opening hours, zones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from functools import cache
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class UnknownCountry(ValueError):
    """A country, or a part of one, whose public holidays are not known."""


class Span(IntEnum):
    """What one counts by, as a number of months."""

    MONTH = 1
    QUARTER = 3
    YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter or year, from its first to its last day, both counted."""

    span: Span
    first: date

    @property
    def last(self) -> date:
        return self.next.first - DAY

    @property
    def next(self) -> Period:
        return Period(self.span, _months_later(self.first, self.span))

    @property
    def previous(self) -> Period:
        return Period(self.span, _months_later(self.first, -self.span))

    @property
    def year_before(self) -> Period:
        """The same period of the year before."""
        return Period(self.span, _months_later(self.first, -12))

    @property
    def days(self) -> int:
        return (self.next.first - self.first).days

    def __contains__(self, day: date) -> bool:
        return self.first <= day < self.next.first

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The moments it lasts in a zone: from the first, to the second which is no longer in it."""
        return _at(self.first, time(), zone), _at(self.next.first, time(), zone)


def period(span: Span, day: date, *, year_starts: int = 1) -> Period:
    """The period a day lies in. A fiscal year begins with the month `year_starts`, and its quarters with it."""
    into_the_year = (day.month - year_starts) % 12
    return Period(span, _months_later(day.replace(day=1), -(into_the_year % span)))


def periods(span: Span, first: date, last: date, *, year_starts: int = 1) -> Iterator[Period]:
    """Every period from that of one day to that of another, in order."""
    current = period(span, first, year_starts=year_starts)
    while current.first <= last:
        yield current
        current = current.next


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When somebody works: days of the week (Monday is 0), hours of those days in a zone, and the holidays of a country.

    An empty `country` keeps no public holiday; `closed` names further days off. Raises `UnknownCountry` when asked.
    """

    zone: ZoneInfo
    country: str = ""
    region: str = ""
    weekdays: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(18)
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise ValueError("at least one day of the week, from 0 to 6")
        if self.opens >= self.closes:
            raise ValueError("hours end after they begin")

    def is_working_day(self, day: date) -> bool:
        if day.weekday() not in self.weekdays or day in self.closed:
            return False
        return not self.country or day not in public_holidays(self.country, self.region, day.year)

    def add_working_days(self, day: date, count: int) -> date:
        """The working day that comes `count` working days after a day (before it, when negative).

        With 0 it is the day itself, or the next working day when it is none.
        """
        if count == 0:
            while not self.is_working_day(day):
                day += DAY
            return day
        step = DAY if count > 0 else -DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days come after one day, up to and with another; negative when it lies before."""
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working_day(first + DAY * (place + 1)) for place in range((last - first).days))

    def time_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from one moment to another; zero when the second lies before."""
        total = timedelta()
        day, final = start.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= final:
            if self.is_working_day(day):
                opens, closes = self._hours(day)
                total += max(timedelta(), min(end, closes) - max(start, opens))
            day += DAY
        return total

    def add_working_time(self, start: datetime, length: timedelta) -> datetime:
        """The moment when that much working time has gone by."""
        if length < timedelta():
            raise ValueError("working time goes forward")
        moment, left = self.opening(start), length
        while True:
            _, closes = self._hours(moment.astimezone(self.zone).date())
            if left <= closes - moment:
                return moment + left
            left -= closes - moment
            moment = self.opening(closes)

    def deadline(self, start: datetime, count: int) -> datetime:
        """The same hour `count` working days later; what begins out of hours begins with the next opening."""
        begun = self.opening(start).astimezone(self.zone)
        return _at(self.add_working_days(begun.date(), count), begun.time(), self.zone)

    def opening(self, moment: datetime) -> datetime:
        """The moment itself within working hours, else the next opening."""
        day = moment.astimezone(self.zone).date()
        while True:
            if self.is_working_day(day):
                opens, closes = self._hours(day)
                if moment < closes:
                    return max(moment, opens).astimezone(UTC)
            day += DAY

    def _hours(self, day: date) -> tuple[datetime, datetime]:
        return _at(day, self.opens, self.zone), _at(day, self.closes, self.zone)


@cache
def public_holidays(country: str, region: str, year: int) -> frozenset[date]:
    """The public holidays of a year in a country (ISO 3166 code) or a part of it. Raises `UnknownCountry`."""
    import holidays

    if len(country) != 2:
        raise UnknownCountry(country)
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError as problem:
        raise UnknownCountry(f"{country} {region}".strip()) from problem


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    # In UTC: differences of local times across a change of the clock would lie by an hour.
    return datetime.combine(day, hour, zone).astimezone(UTC)


def _months_later(first: date, count: int) -> date:
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
