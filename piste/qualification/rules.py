"""Decisions about the contact clock; facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: Kinds of activity by which one meets a prospect.
CONTACTS = ("call", "meeting", "email")
#: Under this the clock presses.
PRESSING = timedelta(hours=4)


def is_contact(kind: str, outcome_reached: bool | None) -> bool:
    """Whether something done met the prospect: as its outcome says, or its kind when it has none."""
    return kind in CONTACTS and outcome_reached is not False


@dataclass(frozen=True, slots=True)
class Face:
    """What a clock shows: how much is left of the working time (negative once missed), the share of it in per cent, and
    `state`: running, pressing or missed."""

    left: timedelta
    share: int
    state: str


def face(left: timedelta, whole: timedelta, *, now: datetime, due_at: datetime) -> Face:
    """The face of a running clock; `left` is the working time until it is due, `whole` what it began with."""
    if now >= due_at:
        return Face(due_at - now, 0, "missed")
    share = 100 if whole <= timedelta() else max(1, min(100, round(100 * (left / whole))))
    return Face(left, share, "pressing" if left < PRESSING else "running")
