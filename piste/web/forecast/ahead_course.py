"""The course of a period: what is won, what is expected, and what was said of it from day to day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext, ngettext

from piste.forecasting.models import Snapshot
from piste.forecasting.queries.snapshots import history
from piste.foundations.calendar import Period, Span
from piste.foundations.money import decimals
from piste.insights.queries.facts import NO_AMOUNT
from piste.insights.queries.whole_numbers import in_days
from piste.web.insights import words
from piste.web.parts.charts import fan, line
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import day

from .ahead_seen import Forecast


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
    band = found.band if found.is_present or found.is_ahead else None
    label = gettext("Won so far: %(won)s.") % {"won": found.exact(total)}
    if band is not None:
        label += " " + gettext("Forecast for the end: %(median)s (%(range)s).") % {
            "median": found.median_said,
            "range": found.range_said,
        }
    if found.target:
        label += " " + gettext("Target: %(target)s.") % {"target": found.target_said}
    months = [
        ((in_days(month.moments(look.zone)[0]) - since) / (until - since), words.period_name(month)) for month in _marks(whole)
    ]
    drawing = fan.draw(
        won,
        now=now,
        ahead=band,
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
    rows = [[Cell(day(_day(since + x * (until - since)))), found.fact(value)] for x, value in won]
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
                gettext(
                    "Open deals by their chances, deals yet to come by what came before, and what moves all of them together."
                ),
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


def days_figure(found: Forecast) -> Figure | None:
    """What was said of this period from day to day, as it was said; None before the second day."""
    kept: Sequence[Snapshot] = history(found.look.pipeline, found.look.period)
    told = []
    for one in kept:
        bands = one.said.get("groups", {}).get(found.who, [None])[1:] if found.who else one.said.get("bands", {}).get("ours")
        if bands:
            told.append((one.day, fan.Ahead(*bands)))
    if len(told) < 2:
        return None
    points = [line.Point(day(on), band.median, band.low80, band.high80) for on, band in told]
    rows = [
        [Cell(day(on)), found.cell(band.median), Cell(f"{found.worth(band.low80)} – {found.worth(band.high80)}")]
        for on, band in told
    ]
    mark = None if found.is_present or found.is_ahead else found.won_now
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
