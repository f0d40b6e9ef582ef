"""Time zones: when their clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

#: No clock that was put forward was put back within it, nor the other way round: the shortest summer time lasted weeks.
STEP = timedelta(days=1)
#: Clocks are changed at whole seconds of UTC.
SECOND = timedelta(seconds=1)


class Shift(NamedTuple):
    """From a moment on, clocks are so far ahead of UTC (behind it, when negative)."""

    since: datetime
    ahead: timedelta


@cache
def shifts(zone: ZoneInfo, first: datetime, last: datetime) -> tuple[Shift, ...]:
    """How far the clocks of a zone are ahead at one moment, and each change of that up to another; both whole seconds of UTC."""
    found = [Shift(first, _ahead(zone, first))]
    before = first
    while before < last:
        after = min(before + STEP, last)
        if _ahead(zone, after) != found[-1].ahead:
            moment = _change(zone, before, after)
            found.append(Shift(moment, _ahead(zone, moment)))
        before = after
    return tuple(found)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second at which it is no longer what it was."""
    old = _ahead(zone, before)
    while after - before > SECOND:
        between = before + (after - before) // 2
        between -= timedelta(microseconds=between.microsecond)
        if _ahead(zone, between) == old:
            before = between
        else:
            after = between
    return after


def _ahead(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(UTC).astimezone(zone).utcoffset() or timedelta()
