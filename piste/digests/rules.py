"""When a day is told; facts in, verdict out."""

from __future__ import annotations

from datetime import date, datetime, time

from piste.foundations.calendar import WorkingTime


def day_to_tell(now: datetime, *, wanted_at: time | None, working: WorkingTime) -> date | None:
    """The member's present day when it is to be told by now: a working day, from the hour they chose until their day ends (or
    for one hour, when they chose one past that). None otherwise.

    Faces of the clock are compared, so a night that jumps over the hour or shows it twice changes nothing: the day is told
    as soon as the clock shows that hour or a later one, and a day is told once.
    """
    local = now.astimezone(working.zone)
    if wanted_at is None or not working.is_working_day(local.date()):
        return None
    until = max(working.closes, wanted_at.replace(hour=min(wanted_at.hour + 1, 23), minute=59))
    return local.date() if wanted_at <= local.time() < until else None
