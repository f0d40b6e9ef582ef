"""Groups beside each other: owners, sources, products with the same figures, and their win rates over one scale."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext, pgettext

from piste.stats.shares import Share, share
from piste.web.parts.charts import forest
from piste.web.parts.charts.figure import Cell, Table

from . import words
from .advancing import Words
from .asking import Question
from .cells import cell, days_cell, money_cell, rate_cell
from .groups import GroupFigures


def all_of(rows: Sequence[GroupFigures]) -> Share:
    """The win rate of all groups together."""
    return share(sum(len(row.won) for row in rows), sum(row.rate.n for row in rows))


def rates_drawn(question: Question, kind: str, rows: Sequence[GroupFigures], whole: Share) -> forest.Forest | Words:
    """Win rates with their intervals against that of all; a sentence when nothing was closed."""
    if not rows or whole.rate is None:
        return Words(gettext("No deal was closed in this period."))
    shown = [
        forest.Row(
            name=row.name,
            low=row.rate.low,
            high=row.rate.high,
            estimate=row.rate.rate,
            said=words.rate(row.rate.rate, 0),
            note=ngettext("%(count)s closed", "%(count)s closed", row.rate.n) % {"count": words.count(row.rate.n)},
            href=question.deals(f"by.{kind}.{row.key}.closed"),
        )
        for row in rows
    ]
    said = gettext("all: %(rate)s") % {"rate": words.rate(whole.rate, 0)}
    return forest.draw(shown, say=lambda value: words.rate(value, 0), mark=whole.rate, mark_said=said)


def group_table(question: Question, kind: str, first: str, rows: Sequence[GroupFigures]) -> Table:
    """The same figures for owners, sources, products; `first` heads their names."""
    head = [
        first,
        pgettext("deals", "Created"),
        pgettext("deals", "Won"),
        pgettext("deals", "Lost"),
        gettext("Win rate"),
        gettext("Interval"),
        gettext("Value won"),
        gettext("Days to win, median"),
        pgettext("deals", "Open"),
        gettext("Value open"),
    ]
    return Table(head, [_cells(question, kind, row) for row in rows])


def _cells(question: Question, kind: str, row: GroupFigures) -> list[Cell]:
    """A group's line in tables: the same figures for owners, sources, products."""
    key = f"by.{kind}.{row.key}"
    return [
        Cell(row.name),
        cell(question, len(row.created), f"{key}.created"),
        cell(question, len(row.won), f"{key}.won"),
        cell(question, len(row.lost), f"{key}.lost"),
        rate_cell(row.rate.rate, question.deals(f"{key}.closed")),
        Cell(words.interval(row.rate)),
        money_cell(row.value, question.deals(f"{key}.won")),
        days_cell(row.cycle.median),
        cell(question, len(row.open), f"{key}.open"),
        money_cell(row.open_value, question.deals(f"{key}.open")),
    ]
