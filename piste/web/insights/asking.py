"""One member's question to the insights, from the request to the reading that every figure of the page is made from."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from piste.dashboards.models import READY
from piste.foundations import typography
from piste.insights.queries import Reading, Scope, earlier, reading, settled
from piste.insights.queries.figures import StageFigures, Within, estimates, stage_figures
from piste.insights.queries.pipeline import first_day, stakes
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.stats.bottleneck import Ranked, Stake
from piste.stats.conversion import Incidence
from piste.web.access import MemberRequest
from piste.web.board.filtering import Choice, chips
from piste.web.board.links import PASSING, VIEW, Links, address_in
from piste.web.board.looking import Look
from piste.web.member import company_of
from piste.web.templatetags.piste import day, stage_rank, tongue

from .period import DAY, EVER, FISCAL, FREE, MONTH, NAMES, QUARTER, ROLLING, PeriodForm, When, when

#: Parts of an address that belong to one figure or page alone.
OWN = (*PASSING, "table", "figure", VIEW)


class InsightLinks(Links):
    """Addresses of the insights that keep filter and period."""

    @property
    def ordering(self) -> list[tuple[str, str]]:
        return [pair for pair in self.pairs if pair[0] in NAMES]

    def on(self, screen: str, *args: object, **changed: str) -> str:
        """Another page of the same question."""
        return self._with(address_in(screen, self.pipeline_id, *args), {*OWN, *changed}, changed)

    def here(self, *, without: Sequence[str] = (), **changed: str) -> str:
        return self._with(self._address(self.screen), {*without, *changed, *OWN}, changed)

    @property
    def period(self) -> str:
        """Where period, comparison and day of reading are asked."""
        return self._with(reverse("insight_period", args=[self.pipeline_id, self.screen]), {*OWN}, {})

    def clear(self) -> str:
        pairs = self.ordering
        return self.plain + (f"?{urlencode(pairs)}" if pairs else "")


@dataclass
class Question:
    """What an address asks of a pipeline's history."""

    request: MemberRequest
    look: Look
    form: PeriodForm

    @classmethod
    def at(cls, request: MemberRequest, key: int, screen: str, asked: QueryDict) -> Question:
        """The question an address asks; 404 for a pipeline that is not in use."""
        look = Look.at(request, key, asked, screen)
        look.links = InsightLinks(key, [(name, value) for name, values in asked.lists() for value in values if value], screen)
        form = PeriodForm(asked)
        form.is_valid()
        return cls(request, look, form)

    @property
    def links(self) -> InsightLinks:
        assert isinstance(self.look.links, InsightLinks)
        return self.look.links

    @property
    def pipeline(self) -> Pipeline:
        return self.look.pipeline

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone: figures are the same for whoever looks, wherever they are."""
        settings = company_of(self.request)
        return ZoneInfo(settings.time_zone) if settings else ZoneInfo("UTC")

    @property
    def currency(self) -> str:
        settings = company_of(self.request)
        return settings.currency if settings else "EUR"

    @cached_property
    def past_day(self) -> date | None:
        """The past day everything is read as of; None for now."""
        found: date | None = self.form.cleaned_data.get("as_of")
        return found if found is not None and found < self.request.now.astimezone(self.zone).date() else None

    @property
    def link_day(self) -> str:
        """The day that keeps for good what is shown now: read as of it, period and figures are the same ever after. What is read
        as of a past day already needs none."""
        return "" if self.past_day else self.request.now.astimezone(self.zone).date().isoformat()

    @cached_property
    def as_of(self) -> datetime:
        if self.past_day is None:
            return settled(self.request.now)
        return datetime.combine(self.past_day + DAY, time(), self.zone)

    @property
    def past_moment(self) -> datetime | None:
        """The moment everything is read as of; None for now."""
        return self.as_of if self.past_day is not None else None

    @cached_property
    def when(self) -> When:
        settings = company_of(self.request)
        today = self.past_day or self.request.now.astimezone(self.zone).date()
        return when(self.form.cleaned_data, today=today, year_starts=settings.fiscal_year_month if settings else 1)

    @cached_property
    def within(self) -> Within:
        return self.when.days.within(self.zone)

    @cached_property
    def scope(self) -> Scope:
        version = self.form.cleaned_data.get("version")
        return Scope(
            pipeline=self.pipeline,
            as_of=self.as_of,
            past=self.past_day is not None,
            member=self.request.user,
            wanted=self.look.form.wanted,
            versions=(version,) if version else (),
        )

    @cached_property
    def reading(self) -> Reading:
        return reading(self.scope)

    @cached_property
    def reading_before(self) -> Reading | None:
        """The same deals when the period before was as old as this one is now; None without one, or before the history."""
        if self.when.before is None or self.is_before_history:
            return None
        return earlier(self.reading, self.as_of - self.when.distance)

    @cached_property
    def stages(self) -> list[StageFigures]:
        return stage_figures(self.reading, self.within)

    @cached_property
    def rates_before(self) -> dict[int, Incidence]:
        """The estimates of conversion of the period before by the place of the stage, as they stood when it was as old as this
        one is now; none before the first deal."""
        if self.when.before is None or self.reading_before is None:
            return {}
        return estimates(self.reading_before, self.when.before.within(self.zone))

    @cached_property
    def ranked(self) -> Ranked:
        """The stages by what they hold back."""
        return stakes(self.reading, self.stages, self.rates_before, self.within, self.currency)

    @property
    def bottleneck(self) -> Stake | None:
        return self.ranked.stakes[0] if self.ranked.reason else None

    def asked_by(self, links: InsightLinks) -> Question:
        """The same question as another page asks it, answered from the same reading."""
        _ = self.reading
        other = copy(self)
        other.look = copy(self.look)
        other.look.links = links
        return other

    def rank(self, place: int) -> str:
        """The mark of a stage: its place among the selling ones."""
        stage = self.reading.stages[place]
        return stage_rank(place, self.reading.history.selling, stage.role)

    def deals(self, key: str) -> str:
        """Where the deals behind a number are named."""
        return self.links.on("insight_deals", figure=key)

    def activities(self, key: str) -> str:
        """Where the activities behind a number are named."""
        return self.links.on("insight_activities", figure=key)

    def stage_csv(self, stage: int, key: str) -> str:
        """A figure of a stage's page as a file."""
        return self.links.on("insight_stage_csv", stage, key)

    def csv(self, key: str) -> str:
        return self.links._with(reverse("insight_csv", args=[self.pipeline.pk, self.links.screen, key]), {*OWN}, {})

    @cached_property
    def said(self) -> str:
        """The period in words."""
        return self.when.days.said(timezone.localdate(), tongue())

    @cached_property
    def began(self) -> date | None:
        """The day the first of the deals asked about came; None without any."""
        return first_day(self.reading, self.zone)

    @property
    def is_before_history(self) -> bool:
        """Whether the period to compare with was over before the first deal came."""
        last = self.when.before.last if self.when.before is not None else None
        return last is not None and (self.began is None or last < self.began)

    @property
    def said_before(self) -> str:
        """What the period is held against, in words; where history begins, if it begins later than that."""
        if self.when.before is None:
            return ""
        against = gettext("against %(days)s") % {"days": self.when.before.said(timezone.localdate(), tongue())}
        if self.began is None:
            return ""
        if self.when.before.first is None or self.began <= self.when.before.first:
            return against
        begins = gettext("history begins on %(day)s") % {
            "day": typography.day(self.began, tongue(), today=timezone.localdate(), weekday=False)
        }
        return begins if self.is_before_history else f"{against} ({begins})"

    def periods(self) -> list[Choice]:
        """The periods one click away."""
        named = (
            (MONTH, gettext("Month")),
            (QUARTER, gettext("Quarter")),
            (ROLLING, gettext("12 months")),
            (FISCAL, gettext("Fiscal year")),
            (EVER, gettext("Ever")),
        )
        out = ("back", "first", "last")
        return [
            Choice(label, self.links.here(without=out, period="" if name == ROLLING else name), self.when.name == name)
            for name, label in named
        ]

    def shown(self) -> dict[str, Any]:
        """What every page of the insights shows around its figures."""
        back = self.form.cleaned_data.get("back") or 0
        calendar = self.when.name in (MONTH, QUARTER, ROLLING, FISCAL)
        pages = (
            ("insights", gettext("Pipeline")),
            ("insights_team", gettext("Team")),
            ("insights_sources", gettext("Sources")),
            ("insights_losses", gettext("Losses")),
        )
        dashboards = reverse("dashboard", args=[f"{READY}{self.pipeline.pk}"])
        return {
            "section": "insights",
            "question": self,
            "link_day": self.link_day,
            "look": self.look,
            "pipeline": self.pipeline,
            "links": self.links,
            "chips": chips(self.look),
            "periods": self.periods(),
            "period_form_href": self.links.period,
            "is_free": self.when.name == FREE,
            "back_href": self.links.here(back=str(back + 1)) if calendar else "",
            "on_href": self.links.here(without=["back"] if back == 1 else [], **({"back": str(back - 1)} if back > 1 else {}))
            if calendar and back
            else "",
            "pages": [
                *(Choice(label, self.links.on(name), self.links.screen == name) for name, label in pages),
                Choice(gettext("Dashboards"), dashboards, self.links.screen == "dashboard"),
            ],
            "as_of_said": day(self.past_day) if self.past_day else "",
            "now_href": self.links.here(without=["as_of"]),
            "version": self._version(),
            "plain_href": self.links.clear(),
            "problems": [error for errors in (*self.form.errors.values(), *self.look.form.errors.values()) for error in errors],
        }

    def versions(self) -> list[tuple[int, str, bool]]:
        """The process versions that deals may have been created under: key, name, whether it is asked for."""
        chosen = self.form.cleaned_data.get("version")
        found = ProcessVersion.objects.filter(pipeline=self.pipeline).order_by("-number").values_list("pk", "number", "at")[:100]
        return [(key, f"v{number} · {day(at)}", key == chosen) for key, number, at in found]

    def _version(self) -> dict[str, str] | None:
        """The process version that the deals were created under, when one is asked for."""
        key = self.form.cleaned_data.get("version")
        found = ProcessVersion.objects.filter(pipeline=self.pipeline, pk=key).defer("definition").first() if key else None
        return {"name": str(found), "href": self.links.here(without=["version"])} if found is not None else None
