"""The days one usually puts something off to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piste.foundations.calendar import WorkingTime


@dataclass(frozen=True, slots=True)
class Choice:
    """A day in one word."""

    day: date
    label: Promise

    @property
    def value(self) -> str:
        return self.day.isoformat()


def usual(time: WorkingTime, today: date) -> list[Choice]:
    """The next working day, two later, and the one a week from today; each day once."""
    first = time.add_working_days(today, 1)
    found = {first: _("Tomorrow") if first == today + timedelta(days=1) else _("Next working day")}
    found.setdefault(time.add_working_days(today, 3), _("In 3 working days"))
    found.setdefault(time.add_working_days(today + timedelta(days=7), 0), _("In a week"))
    return [Choice(day, label) for day, label in found.items()]
