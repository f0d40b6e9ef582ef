"""The day of a moment in a zone is the one that the framework, and Python, would give."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.backends.sqlite3._functions import register
from django.db.models import F
from django.db.models.functions import Coalesce, TruncDate

from piste.activities.models import Activity
from piste.asking import LocalDay
from piste.asking.days import FIRST, LAST
from piste.foundations.zones import shifts
from tests.cast import Cast

#: Of half an hour and three quarters, changed at midnight and a minute after, by half an hour, by two hours, backwards in summer,
#: with a day left out.
ZONES = (
    "UTC", "Europe/Paris", "Europe/London", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Beirut",
    "America/St_Johns", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca",
    "Africa/Cairo", "Pacific/Apia", "Pacific/Kiritimati", "Etc/GMT+12",
)  # fmt: skip
MICROSECOND = timedelta(microseconds=1)


def moments(zone: ZoneInfo, chance: random.Random) -> list[datetime]:
    """Both sides of clocks' changes, of midnights, of the years that are told apart; and any others."""
    found = [FIRST - MICROSECOND, FIRST, LAST - MICROSECOND, LAST]
    for change in chance.sample(shifts(zone, FIRST, LAST), k=min(8, len(shifts(zone, FIRST, LAST)))):
        found += [change.since + apart for apart in (-MICROSECOND, timedelta(), timedelta(hours=chance.uniform(-26, 26)))]
        day = change.since.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        found += [(day + timedelta(days=apart)).astimezone(UTC) - MICROSECOND * less for apart in (0, 1) for less in (0, 1)]
    for _ in range(20):
        found.append(datetime(1950, 1, 1, tzinfo=UTC) + timedelta(days=chance.uniform(0, 50_000)))
    return found


@pytest.mark.parametrize("name", ZONES)
def test_a_moment_has_its_day(name: str, cast: Cast) -> None:
    zone = ZoneInfo(name)
    told = moments(zone, random.Random(name))
    rows = [Activity(title="Call", assignee=cast.rosa, created_at=at, updated_at=at, done_at=at) for at in told]
    Activity.objects.bulk_create([*rows, Activity(title="Call", assignee=cast.rosa, created_at=FIRST, updated_at=FIRST)])
    days = {"ours": LocalDay("done_at", tzinfo=zone), "theirs": TruncDate("done_at", tzinfo=zone)}
    found = list(Activity.objects.annotate(**days).values_list("done_at", "ours", "theirs"))
    assert len(found) == len(told) + 1
    for at, ours, theirs in found:
        assert ours == theirs, at
        if at is not None and connection.vendor == "sqlite":
            assert ours == at.astimezone(zone).date(), at
    assert Activity.objects.filter(done_at=None, title="Call").annotate(**days).filter(ours=None).count() == 1


def test_the_function_in_python_is_not_asked_of_our_years(cast: Cast) -> None:
    """That is what it is for."""
    if connection.vendor != "sqlite":
        pytest.skip("a function of the embedded database")
    at = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)
    Activity.objects.create(title="Call", assignee=cast.rosa, created_at=at, updated_at=at, done_at=at)
    asked: list[object] = []
    connection.connection.create_function("django_datetime_cast_date", 3, lambda *given: asked.append(given))
    try:
        day = LocalDay("done_at", tzinfo=ZoneInfo("Europe/Paris"))
        assert [str(one) for one in Activity.objects.annotate(day=day).values_list("day", flat=True)] == ["2026-03-30"]
        assert asked == []
    finally:
        register(connection.connection)


def test_a_moment_that_is_no_column_has_its_day_too(cast: Cast) -> None:
    at = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)
    Activity.objects.create(title="Call", assignee=cast.rosa, created_at=at, updated_at=at)
    day = LocalDay(Coalesce(F("done_at"), at), tzinfo=ZoneInfo("Europe/Paris"))
    assert [str(one) for one in Activity.objects.annotate(day=day).values_list("day", flat=True)] == ["2026-03-30"]
