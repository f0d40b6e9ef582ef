"""Conversion and time, stage by stage, and what each holds back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext, pgettext

from piste.foundations import typography
from piste.foundations.calendar import Period, Span, period
from piste.foundations.money import to_decimal
from piste.insights.queries import pipeline as queries
from piste.insights.queries.figures import StageFigures
from piste.stats.bottleneck import Change, Ranked, Stake, change
from piste.web.parts.charts import dotrange, spark
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table
from piste.web.templatetags.piste import tongue

from . import words
from .advancing import Rows
from .asking import Question
from .cells import cell, days_cell, rate_cell
from .finding import rounded


@dataclass(frozen=True, slots=True)
class StageRow:
    """A line of the stage table, ready to show."""

    name: str
    rank: str
    href: str
    entered: Cell
    advanced: str
    basis: str
    change: str
    tone: str
    spark: spark.Spark | None
    dots: dotrange.Dotrange
    median: str
    is_over: bool
    skipped: Cell
    returned: Cell
    is_bottleneck: bool
    is_selling: bool


@dataclass(frozen=True, slots=True)
class StageTable:
    template: ClassVar[str] = "insights/stages.html"
    rows: list[StageRow]


def stage_figure(question: Question, first: Stake | None) -> Figure:
    """Conversion and time, stage by stage."""
    months = list(twelve_months(question))
    trends = queries.by_month(question.reading, tuple(months), question.zone)
    before = question.rates_before
    ranges = [(one.durations.p10.days, one.durations.median.days, one.durations.p90.days) for one in question.stages]
    norms = [(float(one.stage.norm_days),) for one in question.stages if one.stage.norm_days]
    most = dotrange.scale([row for row in [*ranges, *norms] if row[-1] is None or row[-1] < 1000])
    shown, rows = [], []
    for one in question.stages:
        prior = before.get(one.stage.place)
        gap = change(one.conversion.estimate, prior) if prior is not None else None
        trend = trends[one.stage.place]
        shown.append(_row(question, one, gap, [point.rate if point else None for point in trend], most, first))
        rows.append(_stage_cells(question, one, gap))
    return Figure(
        key="stages",
        title=gettext("Conversion and time by stage"),
        note=question.said_before,
        drawing=StageTable(shown),
        table=Table(_stage_head(), rows),
        definition=stage_definition(
            question, gettext("Entered is the number of deals; of visits there are more, for one that comes back begins another.")
        ),
        csv=question.csv("stages"),
    )


def stage_definition(question: Question, sample: str) -> Definition:
    """How conversion and time of stages are counted: the same wherever they stand."""
    return Definition(
        basis=gettext(
            "Of the deals that entered a stage for the first time in the period, the share that came to any "
            "later stage or was won; and how long the visits begun in the period last."
        ),
        period=question.said,
        sample=sample,
        interval=gettext(
            "95%. Conversion: Aalen–Johansen, deals still on their way count as unknown, not as failed. Time: "
            "Kaplan–Meier, visits not ended included. Change: both periods as they stood at the same age."
        ),
        rules=[
            gettext("A skip is no visit to what it passes; time on hold belongs to the visit."),
            gettext("The dot is the median, the bar holds 8 in 10 visits, the tick is the norm."),
            gettext("By month: months of fewer than 5 deals are left out, the last is not over."),
        ],
    )


def twelve_months(question: Question) -> list[Period]:
    """The twelve months up to the last of the period."""
    last = period(Span.MONTH, question.when.days.last or question.when.today)
    found = [last]
    for _ in range(11):
        found.insert(0, found[0].previous)
    return found


def _row(
    question: Question, one: StageFigures, gap: Change | None, trend: list[float | None], most: float, first: Stake | None
) -> StageRow:
    stage, found, lasting = one.stage, one.conversion, one.durations
    is_selling = stage.place < question.reading.history.selling
    sure = gap is not None and gap.is_sure
    key = f"stage.{stage.id}"
    over = stage.norm_days is not None and lasting.median.days is not None and lasting.median.days > stage.norm_days
    estimate = found.estimate
    kept = len(found.kept) / len(found.entered) if len(found.entered) else None
    return StageRow(
        name=stage.name,
        rank=question.rank(stage.place),
        href=question.links.on("insights_stage", stage.id),
        entered=cell(question, len(found.entered), f"{key}.entered"),
        advanced=words.rate(estimate.rate if is_selling else kept),
        basis=gettext("%(interval)s; %(count)s of %(n)s so far")
        % {"interval": words.interval(estimate), "count": words.count(found.plain.count), "n": words.count(found.plain.n)}
        if is_selling
        else gettext("customers still"),
        change=words.points(gap.gap) if gap is not None and is_selling else "–",
        tone="" if not sure or gap is None else ("is-danger" if gap.gap < 0 else "is-success"),
        spark=spark.draw(trend, is_bad=sure and gap is not None and gap.gap < 0, said=_trend_said(trend))
        if is_selling and any(point is not None for point in trend)
        else None,
        dots=dotrange.draw(lasting.p10.days, lasting.median.days, lasting.p90.days, norm=stage.norm_days, most=most),
        median=words.days(
            round(lasting.median.days) if lasting.median.days is not None and lasting.median.days >= 1 else lasting.median.days
        ),
        is_over=over,
        skipped=cell(question, len(one.skipped), f"{key}.skipped"),
        returned=cell(question, len(one.returned), f"{key}.returned"),
        is_bottleneck=first is not None and first.place == stage.place,
        is_selling=is_selling,
    )


def _trend_said(trend: list[float | None]) -> str:
    return ", ".join(words.rate(point, 0) for point in trend)


def _stage_head() -> list[str]:
    return [
        gettext("Stage"),
        gettext("Entered"),
        gettext("Went on"),
        gettext("Share so far"),
        gettext("Estimate"),
        gettext("Interval"),
        pgettext("figure", "Change"),
        pgettext("deals", "Lost"),
        gettext("On hold"),
        gettext("On the way"),
        gettext("Median"),
        gettext("90% within"),
        gettext("Ended visits, median"),
        gettext("Skipped"),
        gettext("Returned"),
        gettext("Standing there"),
    ]


def _stage_cells(question: Question, one: StageFigures, gap: Change | None) -> list[Cell]:
    found, lasting, key = one.conversion, one.durations, f"stage.{one.stage.id}"
    return [
        Cell(one.stage.name, question.links.on("insights_stage", one.stage.id)),
        cell(question, len(found.entered), f"{key}.entered"),
        cell(question, len(found.advanced), f"{key}.advanced"),
        rate_cell(found.plain.rate),
        rate_cell(found.estimate.rate),
        Cell(words.interval(found.estimate)),
        Cell(words.points(gap.gap if gap else None), raw=round(gap.gap, 4) if gap else None),
        cell(question, len(found.lost), f"{key}.lost"),
        cell(question, len(found.held), f"{key}.held"),
        cell(question, len(found.open), f"{key}.open"),
        Cell(words.quantile(lasting.median), raw=lasting.median.days),
        Cell(words.quantile(lasting.p90), raw=lasting.p90.days),
        days_cell(lasting.completed_median),
        cell(question, len(one.skipped), f"{key}.skipped"),
        cell(question, len(one.returned), f"{key}.returned"),
        cell(question, len(one.standing), f"{key}.standing"),
    ]


def stake_figure(question: Question, ranked: Ranked) -> Figure:
    """The stages by what they hold back, in the order of the bottleneck."""
    rows = []
    for one in ranked.stakes:
        stage = question.reading.stages[one.place]
        rows.append(
            [
                Cell(stage.name, question.links.on("insights_stage", stage.id)),
                _money_cell(question, one.gain),
                Cell(f"{_money(question, one.gain_low)} – {_money(question, one.gain_high)}" if one.gain is not None else "–"),
                _money_cell(
                    question,
                    -one.cost if one.cost is not None and one.change is not None and one.change.is_sure else None,
                    signed=True,
                ),
                _money_cell(question, one.sooner),
                Cell(f"{words.rate(one.won_after.rate)} ({words.count(one.won_after.count)}/{words.count(one.won_after.n)})"),
            ]
        )
    head = [
        gettext("Stage"),
        gettext("One in ten lost there going on"),
        gettext("Interval"),
        gettext("Its change has brought"),
        gettext("A tenth quicker brings forward"),
        gettext("Won after it"),
    ]
    return Figure(
        key="stakes",
        title=gettext("What each stage holds back"),
        note=question.said,
        drawing=Rows(Table(head, rows)),
        definition=Definition(
            basis=gettext(
                "Lost there is what does not go on by the estimate of conversion; a tenth of it, times the share won among those "
                "that went on, times the mean sale."
            ),
            period=question.said,
            interval=gettext("95%, of the conversion alone"),
            rules=[
                gettext("A change that may be chance is not counted."),
                gettext("Quicker: a tenth of the median stay, times the revenue a day that passes through the stage; once."),
                gettext(
                    "Stages that surely worsened come first, then those where an improvement brings most; fewer than "
                    "10 deals come last."
                ),
            ],
        ),
        csv=question.csv("stakes"),
        foot=gettext("Estimates in revenue of the period, from its own conversion, wins and mean sale."),
    )


def _money_cell(question: Question, minor: float | None, *, signed: bool = False) -> Cell:
    raw = None if minor is None else float(to_decimal(round(rounded(minor)), question.currency))
    return Cell(_money(question, minor, signed=signed), raw=raw)


def _money(question: Question, minor: float | None, *, signed: bool = False) -> str:
    if minor is None:
        return "–"
    written = typography.amount(rounded(minor), question.currency, tongue())
    return f"+{written}" if signed and minor > 0 else written
