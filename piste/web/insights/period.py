"""The period that figures are counted in, the one they are held against, and the day everything is read as of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext, gettext_lazy

from piste.foundations import typography
from piste.foundations.calendar import Period, Span, period
from piste.insights.queries.figures import Within
from piste.web.board.filter_form import UNREADABLE_DAY

DAY = timedelta(days=1)
MONTH, QUARTER, ROLLING, FISCAL, EVER, FREE = "month", "quarter", "rolling", "fiscal", "ever", "free"
BEFORE, LAST_YEAR = "before", "year"
#: What the period is said by in an address; a form of the page keeps them all.
NAMES = ("period", "back", "first", "last", "against", "as_of", "version")
#: No further back than this many periods.
MOST_BACK = 200
#: The years one may ask for: at the ends of time no day has one before and after it, nor a place in every zone.
YEARS = (1990, 2100)


class DayField(forms.DateField):
    """A day of an address, within the years one may ask for."""

    def __init__(self) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], error_messages={"invalid": UNREADABLE_DAY})

    def clean(self, value: Any) -> date | None:
        found: date | None = super().clean(value)
        if found is not None and not YEARS[0] <= found.year <= YEARS[1]:
            said = gettext("There are only the years from %(first)s to %(last)s; choose a day within them.")
            raise forms.ValidationError(said % {"first": YEARS[0], "last": YEARS[1]})
        return found


class PeriodForm(forms.Form):
    """The parts of an address that say when; all may be left out. What cannot be read is said and left out."""

    period = forms.ChoiceField(required=False, choices=[(name, "") for name in (MONTH, QUARTER, ROLLING, FISCAL, EVER, FREE)])
    back = forms.IntegerField(required=False, min_value=0, max_value=MOST_BACK)
    first = DayField()
    last = DayField()
    against = forms.ChoiceField(
        required=False,
        choices=[(BEFORE, gettext_lazy("the period before")), (LAST_YEAR, gettext_lazy("the same period a year before"))],
    )
    as_of = DayField()
    version = forms.IntegerField(required=False, min_value=1, max_value=2**31)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            self.add_error("last", gettext("The end comes before the beginning: exchange the two."))
        return found


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, both counted; None is without bound."""

    first: date | None
    last: date | None

    def within(self, zone: ZoneInfo) -> Within:
        """As moments in a zone."""
        return Within(_midnight(self.first, zone), _midnight(self.last + DAY if self.last else None, zone))

    def said(self, today: date, language: str) -> str:
        """The days in words: « déc. 2025 – nov. 2026 », "7 – 13 Oct"."""
        if self.last is None:
            return gettext("since the first deal")
        if self.first is None:
            return gettext("up to %(day)s") % {"day": typography.day(self.last, language, today=today, weekday=False)}
        if self.first.day == 1 and (self.last + DAY).day == 1:
            return typography.months(self.first, self.last, language)
        return typography.day_range(self.first, self.last, language, today=today)


@dataclass(frozen=True, slots=True)
class When:
    """What an address asks: the days counted, those compared with (None: none), and by how much they lie apart."""

    name: str
    days: Days
    before: Days | None
    against: str
    today: date

    @property
    def distance(self) -> timedelta:
        """How long before the days counted the others begin."""
        if self.before is None or self.before.first is None or self.days.first is None:
            return timedelta()
        return self.days.first - self.before.first


def when(asked: dict[str, Any], *, today: date, year_starts: int) -> When:
    """The period of a read form; `today` is the day everything is read as of. Without any, the twelve months up to today's."""
    against = asked.get("against") or BEFORE
    name = asked.get("period") or ROLLING
    if name == FREE and not (asked.get("first") or asked.get("last")):
        name = ROLLING
    if name == EVER:
        return When(EVER, Days(None, None), None, against, today)
    if name == FREE:
        days = Days(asked.get("first"), asked.get("last") or today)
        return When(FREE, days, _before_free(days, against), against, today)
    now, other = _calendar(name, today, asked.get("back") or 0, year_starts, against)
    return When(name, Days(now.first, now.last), Days(other.first, other.last), against, today)


@dataclass(frozen=True, slots=True)
class _Months:
    first: date
    last: date


def _calendar(name: str, today: date, back: int, year_starts: int, against: str) -> tuple[_Months | Period, _Months | Period]:
    if name == ROLLING:
        this = period(Span.MONTH, today)
        for _ in range(12 * back):
            this = this.previous
        first = this
        for _ in range(11):
            first = first.previous
        now = _Months(first.first, this.last)
        return now, _Months(first.year_before.first, this.year_before.last)
    span = {MONTH: Span.MONTH, QUARTER: Span.QUARTER, FISCAL: Span.YEAR}[name]
    found = period(span, today, year_starts=year_starts)
    for _ in range(back):
        found = found.previous
    return found, found.year_before if against == LAST_YEAR else found.previous


def _before_free(days: Days, against: str) -> Days | None:
    if days.first is None or days.last is None:
        return None
    if against == LAST_YEAR:
        return Days(_year_before(days.first), _year_before(days.last))
    length = days.last - days.first + DAY
    return Days(days.first - length, days.last - length)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone) if day else None
