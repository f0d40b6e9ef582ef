"""When a step is due, and when one that repeats comes back; facts in, verdict out."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from enum import StrEnum


class Due(StrEnum):
    """How a step stands to the clock, as cards and lists show it."""

    NONE = "none"
    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


#: What can come of each kind at first, in the order offered, and whether the prospect was reached.
DEFAULT_OUTCOMES: dict[str, tuple[tuple[str, bool], ...]] = {
    "task": (("done", False), ("not_needed", False)),
    "call": (("reached", True), ("message_left", False), ("no_answer", False), ("wrong_number", False)),
    "meeting": (("held", True), ("postponed", False), ("no_show", False)),
    "email": (("sent", True), ("answered", True)),
}

MONTHS = {"month": 1, "quarter": 3, "year": 12}


def due_state(due_on: date | None, due_at: datetime | None, *, today: date, now: datetime, is_held: bool = False) -> Due:
    """How a step stands: overdue after its day, or after its moment when it has an hour. That of a deal on hold waits until the
    deal is back, whatever its day."""
    if due_on is None:
        return Due.NONE
    if is_held:
        return Due.LATER
    if due_on < today or (due_at is not None and due_at < now):
        return Due.OVERDUE
    return Due.TODAY if due_on == today else Due.LATER


def next_day(day: date, repeats: str, *, after: date) -> date:
    """The first day on which a repeated activity comes back that lies after another day.

    Months keep the day of the month, or take their last day when they are too short. Raises `ValueError` for an unknown
    rhythm.
    """
    count = 1
    while (found := _times(day, repeats, count)) <= after:
        count += 1
    return found


def _times(day: date, repeats: str, count: int) -> date:
    if repeats == "week":
        return day + timedelta(weeks=count)
    if repeats not in MONTHS:
        raise ValueError(repeats)
    months = day.year * 12 + day.month - 1 + MONTHS[repeats] * count
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
