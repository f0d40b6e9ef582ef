"""A forecast as a member may see it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from django.utils.translation import gettext, ngettext

from piste.company.models import CustomField, FieldSubject, Sees
from piste.forecasting.models import Snapshot
from piste.forecasting.queries.snapshots import latest
from piste.forecasting.rules import chance_of_reaching
from piste.forecasting.sentences import worth
from piste.foundations import typography
from piste.foundations.money import decimals
from piste.web.deal.winning import theme
from piste.web.insights import words
from piste.web.parts.charts.fan import Ahead
from piste.web.parts.charts.figure import Cell
from piste.web.templatetags.piste import day, tongue

from .asking import Look
from .behind import key
from .progress import narrowed_to


@dataclass
class Forecast:
    """The forecast of a period as a member may see it: of the company, of their team, or of themselves."""

    look: Look

    @cached_property
    def snapshot(self) -> Snapshot | None:
        return latest(self.look.pipeline, self.look.period)

    @property
    def said(self) -> dict[str, Any]:
        return self.snapshot.said if self.snapshot is not None else {}

    @property
    def is_present(self) -> bool:
        return self.look.today in self.look.period

    @property
    def is_ahead(self) -> bool:
        """Whether the period has yet to begin."""
        return self.look.today < self.look.period.first

    @property
    def is_next(self) -> bool:
        """Whether it is the one after the running: forecasts reach no further."""
        return self.look.today in self.look.period.previous

    @property
    def sees_all(self) -> bool:
        """Whether what the whole pipeline brings may be told."""
        return self.look.request.user.sees_all

    @cached_property
    def who(self) -> str:
        """Whom it is of, as snapshots call them; "" is everybody."""
        member = self.look.request.user
        if member.sees_all:
            return ""
        return f"team:{member.team_id}" if member.sight == Sees.TEAM and member.team_id else f"rep:{member.pk}"

    @cached_property
    def band(self) -> Ahead | None:
        """The forecast of the total at the end of the period; None when nothing is said."""
        if self.who == "":
            found = self.said.get("bands", {}).get("ours")
            return Ahead(*found) if found else None
        group = self.said.get("groups", {}).get(self.who)
        return Ahead(*group[1:]) if group else None

    @property
    def base(self) -> float:
        """What was won already when it was said."""
        if self.who:
            group = self.said.get("groups", {}).get(self.who)
            return float(group[0]) if group else 0.0
        return float(self.said.get("won_deals" if self.counts_deals else "won", 0.0))

    @property
    def counts_deals(self) -> bool:
        """Whether deals are counted, since most sales have no value."""
        return self.said.get("measure") == "deals"

    @cached_property
    def won_now(self) -> float:
        """What is won so far, as of now."""
        lead = self.look.lead
        if lead is None:
            return 0.0
        return float(len(lead.deals)) if self.counts_deals else lead.won / 10 ** decimals(self.look.currency)

    @cached_property
    def target(self) -> float | None:
        lead = self.look.lead
        if lead is None or lead.target is None or self.counts_deals:
            return None
        return float(lead.target.value / 10 ** decimals(self.look.currency))

    @property
    def reach(self) -> float | None:
        """The chance of reaching the target."""
        if self.target is None or self.band is None:
            return None
        return chance_of_reaching([self.band.median, self.band.low80, self.band.high80], self.base, self.target)

    def worth(self, value: float) -> str:
        """An expected value to three figures: more would not be true."""
        if self.counts_deals:
            return typography.number(round(value, 1) if value < 10 else round(value), tongue(), places=1 if value < 10 else 0)
        return typography.amount(self._minor(rounded(value)), self.look.currency, tongue())

    def short(self, value: float) -> str:
        """The same for a chart."""
        if self.counts_deals:
            return typography.number(round(value), tongue())
        return typography.amount_short(self._minor(rounded(value)), self.look.currency, tongue())

    def _minor(self, value: float) -> int:
        unit: int = 10 ** decimals(self.look.currency)
        return round(value * unit)

    def cell(self, value: float, href: str = "") -> Cell:
        return Cell(self.worth(value), href, raw=round(value, 2))

    def exact(self, value: float) -> str:
        """What happened, or somebody said: to the last figure."""
        if self.counts_deals:
            return typography.number(round(value), tongue())
        return typography.amount(self._minor(value), self.look.currency, tongue())

    def fact(self, value: float, href: str = "") -> Cell:
        return Cell(self.exact(value), href, raw=round(value, 2))

    def deals(self, part: str | int, **narrowed: str) -> str:
        """Where the deals are named that the forecast counted."""
        return self.look.deals(key(self.snapshot, part), **narrowed) if self.snapshot is not None else ""

    def csv(self, figure: str) -> str:
        """Where a figure is to be had as a file."""
        return self.look.href("forecast_csv", figure)

    # What stands in figures at the head of the page.

    @property
    def median_said(self) -> str:
        return self.worth(self.band.median) if self.band else "–"

    @property
    def range_said(self) -> str:
        if self.band is None:
            return ""
        pair = {"low": self.worth(self.band.low80), "high": self.worth(self.band.high80)}
        return gettext("8 chances in 10: %(low)s to %(high)s") % pair

    @property
    def won_said(self) -> str:
        lead = self.look.lead
        return "–" if lead is None else self.worth(self.won_now) if self.counts_deals else self.look.worth(lead.won)

    @property
    def won_href(self) -> str:
        """Where the deals won so far are named."""
        lead = self.look.lead
        if lead is None or not len(lead.deals):
            return ""
        figure = f"won.{int(self.look.period.span)}.{self.look.period.first.isoformat()}"
        return self.look.deals(figure, **narrowed_to(lead))

    @property
    def won_note(self) -> str:
        lead = self.look.lead
        if lead is None:
            return ""
        deals = ngettext("%(count)s deal", "%(count)s deals", len(lead.deals)) % {"count": words.count(len(lead.deals))}
        if not self.target:
            return deals
        return gettext("%(deals)s, %(share)s of the target") % {
            "deals": deals,
            "share": words.rate(self.won_now / self.target, 0),
        }

    @property
    def target_said(self) -> str:
        lead = self.look.lead
        return self.look.worth(lead.target.value) if lead is not None and lead.target is not None else ""

    @property
    def reach_said(self) -> str:
        if self.reach is None:
            return ""
        count = round(100 * self.reach)
        said = ngettext("%(chances)s chance in 100 to reach it", "%(chances)s chances in 100 to reach it", count)
        return said % {"chances": count}

    @property
    def verdict(self) -> str:
        """What the chances of single deals are worth, in a sentence."""
        found = self.said.get("verdict") or {}
        return worth(
            found.get("code", ""),
            by=found.get("by", ""),
            gain=words.rate(found.get("gain"), 0),
            closed=words.count(found.get("closed", 0)),
        )

    @property
    def is_reliable(self) -> bool:
        """Whether something known of deals tells who will buy."""
        return bool((self.said.get("verdict") or {}).get("code") == "reliable")

    @property
    def warnings(self) -> list[str]:
        """What has changed of late, so that the past tells less."""
        found = []
        for at, what, change in self.said.get("drifts", [])[-2:]:
            told = {"day": day(date.fromisoformat(at)), "change": f"{'+' if change > 0 else ''}{words.rate(change, 0)}"}
            if what == "arrivals":
                said = gettext("Since about %(day)s deals come at another pace (%(change)s): the past tells less of what comes.")
            else:
                said = gettext("On %(day)s a period came out unlike all before (%(change)s): take the interval as too narrow.")
            found.append(said % told)
        return found

    @cached_property
    def refused(self) -> str:
        """The fields that tell the outcome too well."""
        leaks = self.said.get("leaks", [])
        own = CustomField.objects.filter(subject=FieldSubject.DEAL) if leaks else CustomField.objects.none()
        labels = dict(own.values_list("key", "label"))
        return ", ".join(theme(name, labels) for name, _reason in leaks)


def rounded(value: float) -> float:
    """To three figures."""
    if not value:
        return 0.0
    size = 10 ** max(0, int(np.floor(np.log10(abs(value)))) - 2)
    return float(round(value / size) * size)
