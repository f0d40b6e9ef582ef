"""The figures of the forecast, from what was said and from what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext, pgettext

from piste.company.models import Sees
from piste.forecasting.models import Snapshot, Whose
from piste.forecasting.queries.snapshots import history, latest
from piste.forecasting.rules import chance_of_reaching
from piste.foundations import typography
from piste.foundations.calendar import Period, Span
from piste.foundations.money import decimals
from piste.insights.queries.facts import NO_AMOUNT
from piste.insights.queries.ledger import in_days
from piste.web.insights import words
from piste.web.insights.advancing import Rows
from piste.web.parts.charts import fan, line, proof, tally
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import day, stage_rank, tongue

from .asking import Look

DAY = timedelta(days=1)
METHODS = {
    "ours": gettext_lazy("Piste’s forecast"),
    "weighted_pipeline": gettext_lazy("Weighted pipeline"),
    "run_rate": gettext_lazy("Run-rate"),
    "same_season": gettext_lazy("Same season last year"),
}
RULES = {
    "weighted_pipeline": gettext_lazy("Weighted pipeline: each open deal’s value × the share won of past deals of its stage."),
    "run_rate": gettext_lazy("Run-rate: what the last three periods of that length brought, on average."),
    "same_season": gettext_lazy("Same season: what the same days brought a year before."),
}


@dataclass(frozen=True, slots=True)
class Band:
    """What is said of a total, in major units or deals."""

    median: float
    low80: float
    high80: float
    low50: float
    high50: float

    def ahead(self) -> fan.Ahead:
        return fan.Ahead(self.median, self.low80, self.high80, self.low50, self.high50)


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
    def band(self) -> Band | None:
        """The forecast of the total at the end of the period; None when nothing is said."""
        if self.who == "":
            found = self.said.get("bands", {}).get("ours")
            return Band(*found) if found else None
        group = self.said.get("groups", {}).get(self.who)
        return Band(*group[1:]) if group else None

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
        return lead.target.value / 10 ** decimals(self.look.currency)

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
        return round(value * 10 ** decimals(self.look.currency))

    def cell(self, value: float) -> Cell:
        return Cell(self.worth(value), raw=round(value, 2))

    def csv(self, figure: str) -> str:
        address = reverse("forecast_csv", args=[self.look.pipeline.pk, figure])
        return f"{address}{self.look.href().partition('?')[1]}{self.look.href().partition('?')[2]}"

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
    def won_note(self) -> str:
        lead = self.look.lead
        if lead is None:
            return ""
        deals = ngettext("%(count)s deal", "%(count)s deals", len(lead.deals)) % {"count": words.count(len(lead.deals))}
        if not self.target:
            return deals
        return gettext("%(deals)s, %(share)s of the target") % {"deals": deals, "share": words.rate(self.won_now / self.target, 0)}

    @property
    def target_said(self) -> str:
        lead = self.look.lead
        return self.look.worth(lead.target.value) if lead is not None and lead.target is not None else ""

    @property
    def reach_said(self) -> str:
        if self.reach is None:
            return ""
        return gettext("%(chances)s chances in 100 to reach it") % {"chances": round(100 * self.reach)}

    @property
    def verdict(self) -> str:
        """What the chances of single deals are worth, in a sentence."""
        found = self.said.get("verdict") or {}
        closed = words.count(found.get("closed", 0))
        match found.get("code"):
            case "reliable":
                return gettext("The chances of single deals are better than the base rate: %(gain)s less error on past deals.") % {
                    "gain": words.rate(found.get("gain"), 0)
                }
            case "no_signal":
                return gettext(
                    "No reliable chance of single deals exists here: on past deals, nothing known of them told the "
                    "outcome better than the base rate. The forecast of the whole does not depend on it."
                )
            case "base_rate":
                return gettext("Too little history for chances of single deals (%(closed)s closed): the base rate is said.") % {
                    "closed": closed
                }
        return ""

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

    @property
    def refused(self) -> str:
        """The fields that tell the outcome too well."""
        names = [leak[0].removeprefix("custom:") for leak in self.said.get("leaks", [])]
        return ", ".join(names)


def rounded(value: float) -> float:
    """To three figures."""
    if not value:
        return 0.0
    size = 10 ** max(0, int(np.floor(np.log10(abs(value)))) - 2)
    return float(round(value / size) * size)


def figures(found: Forecast) -> list[Figure]:
    """Every figure of the page, in its order; those of the whole pipeline only for who sees it."""
    made = [course_figure(found)]
    if found.snapshot is not None and found.band is not None:
        if found.sees_all:
            made += [parts_figure(found), proof_figure(found), method_figure(found)]
        made.append(group_figure(found))
        if found.sees_all and found.said.get("ever", {}).get("ours"):
            made.append(chance_figure(found))
    days = days_figure(found)
    return [*made, days] if days is not None else made


def course_figure(found: Forecast) -> Figure:
    """The period so far, and what is expected of the rest."""
    look, whole = found.look, found.look.period
    since, until = (in_days(moment) for moment in whole.moments(look.zone))
    won = running(found, since, until)
    now = min(1.0, max(0.0, (in_days(look.request.now) - since) / (until - since)))
    last_year = Period(whole.span, whole.first.replace(year=whole.first.year - 1))
    began, ended = (in_days(moment) for moment in last_year.moments(look.zone))
    before = running(found, began, ended)
    if before:
        before = [(0.0, 0.0), *before, (1.0, before[-1][1])]
    total = won[-1][1] if won else 0.0
    band = found.band if found.is_present else None
    label = gettext("Won so far: %(won)s.") % {"won": found.worth(total)}
    if band is not None:
        label += " " + gettext("Forecast for the end: %(median)s (%(range)s).") % {
            "median": found.median_said,
            "range": found.range_said,
        }
    if found.target:
        label += " " + gettext("Target: %(target)s.") % {"target": found.target_said}
    months = [
        ((in_days(month.moments(look.zone)[0]) - since) / (until - since), words.period_name(month))
        for month in _marks(whole)
    ]
    drawing = fan.draw(
        won,
        now=now,
        ahead=band.ahead() if band else None,
        base=found.base,
        target=found.target,
        before=before,
        marks=[*months, (1.0, day(whole.last))],
        say=found.short,
        label=label,
        target_said=gettext("Target %(target)s") % {"target": found.short(found.target)} if found.target else "",
        now_said=gettext("today") if found.is_present else "",
        before_said=gettext("%(period)s: %(won)s") % {"period": words.period_name(last_year), "won": found.short(before[-1][1])}
        if before
        else "",
    )
    rows = [[Cell(day(_day(since + x * (until - since)))), found.cell(value)] for x, value in won]
    return Figure(
        key="course",
        title=gettext("How the period comes along"),
        drawing=drawing,
        table=Table([gettext("Day"), gettext("Won so far")], rows),
        definition=Definition(
            basis=gettext(
                "Sales of the period one after the other; then the median of what it may bring, within 50% (dark) and 80% "
                "(light). Last year’s is dotted."
            ),
            period=look.said,
            sample=ngettext("%(count)s deal won", "%(count)s deals won", len(won)) % {"count": words.count(len(won))},
            interval=gettext("80% and 50%, as wide as past forecasts have missed"),
            rules=[
                gettext("Open deals by their chances, deals yet to come by what came before, and what moves all of them together."),
                gettext("Only the end of the fan is computed; on the way it opens with the root of time."),
                gettext("Only sales in %(currency)s count.") % {"currency": look.currency},
            ],
        ),
        csv=found.csv("course"),
    )


def running(found: Forecast, since: float, until: float) -> list[tuple[float, float]]:
    """The running sum of the sales between two moments, by the share of the time that is behind."""
    read, look = found.look.reading, found.look
    deals, facts = read.history.deals, read.facts
    rows = np.flatnonzero((deals.won >= since) & (deals.won < until))
    worth = np.ones(len(rows))
    if not found.counts_deals:
        of_it = (facts.currency[rows] == facts.texts.number(look.currency)) & (facts.amount[rows] != NO_AMOUNT)
        rows = rows[of_it]
        worth = facts.amount[rows] / 10 ** decimals(look.currency)
    order = np.argsort(deals.won[rows], kind="stable")
    shares = (deals.won[rows][order] - since) / (until - since)
    return list(zip(shares.tolist(), np.cumsum(worth[order]).tolist(), strict=True))


def _marks(whole: Period) -> list[Period]:
    """The months a period is marked by; the first ones of the quarters for a year."""
    step = {Span.MONTH: 1, Span.QUARTER: 1, Span.YEAR: 3}[whole.span]
    found, month = [], Period(Span.MONTH, whole.first)
    while month.first <= whole.last:
        found.append(month)
        month = month.next
    return found[::step]


def _day(at: float) -> date:
    return date(1970, 1, 1) + timedelta(days=int(at))


def parts_figure(found: Forecast) -> Figure:
    """Where it comes from."""
    said, read = found.said, found.look.reading
    by_id = {stage.id: stage for stage in read.stages}
    won = found.base
    rows = [tally.Row(pgettext("deals", "Won"), won, found.worth(won), "", (tally.Part("won", won, found.worth(won)),))]
    table = [[Cell(pgettext("deals", "Won")), Cell(words.count(said["won_deals"]), raw=said["won_deals"]), Cell("–"), found.cell(won)]]
    known = [(by_id[key], count, value, expected) for key, count, value, expected in said.get("stages", []) if key in by_id]
    for stage, count, value, expected in sorted(known, key=lambda row: -row[0].place):
        rank = stage_rank(stage.place, read.history.selling, stage.role)
        deals = ngettext("%(count)s deal", "%(count)s deals", count) % {"count": words.count(count)}
        note = gettext("%(deals)s, of %(value)s") % {"deals": deals, "value": found.worth(value)}
        rows.append(tally.Row(stage.name, value, found.worth(expected), note, (tally.Part(rank, expected, stage.name),)))
        table.append([Cell(stage.name), Cell(words.count(count), raw=count), found.cell(value), found.cell(expected)])
    coming = said.get("coming_value", 0.0)
    name = gettext("Yet to come")
    note = gettext("about %(count)s new deals") % {"count": words.count(round(said.get("coming_deals", 0)))}
    rows.append(tally.Row(name, coming, found.worth(coming), note, (tally.Part("none", coming, name),)))
    table.append([Cell(name), Cell(words.count(round(said.get("coming_deals", 0)))), Cell("–"), found.cell(coming)])
    shares = [words.rate(share, 0) for share in said.get("shares", [0, 0, 0])]
    return Figure(
        key="parts",
        title=gettext("Where it comes from"),
        note=gettext("expected by %(day)s") % {"day": day(found.look.period.last)},
        drawing=tally.draw(rows),
        table=Table([gettext("From"), gettext("Deals"), gettext("Value"), gettext("Expected")], table),
        definition=Definition(
            basis=gettext("What is won, each open deal’s value × its chance of being won in the period, and the deals yet to come."),
            period=found.look.said,
            sample=ngettext("%(count)s open deal", "%(count)s open deals", said.get("open_deals", 0))
            % {"count": words.count(said.get("open_deals", 0))},
            rules=[
                gettext("The forecast weighs these deals (%(deals)s), the run-rate (%(rate)s) and the same season (%(season)s) by how right each was.")
                % {"deals": shares[0], "rate": shares[1], "season": shares[2]},
                gettext("A deal without a value counts for what won deals like it brought."),
            ],
        ),
        csv=found.csv("parts"),
    )


def proof_figure(found: Forecast) -> Figure:
    """What would have been said at past moments, and what came."""
    rows, table = [], []
    for at, until, came, methods in found.said.get("origins", []):
        if "ours" not in methods:
            continue
        median, low, high = methods["ours"][:3]
        one = proof.Said(day(date.fromisoformat(until)), median, low, high, came)
        rows.append(one)
        table.append(
            [
                Cell(day(date.fromisoformat(at))),
                Cell(day(date.fromisoformat(until))),
                found.cell(median),
                Cell(f"{found.worth(low)} – {found.worth(high)}"),
                found.cell(came),
                Cell(gettext("yes") if one.holds else gettext("no")),
            ]
        )
    holds = sum(one.holds for one in rows)
    days = words.days(round(found.said.get("horizon_days", 0)))
    return Figure(
        key="proof",
        title=gettext("What we said, what happened"),
        note=gettext("the %(days)s that followed") % {"days": days},
        drawing=proof.draw(rows, say=found.short),
        table=Table(
            [gettext("Said on"), gettext("Until"), gettext("Median"), gettext("80% interval"), gettext("Happened"), gettext("Inside")],
            table,
        ),
        definition=Definition(
            basis=gettext(
                "At each past day, what this forecast would have said from what was known that day, of as many days as are "
                "left now, against what they brought."
            ),
            sample=ngettext("%(count)s past forecast", "%(count)s past forecasts", len(rows)) % {"count": words.count(len(rows))},
            interval="80%",
            rules=[gettext("Fields are read as they were that day; nothing later is used.")],
        ),
        csv=found.csv("proof"),
        foot=gettext("%(holds)s of %(n)s inside the interval; an 80%% interval should hold 8 in 10.")
        % {"holds": words.count(holds), "n": words.count(len(rows))}
        if rows
        else gettext("The history is too short to look back."),
    )


def method_figure(found: Forecast) -> Figure:
    """This forecast beside the classic ones: what each says now, and how right each was."""
    rows = []
    for name, label in METHODS.items():
        band = found.said.get("bands", {}).get(name)
        if band is None:
            continue
        n, wape, bias, coverage, width = found.said.get("errors", {}).get(name, [0, None, None, None, None])
        rows.append(
            [
                Cell(str(label)),
                found.cell(band[0]),
                Cell(f"{found.worth(max(band[1], 0))} – {found.worth(band[2])}"),
                Cell(words.rate(wape, 0), raw=wape),
                Cell(words.points(bias), raw=bias),
                Cell(words.rate(coverage, 0), raw=coverage),
                Cell(words.rate(width, 0), raw=width),
                Cell(words.count(n), raw=n),
            ]
        )
    head = [
        gettext("Method"),
        gettext("Says now"),
        gettext("80% interval"),
        gettext("Error"),
        gettext("Bias"),
        gettext("Held"),
        gettext("Width"),
        gettext("n"),
    ]
    return Figure(
        key="methods",
        title=gettext("Side by side"),
        note=gettext("on the past"),
        drawing=Rows(Table(head, rows)),
        definition=Definition(
            basis=gettext(
                "Each method’s total for the period; its error (WAPE: all misses ÷ all that came), bias, how often its own 80% "
                "interval held, and how wide that was as a share of what came, at past moments."
            ),
            period=found.look.said,
            sample=gettext("n past forecasts each"),
            interval="80%",
            rules=[str(rule) for rule in RULES.values()],
        ),
        csv=found.csv("methods"),
    )


def group_figure(found: Forecast) -> Figure:
    """The same for each team, rep and product that one may see."""
    groups, rows = found.said.get("groups", {}), []
    unit = 10 ** decimals(found.look.currency)
    for one in found.look.progress:
        group = groups.get(f"{one.whose}:{one.subject_id}")
        if group is None or one.whose == Whose.COMPANY:
            continue
        won, median, low, high = group[:4]
        target = one.target.value / unit if one.target is not None and not found.counts_deals else None
        reach = chance_of_reaching([median, low, high], won, target) if target else None
        rows.append(
            [
                Cell(one.name),
                found.cell(won),
                found.cell(median),
                Cell(f"{found.worth(low)} – {found.worth(high)}"),
                found.cell(target) if target else Cell("–"),
                Cell(words.rate(reach, 0), raw=reach) if reach is not None else Cell("–"),
            ]
        )
    head = [
        gettext("Of whom"),
        pgettext("deals", "Won"),
        gettext("Forecast"),
        gettext("80% interval"),
        gettext("Target"),
        gettext("Chance to reach it"),
    ]
    return Figure(
        key="groups",
        title=gettext("By team, rep and product"),
        drawing=Rows(Table(head, rows)),
        definition=Definition(
            basis=gettext("Their own open deals by their chances, and their share of the deals yet to come as of their wins of the last year."),
            period=found.look.said,
            interval=gettext("80%: their own spread, times what the whole has missed by"),
            rules=[
                gettext("Deals belong to whoever owns them now; one with several products counts whole for each."),
                gettext("Medians do not add up to that of the whole."),
            ],
        ),
        csv=found.csv("groups"),
    )


def chance_figure(found: Forecast) -> Figure:
    """Whether what is said of single deals comes true: of those told about 30 %, are about 30 % won?"""
    told = found.said["ever"]
    ours: dict[str, Any] = told["ours"]
    points = [
        line.Point(words.rate(said, 0), came, before=said, note=words.count(n)) for said, came, n in ours["bins"] if n
    ]
    rows = [[Cell(words.rate(said, 0), raw=said), Cell(words.rate(came, 0), raw=came), Cell(words.count(n), raw=n)] for said, came, n in ours["bins"]]
    brier = " · ".join(
        f"{label} {typography.number(told[name]['brier'], tongue(), places=3)}"
        for name, label in (
            ("ours", gettext("ours")),
            ("stage_table", gettext("by stage alone")),
            ("prior", gettext("base rate")),
        )
        if told.get(name)
    )
    return Figure(
        key="chances",
        title=gettext("Do the chances come true?"),
        note=gettext("won, by what was said"),
        drawing=line.draw(points, say=lambda value: words.rate(value, 0)),
        table=Table([gettext("Said"), gettext("Won"), gettext("Predictions")], rows),
        definition=Definition(
            basis=gettext("Past predictions of open deals, in ten groups by the chance that was said, and the share of each that was won. Dotted: what was said."),
            sample=gettext("%(n)s predictions of %(deals)s deals; %(open)s of deals still open are left out")
            % {"n": words.count(told["n"]), "deals": words.count(told["deals"]), "open": words.count(told["left_out"])},
            rules=[gettext("Brier’s score is the mean squared error of a chance; lower is better.")],
        ),
        csv=found.csv("chances"),
        foot=gettext("Brier’s score: %(scores)s. Lower is better.") % {"scores": brier},
    )


def days_figure(found: Forecast) -> Figure | None:
    """What was said of this period from day to day, as it was said; None before the second day."""
    kept: Sequence[Snapshot] = history(found.look.pipeline, found.look.period)
    told = []
    for one in kept:
        bands = one.said.get("groups", {}).get(found.who, [None])[1:] if found.who else one.said.get("bands", {}).get("ours")
        if bands:
            told.append((one.day, Band(*bands)))
    if len(told) < 2:
        return None
    points = [line.Point(day(on), band.median, band.low80, band.high80) for on, band in told]
    rows = [[Cell(day(on)), found.cell(band.median), Cell(f"{found.worth(band.low80)} – {found.worth(band.high80)}")] for on, band in told]
    mark = None if found.is_present else found.won_now
    return Figure(
        key="days",
        title=gettext("Said day by day"),
        note=found.look.said,
        drawing=line.draw(
            points,
            say=found.short,
            mark=mark,
            mark_said="" if mark is None else gettext("came: %(won)s") % {"won": found.short(mark)},
        ),
        table=Table([gettext("Said on"), gettext("Median"), gettext("80% interval")], rows),
        definition=Definition(
            basis=gettext("Every forecast of this period as it was written down that day; none is computed again afterwards."),
            period=found.look.said,
            sample=ngettext("%(count)s day", "%(count)s days", len(told)) % {"count": words.count(len(told))},
            interval="80%",
        ),
        csv=found.csv("days"),
    )
