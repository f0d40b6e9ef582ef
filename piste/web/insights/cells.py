"""Cells of tables: how a figure is written, what it is for a file, and the deals behind it."""

from __future__ import annotations

from django.utils.translation import ngettext

from piste.foundations.money import to_decimal
from piste.insights.queries.figures import ByCurrency
from piste.web.parts.charts.figure import Cell

from . import words
from .asking import Question


def cell(question: Question, value: int, key: str) -> Cell:
    """A count that leads to its deals; a dash for none."""
    return Cell(words.count(value), question.deals(key), raw=value) if value else Cell("–", raw=0)


def activity_cell(question: Question, value: int, key: str) -> Cell:
    """A count that leads to its activities; a dash for none."""
    return Cell(words.count(value), question.activities(key), raw=value) if value else Cell("–", raw=0)


def rate_cell(value: float | None, href: str = "") -> Cell:
    """A share; `href` leads to all the deals it is a share of."""
    return Cell(words.rate(value), "" if value is None else href, raw=None if value is None else round(value, 4))


def days_cell(value: float | None) -> Cell:
    """A duration."""
    return Cell(words.days(value), raw=None if value is None else round(value, 2))


def money_cell(values: ByCurrency, href: str = "") -> Cell:
    """Amounts by currency, which lead to the deals they are of; a file has the figure when there is one currency, else the
    words."""
    if len(values) == 1:
        ((code, minor),) = values.items()
        return Cell(words.money(values), href, raw=float(to_decimal(minor, code)))
    return Cell(words.money(values), href if values else "")


def deals_said(count: int) -> str:
    return ngettext("%(count)s deal", "%(count)s deals", count) % {"count": words.count(count)}
