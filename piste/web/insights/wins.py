"""Wins, losses and pace: the same figures now and in the period before, each by its own definition."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, pgettext

from piste.foundations import typography
from piste.foundations.money import whole
from piste.insights.queries.figures import Outcomes, outcomes
from piste.stats.shares import Share, difference
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from . import words
from .advancing import Rows
from .asking import Question
from .cells import cell, days_cell, deals_said, money_cell, rate_cell


def outcome_figure(question: Question) -> Figure:
    """Rates by creation and by closing, the cycle, and what flows."""
    now = outcomes(question.reading, question.within)
    before = _before(question)
    head = ["", gettext("Now"), gettext("Interval")]
    if before is not None:
        head += [gettext("Before"), pgettext("figure", "Change")]
    rows = [
        _count(
            pgettext("deals", "Won"),
            cell(question, len(now.by_closing.won), "closing.won"),
            len(before.by_closing.won) if before else None,
        ),
        _count(
            pgettext("deals", "Lost"),
            cell(question, len(now.by_closing.lost), "closing.lost"),
            len(before.by_closing.lost) if before else None,
        ),
        _rate(
            gettext("Win rate, by closing"),
            now.by_closing.rate,
            before.by_closing.rate if before else None,
            question.deals("closing.closed"),
        ),
        _rate(
            gettext("Win rate, by creation"),
            now.by_creation.rate,
            before.by_creation.rate if before else None,
            question.deals("closing.created"),
        ),
        [
            Cell(gettext("Value won")),
            money_cell(now.won_value, question.deals("closing.won")),
            Cell(""),
            money_cell(before.won_value) if before else Cell("–"),
        ],
        [Cell(gettext("Mean sale")), _mean(now), Cell(""), _mean(before) if before else Cell("–")],
        [
            Cell(gettext("Days to win, median")),
            days_cell(now.by_closing.cycle_won.median),
            Cell(""),
            days_cell(before.by_closing.cycle_won.median) if before else Cell("–"),
        ],
        _count(pgettext("deals", "Open"), cell(question, len(now.open), "closing.open"), len(before.open) if before else None),
        [
            Cell(gettext("Value open")),
            money_cell(now.open_value, question.deals("closing.open")),
            Cell(""),
            money_cell(before.open_value) if before else Cell("–"),
        ],
        [Cell(gettext("Pace, a month")), _pace(now), Cell(""), _pace(before) if before else Cell("–")],
    ]
    width = len(head)
    table = Table(head, [[*row[:width], *[Cell("")] * (width - len(row))] for row in rows])
    return Figure(
        key="wins",
        title=gettext("Wins, losses and pace"),
        note=question.said + (f", {question.said_before}" if before is not None else ""),
        drawing=Rows(table),
        definition=Definition(
            basis=gettext(
                "By closing: won ÷ (won + lost) of the deals closed in the period. By creation: the same of the deals "
                "created in it, as they stand now; the younger the period, the more of its wins are still to come."
            ),
            period=question.said,
            sample=deals_said(now.by_closing.rate.n),
            interval=gettext("95%, Wilson’s; of the change, Newcombe’s"),
            rules=[
                gettext("Days run from creation to the sale."),
                gettext("Pace is open deals × win rate by closing × mean sale ÷ mean days to win, for 30 days."),
                gettext("The period before is read as it stood when it was as old as this one is now."),
                gettext("Currencies are not added up."),
            ],
        ),
        csv=question.csv("wins"),
    )


def _before(question: Question) -> Outcomes | None:
    if question.when.before is None or question.reading_before is None:
        return None
    return outcomes(question.reading_before, question.when.before.within(question.zone))


def _count(name: str, now: Cell, before: int | None) -> Sequence[Cell]:
    if before is None:
        return [Cell(name), now]
    gap = int(now.raw or 0) - before
    written = typography.number(gap, tongue())
    return [
        Cell(name),
        now,
        Cell(""),
        Cell(words.count(before), raw=before),
        Cell(f"+{written}" if gap > 0 else written, raw=gap),
    ]


def _rate(name: str, now: Share, before: Share | None, href: str) -> Sequence[Cell]:
    row = [Cell(name), rate_cell(now.rate, href), Cell(words.interval(now))]
    if before is None:
        return row
    gap = difference(now, before)
    if gap is None:
        return [*row, rate_cell(before.rate), Cell("–")]
    told = f"{words.points(gap[0])} ({words.points(gap[1])} – {words.points(gap[2])})"
    return [*row, rate_cell(before.rate), Cell(told, raw=round(gap[0], 4))]


def _mean(found: Outcomes) -> Cell:
    return money_cell({code: whole(mean, code) for code, mean in found.mean_won.items()})


def _pace(found: Outcomes) -> Cell:
    return money_cell({code: whole(30 * pace, code) for code, pace in found.velocity.items()})
