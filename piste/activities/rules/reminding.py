"""When to remind; facts in, verdict out."""

from __future__ import annotations

from datetime import datetime, timedelta

#: How many minutes before its hour one may choose to be reminded of a step.
CHOICES = (0, 10, 30, 60)
LONGEST = timedelta(minutes=max(CHOICES))
#: A reminder that could not come in time (the worker was down) still comes so long after the hour; then the step is overdue,
#: which My day says.
GRACE = timedelta(minutes=30)


def is_time(due_at: datetime, minutes: int | None, now: datetime) -> bool:
    """Whether to remind now of what is due at a moment, `minutes` before it; None is never. Moments, not clock faces: the
    nights in which clocks are changed mean nothing here."""
    return minutes is not None and due_at - timedelta(minutes=minutes) <= now < due_at + GRACE
