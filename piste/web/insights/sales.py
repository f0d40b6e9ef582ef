"""Sales by quarter."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from piste.foundations import typography
from piste.foundations.calendar import Span, period
from piste.insights.queries import pipeline as queries
from piste.web.parts.charts import bars
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from . import words
from .asking import Question
from .cells import cell, deals_said, money_cell

#: Quarters of the chart of sales.
QUARTERS = 8
#: Those before the first deal are left out, but for so many.
FEWEST = 4


def won_figure(question: Question) -> Figure:
    """Sales by quarter, the last one as far as it goes."""
    last = period(Span.QUARTER, question.when.days.last or question.when.today)
    if last.first > question.when.today:
        last = period(Span.QUARTER, question.when.today)
    periods = [last]
    while len(periods) < QUARTERS:
        periods.insert(0, periods[0].previous)
    began = question.began or last.first
    periods = [one for one in periods if one.last >= began or one in periods[-FEWEST:]]
    found = queries.won_by(question.reading, periods, question.zone)
    code = question.currency
    by_value = any(code in one.value for one in found)
    unit = typography.unit(max((one.value.get(code, 0) for one in found), default=0), code, tongue())
    shown, rows = [], []
    for one in found:
        key = f"won.{one.period.span.value}.{one.period.first.isoformat()}"
        amount = one.value.get(code, 0)
        shown.append(
            bars.Bar(
                label=_quarter(one.period),
                value=float(amount if by_value else len(one.deals)),
                said=typography.amount_short(amount, code, tongue()) if by_value else words.count(len(one.deals)),
                short=unit.written(amount) if by_value else "",
                is_past=one.period.first.year < last.first.year,
                is_partial=not one.is_whole,
                href=question.deals(key),
            )
        )
        rows.append(
            [
                Cell(words.period_name(one.period) + ("" if one.is_whole else gettext(", to date"))),
                cell(question, len(one.deals), key),
                money_cell(one.value, question.deals(key)),
            ]
        )
    partial = gettext("the last quarter is to date") if not found[-1].is_whole else ""
    others = [words.other_currencies()] if by_value and any(set(one.value) - {code} for one in found) else []
    years = ""
    if periods[0].first.year < last.first.year:
        past = {"past": last.first.year - 1, "now": last.first.year}
        years = gettext("%(past)s in grey, %(now)s in colour") % past
    return Figure(
        key="won",
        title=gettext("Won by quarter"),
        drawing=bars.draw(shown),
        table=Table([gettext("Quarter"), gettext("Deals"), gettext("Value")], rows),
        definition=Definition(
            basis=gettext(
                "Deals by the day of their sale, with the amounts they have now; a customer lost later was won all the same."
            ),
            sample=deals_said(sum(len(one.deals) for one in found)),
            rules=[gettext("Other currencies than %(currency)s stand in the table and are not added up.") % {"currency": code}],
        ),
        csv=question.csv("won"),
        foot=" ".join([_sentence([unit.said if by_value else gettext("Number of deals"), years, partial]), *others]),
    )


def _sentence(parts: list[str]) -> str:
    return typography.sentence("; ".join(part for part in parts if part) + ".", tongue())


def _quarter(found: Any) -> str:
    return words.period_name(found).rsplit(" ", 1)[0]
