"""Periods lie side by side; working time knows weekends, holidays, hours and the change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piste.foundations.calendar import (
    Period,
    Span,
    UnknownCountry,
    WorkingTime,
    period,
    periods,
    public_holidays,
)

PARIS = ZoneInfo("Europe/Paris")
FRANCE = WorkingTime(PARIS, "FR")
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
SPANS = st.sampled_from(Span)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("span", "day", "starts", "first", "last"),
    [
        (Span.MONTH, date(2026, 2, 14), 1, date(2026, 2, 1), date(2026, 2, 28)),
        (Span.QUARTER, date(2026, 11, 24), 1, date(2026, 10, 1), date(2026, 12, 31)),
        (Span.YEAR, date(2026, 11, 24), 1, date(2026, 1, 1), date(2026, 12, 31)),
        (Span.YEAR, date(2026, 3, 31), 4, date(2025, 4, 1), date(2026, 3, 31)),
        (Span.YEAR, date(2026, 4, 1), 4, date(2026, 4, 1), date(2027, 3, 31)),
        (Span.QUARTER, date(2026, 1, 15), 2, date(2025, 11, 1), date(2026, 1, 31)),
        (Span.MONTH, date(2026, 1, 31), 4, date(2026, 1, 1), date(2026, 1, 31)),
    ],
)
def test_the_period_of_a_day(span, day, starts, first, last):
    found = period(span, day, year_starts=starts)
    assert (found.first, found.last) == (first, last)


@given(SPANS, DAYS, st.integers(1, 12))
def test_a_day_lies_in_its_period_and_in_no_neighbour(span, day, starts):
    found = period(span, day, year_starts=starts)
    assert day in found
    assert day not in found.next
    assert day not in found.previous
    assert found.next.previous == found == found.previous.next
    assert found.last + timedelta(days=1) == found.next.first
    assert found.days == (found.last - found.first).days + 1
    assert found.year_before.first.year == found.first.year - 1


@given(SPANS, DAYS, st.integers(0, 800), st.integers(1, 12))
def test_periods_follow_each_other_without_gap(span, first, length, starts):
    last = first + timedelta(days=length)
    found = list(periods(span, first, last, year_starts=starts))
    assert first in found[0]
    assert last in found[-1]
    assert all(one.next == other for one, other in pairwise(found))


def test_no_period_ends_before_it_begins():
    assert list(periods(Span.MONTH, date(2026, 2, 1), date(2026, 1, 1))) == []


def test_a_month_lasts_an_hour_less_when_the_clock_is_put_forward():
    begins, ends = Period(Span.MONTH, date(2026, 3, 1)).moments(PARIS)
    assert begins == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert ends - begins == timedelta(days=31, hours=-1)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 24), True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 29), False),
        (date(2026, 7, 14), False),
        (date(2026, 5, 14), False),
        (date(2026, 12, 25), False),
    ],
)
def test_working_days_of_france(day, works):
    assert FRANCE.is_working_day(day) is works


def test_other_countries_and_regions_have_other_holidays():
    second = date(2028, 12, 26)
    assert second in public_holidays("DE", "", 2028)
    assert second not in public_holidays("FR", "", 2028)
    assert date(2026, 8, 15) in public_holidays("DE", "BY", 2026) | public_holidays("DE", "SL", 2026)
    assert WorkingTime(PARIS).is_working_day(date(2026, 7, 14))


@pytest.mark.parametrize(("country", "region"), [("ZZ", ""), ("FR", "Atlantis"), ("France", "")])
def test_an_unknown_country_is_said_to_be(country, region):
    with pytest.raises(UnknownCountry):
        public_holidays(country, region, 2026)


def test_own_days_off_and_own_weeks():
    own = WorkingTime(PARIS, weekdays=frozenset({6}), closed=frozenset({date(2026, 11, 29)}))
    assert own.add_working_days(date(2026, 11, 24), 1) == date(2026, 12, 6)


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 11, 24), 1, date(2026, 11, 25)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 0, date(2026, 11, 30)),
        (date(2026, 11, 24), 0, date(2026, 11, 24)),
        (date(2026, 11, 30), -1, date(2026, 11, 27)),
        (date(2026, 7, 13), 1, date(2026, 7, 15)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_working_days_later(day, count, found):
    assert FRANCE.add_working_days(day, count) == found


@settings(max_examples=60)
@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(-60, 60))
def test_working_days_are_counted_as_they_are_added(day, count):
    begun = FRANCE.add_working_days(day, 0)
    ended = FRANCE.add_working_days(begun, count)
    assert FRANCE.is_working_day(ended)
    assert FRANCE.working_days_between(begun, ended) == count


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-24T10:00", "2026-11-24T12:30", 2.5),
        ("2026-11-24T17:00", "2026-11-25T10:00", 2),
        ("2026-11-27T17:00", "2026-11-30T10:00", 2),
        ("2026-11-28T10:00", "2026-11-29T10:00", 0),
        ("2026-11-24T20:00", "2026-11-24T22:00", 0),
        ("2026-11-24T12:00", "2026-11-24T10:00", 0),
        ("2026-11-23T00:00", "2026-11-30T00:00", 45),
    ],
)
def test_working_time_between(start, end, hours):
    assert FRANCE.time_between(paris(start), paris(end)) == timedelta(hours=hours)


def test_a_night_shift_of_the_clock_is_neither_lost_nor_won():
    early = WorkingTime(PARIS, weekdays=frozenset(range(7)), opens=time(1), closes=time(5))
    assert early.time_between(paris("2026-03-29T00:00"), paris("2026-03-30T00:00")) == timedelta(hours=3)
    assert early.time_between(paris("2026-10-25T00:00"), paris("2026-10-26T00:00")) == timedelta(hours=5)


@settings(max_examples=60)
@given(MOMENTS, st.integers(0, 200 * 60))
def test_working_time_is_counted_as_it_is_added(start, minutes):
    length = timedelta(minutes=minutes)
    end = FRANCE.add_working_time(start, length)
    assert FRANCE.time_between(start, end) == length


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-24T14:40", 1, "2026-11-25T14:40"),
        ("2026-11-27T14:40", 1, "2026-11-30T14:40"),
        ("2026-11-27T19:00", 1, "2026-12-01T09:00"),
        ("2026-11-28T11:00", 1, "2026-12-01T09:00"),
        ("2026-11-24T07:00", 1, "2026-11-25T09:00"),
        ("2026-03-27T14:40", 1, "2026-03-30T14:40"),
    ],
)
def test_a_deadline_in_working_days(start, count, end):
    assert FRANCE.deadline(paris(start), count) == paris(end)


@pytest.mark.parametrize(
    "wrong", [{"weekdays": frozenset()}, {"weekdays": frozenset({7})}, {"opens": time(18), "closes": time(9)}]
)
def test_working_time_that_never_comes_is_refused(wrong):
    with pytest.raises(ValueError, match=r"day of the week|hours"):
        WorkingTime(PARIS, **wrong)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)
