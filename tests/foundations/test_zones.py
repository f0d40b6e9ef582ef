"""When the clocks of a zone change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piste.foundations.zones import Shift, shifts

HOUR = timedelta(hours=1)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "year", "expected"),
    [
        ("UTC", 2026, [((1, 1, 0), 0.0)]),
        ("Asia/Kolkata", 2026, [((1, 1, 0), 5.5)]),
        ("Europe/Paris", 2026, [((1, 1, 0), 1.0), ((3, 29, 1), 2.0), ((10, 25, 1), 1.0)]),
        ("America/New_York", 2026, [((1, 1, 0), -5.0), ((3, 8, 7), -4.0), ((11, 1, 6), -5.0)]),
        # By half an hour.
        ("Australia/Lord_Howe", 2026, [((1, 1, 0), 11.0), ((4, 4, 15), 10.5), ((10, 3, 15, 30), 11.0)]),
        # A day left out, and summer time on both sides of it.
        ("Pacific/Apia", 2011, [((1, 1, 0), -10.0), ((4, 2, 14), -11.0), ((9, 24, 14), -10.0), ((12, 30, 10), 14.0)]),
    ],
)
def test_known_changes(zone: str, year: int, expected: list[tuple[tuple[int, ...], float]]) -> None:
    found = shifts(ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC))
    assert found == tuple(Shift(datetime(year, *since, tzinfo=UTC), ahead * HOUR) for since, ahead in expected)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(available_timezones())),
    st.lists(st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC)), max_size=40),
)
def test_every_moment_is_behind_its_shift(name: str, moments: list[datetime]) -> None:
    zone = ZoneInfo(name)
    found = shifts(zone, FIRST, LAST)
    changes = [one.since + timedelta(seconds=apart) for one in found[1:] for apart in (-1, 0, 1)]
    for moment in [FIRST, *moments, *changes]:
        ahead = [one.ahead for one in found if one.since <= moment][-1]
        assert moment.astimezone(zone).utcoffset() == ahead
