"""Decisions about the contact clock; facts in, verdict out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

#: Kinds of activity by which one meets a prospect.
CONTACTS = ("call", "meeting", "email")
#: Under this the clock presses.
PRESSING = timedelta(hours=4)


def is_contact(kind: str, outcome_reached: bool | None) -> bool:
    """Whether something done met the prospect: as its outcome says, or its kind when it has none."""
    return kind in CONTACTS and outcome_reached is not False


def clock_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[dict[str, str]]:
    """What changed in the company's contact clock, as changes of a process version: role and working days. A first version,
    or one from before it was kept, changes nothing."""
    if not before or before == after:
        return []
    old, new = (f"{said['role']}:{said['working_days']}" for said in (before, after))
    return [{"code": "clock.changed", "stage": "", "before": old, "after": new}]


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
