"""One member's look at a period of a pipeline: what every page of the forecast is made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from piste.company.models import Settings
from piste.company.queries import working_time
from piste.forecasting.models import Measure, Target
from piste.forecasting.queries import targets
from piste.forecasting.queries.progress import Course, Progress, course, progress
from piste.forecasting.rules import Key
from piste.foundations import typography
from piste.foundations.calendar import Period, Span, WorkingTime, period
from piste.foundations.money import decimals
from piste.insights.queries import Reading, Scope, reading, settled
from piste.pipelines.models import Pipeline
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.board.filtering import Choice
from piste.web.insights.period import DAY, DayField
from piste.web.insights.words import period_name
from piste.web.member import company_of
from piste.web.templatetags.piste import tongue

#: How addresses call the spans of a period.
SPANS = {"month": Span.MONTH, "quarter": Span.QUARTER, "year": Span.YEAR}
SPAN_LABELS = {
    "month": gettext_lazy("Month"),
    "quarter": gettext_lazy("Quarter"),
    "year": gettext_lazy("Fiscal year"),
}


class PeriodForm(forms.Form):
    """What an address asks of the forecast; all may be left out. What cannot be read is said and left out."""

    span = forms.ChoiceField(required=False, choices=list(SPAN_LABELS.items()))
    first = DayField()
    measure = forms.ChoiceField(required=False, choices=Measure.choices)


@dataclass
class Look:
    """What an address asks: the pipeline, the period, and whether values or wins are counted. All is read as it stood at the end
    of `past_day`; as of now without one."""

    request: MemberRequest
    pipeline: Pipeline
    screen: str
    form: PeriodForm
    past_day: date | None = None

    @classmethod
    def at(cls, request: MemberRequest, key: int, screen: str) -> Look:
        """The look of an address; 404 for a pipeline that is not in use."""
        form = PeriodForm(request.GET)
        form.is_valid()
        return cls(request, access.pipeline(request, key), screen, form)

    @cached_property
    def company(self) -> Settings:
        return company_of(self.request) or Settings()

    @property
    def currency(self) -> str:
        return self.company.currency

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone: figures are the same for whoever looks, wherever they are."""
        return ZoneInfo(self.company.time_zone)

    @property
    def hours(self) -> WorkingTime:
        return working_time(settings=self.company)

    @property
    def today(self) -> date:
        return self.past_day or self.request.now.astimezone(self.zone).date()

    @property
    def past_moment(self) -> datetime | None:
        """The moment all is read as of; None for now."""
        return datetime.combine(self.past_day + DAY, time(), self.zone) if self.past_day is not None else None

    @property
    def span_name(self) -> str:
        return self.form.cleaned_data.get("span") or "quarter"

    @property
    def measure(self) -> str:
        return self.form.cleaned_data.get("measure") or Measure.AMOUNT.value

    @property
    def is_money(self) -> bool:
        return self.measure == Measure.AMOUNT

    @cached_property
    def period(self) -> Period:
        day = self.form.cleaned_data.get("first") or self.today
        return period(SPANS[self.span_name], day, year_starts=self.company.fiscal_year_month)

    @cached_property
    def reading(self) -> Reading:
        """The deals of the pipeline that the member may see."""
        past = self.past_moment
        as_of = past or settled(self.request.now)
        return reading(Scope(pipeline=self.pipeline, as_of=as_of, past=past is not None, member=self.request.user))

    @cached_property
    def rows(self) -> dict[Key, Target]:
        """The targets in force of the period and of those within it."""
        return targets.in_force(self.pipeline, targets.firsts_of(self.period), self.request.user, before=self.past_moment)

    @cached_property
    def course(self) -> Course:
        return course(self.reading, self.period, today=self.today, zone=self.zone, hours=self.hours)

    @cached_property
    def progress(self) -> list[Progress]:
        """How far everybody is whom the member may see."""
        return progress(
            self.reading,
            self.course,
            targets.values(self.rows),
            measure=self.measure,
            currency=self.currency,
            member=self.request.user,
        )

    @property
    def lead(self) -> Progress | None:
        """What the page speaks of first: the widest that the member may see: company, team or themselves."""
        return next(iter(self.progress), None)

    def worth(self, value: int | None) -> str:
        """A value as it is counted here: an amount, or a number of wins; a dash for none."""
        if value is None:
            return "–"
        return typography.amount(value, self.currency, tongue()) if self.is_money else typography.number(value, tongue())

    def about(self, value: float) -> str:
        """The same of what is computed: to the whole unit."""
        unit = 10 ** decimals(self.currency) if self.is_money else 1
        return self.worth(round(value / unit) * unit)

    @property
    def asked(self) -> dict[str, str]:
        """What the address asked and could be read."""
        found = {name: self.form.cleaned_data.get(name) for name in self.form.fields}
        return {name: str(value) for name, value in found.items() if value}

    def href(self, screen: str = "", *args: object, **changed: str) -> str:
        """This look on a page (its own without a name), with parts of it changed; "" leaves a part out."""
        pairs = {name: value for name, value in (self.asked | changed).items() if value}
        address = reverse(screen or self.screen, args=[self.pipeline.pk, *args])
        return f"{address}?{urlencode(pairs)}" if pairs else address

    def deals(self, figure: str, **narrowed: str) -> str:
        """Where the deals behind a number are named."""
        pairs = {"figure": figure, **narrowed}
        if self.past_day is not None:
            pairs["as_of"] = self.past_day.isoformat()
        return f"{reverse('insight_deals', args=[self.pipeline.pk])}?{urlencode(pairs)}"

    @property
    def said(self) -> str:
        return period_name(self.period)

    @property
    def days_said(self) -> str:
        """The days of the period, and how many are left of it."""
        return typography.day_range(self.period.first, self.period.last, tongue(), today=self.today)

    @property
    def days_left(self) -> int:
        """Days still to come in the period, today not counted; none once it is over."""
        return max(0, (self.period.last - max(self.today, self.period.first)).days)

    def shown(self) -> dict[str, Any]:
        """What every page of the forecast shows around its figures."""
        pages = (
            ("forecast_ahead", gettext("Forecast")),
            ("forecast_plan", gettext("Plan")),
            ("forecast_targets", gettext("Targets")),
            ("forecast_calls", gettext("Calls")),
        )
        return {
            "section": "forecast",
            "look": self,
            # A link to a figure names its period: the running quarter is another one next quarter.
            "link_first": self.period.first.isoformat(),
            "pipeline": self.pipeline,
            "pipelines": list(Pipeline.objects.in_use()),
            "pages": [Choice(label, self.href(name), self.screen == name) for name, label in pages],
            "spans": [
                Choice(str(label), self.href(span="" if name == "quarter" else name, first=""), name == self.span_name)
                for name, label in SPAN_LABELS.items()
            ],
            "back_href": self.href(first=self.period.previous.first.isoformat()),
            "on_href": self.href(first=self.period.next.first.isoformat()),
            "now_href": "" if self.today in self.period else self.href(first=""),
            "measures": [
                Choice(
                    str(measure.label),
                    self.href(measure="" if measure == Measure.AMOUNT else measure.value),
                    self.measure == measure,
                )
                for measure in Measure
            ],
            "problems": [error for errors in self.form.errors.values() for error in errors],
        }
