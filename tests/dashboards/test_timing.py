"""When a dashboard is sent."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.dashboards.rules import WORTH, Timing, why_not
from piste.foundations.calendar import WorkingTime

PARIS = ZoneInfo("Europe/Paris")
FRANCE = WorkingTime(zone=PARIS, country="FR")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def timing(rhythm: str, weekday: int = 0, hour: time = time(8), working: WorkingTime = FRANCE) -> Timing:
    return Timing(rhythm, weekday, hour, working)


def days(plan: Timing, first: date, count: int) -> list[int]:
    return [day.day for ahead in range(count) if plan.is_day(day := first + timedelta(days=ahead))]


def test_each_working_day_knows_weekends_and_holidays() -> None:
    """The 25th of December 2026 is a Friday."""
    assert days(timing("daily"), date(2026, 12, 21), 10) == [21, 22, 23, 24, 28, 29, 30]


def test_weekly_is_that_day_whatever_day_it_is() -> None:
    assert days(timing("weekly", 4), date(2026, 12, 18), 15) == [18, 25, 1]
    assert days(timing("weekly", 6), date(2026, 12, 18), 8) == [20]


def test_monthly_is_the_first_working_day() -> None:
    """The 1st of January is a holiday, and the 2nd and 3rd are a weekend in 2027; the 1st of May 2027 is a Saturday."""
    assert days(timing("monthly"), date(2027, 1, 1), 31) == [4]
    assert days(timing("monthly"), date(2027, 5, 1), 31) == [3]
    assert days(timing("monthly"), date(2027, 6, 1), 30) == [1]


@pytest.mark.parametrize(
    ("now", "since", "wanted"),
    [
        (datetime(2026, 11, 24, 6, 59, tzinfo=UTC), LONG_AGO, None),
        (datetime(2026, 11, 24, 7, tzinfo=UTC), LONG_AGO, date(2026, 11, 24)),
        (datetime(2026, 11, 24, 16, 59, tzinfo=UTC), LONG_AGO, date(2026, 11, 24)),
        (datetime(2026, 11, 24, 17, tzinfo=UTC), LONG_AGO, None),
        (datetime(2026, 11, 24, 9, tzinfo=UTC), datetime(2026, 11, 24, 7, tzinfo=UTC), None),
    ],
)
def test_due_from_its_hour_for_some_hours_and_not_before_it_was_set(now: datetime, since: datetime, wanted: date | None) -> None:
    assert timing("daily").due(now, since=since) == wanted


def test_an_hour_before_midnight_is_due_after_it_too() -> None:
    late = timing("daily", hour=time(23, 30))
    assert late.due(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), since=LONG_AGO) == date(2026, 11, 24)


@given(
    night=st.sampled_from([date(2027, 3, 28), date(2027, 10, 31)]),
    hour=st.sampled_from([time(1, 30), time(2), time(2, 30), time(3)]),
    looks=st.lists(st.integers(-20 * 60, 40 * 60), min_size=1, max_size=30),
)
def test_a_night_that_jumps_or_repeats_the_hour_has_one_moment(night: date, hour: time, looks: list[int]) -> None:
    """Whatever the looks, a day is due exactly between its moment and ten hours after."""
    plan = timing("weekly", night.weekday(), hour)
    moment = plan.moment(night)
    for minutes in looks:
        now = datetime(night.year, night.month, night.day, tzinfo=UTC) + timedelta(minutes=minutes)
        assert (plan.due(now, since=LONG_AGO) == night) == (moment <= now < moment + WORTH)


def test_the_next_moment() -> None:
    friday = datetime(2026, 11, 27, 7, tzinfo=UTC)
    assert timing("daily").next_after(friday - HOUR) == friday
    assert timing("daily").next_after(friday) == friday + timedelta(days=3)
    assert timing("monthly").next_after(friday) == friday + timedelta(days=4)


def test_who_gets_none_and_why() -> None:
    fine = {
        "setter_is_here": True,
        "reader_is_here": True,
        "may_see": True,
        "is_outside": False,
        "setter_may_manage": False,
    }
    assert why_not(**fine) == ""
    assert why_not(**fine | {"may_see": False}) == "may not see it"
    assert why_not(**fine | {"reader_is_here": False}) == "has left"
    assert why_not(**fine | {"setter_is_here": False}) == "who set it has left"
    assert why_not(**fine | {"is_outside": True}) == "who set it may no longer send it outside"
    assert why_not(**fine | {"is_outside": True, "setter_may_manage": True}) == ""
