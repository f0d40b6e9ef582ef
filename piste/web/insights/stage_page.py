"""The page of a stage: its figures, what flows in and out, why deals are lost there, and which stand there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import Http404
from django.utils.translation import gettext

from piste.insights.queries.figures import StageFigures
from piste.insights.queries.losses import NONE, losses
from piste.insights.queries.pipeline import by_month
from piste.insights.queries.traits import traits_of
from piste.stats.bottleneck import change
from piste.web.parts.charts import line
from piste.web.parts.charts.figure import Cell, Definition, Figure, Table

from . import behind, words
from .advancing import traits_shown
from .asking import Question
from .cells import cell, deals_said, rate_cell
from .flowing import flow_figure
from .losing import definition
from .stage_table import stage_definition, twelve_months


def _stage(question: Question, stage: int) -> StageFigures:
    """The figures of a stage; 404 for one without any in the period."""
    found = next((one for one in question.stages if one.stage.id == stage), None)
    if found is None:
        raise Http404
    return found


def figure(question: Question, stage: int, name: str) -> Figure | None:
    """One figure of the page, without the rest of it; None where the page has none of the name. 404 as the page."""
    draw = FIGURES.get(name)
    return draw(question, _stage(question, stage)) if draw is not None else None


def page(question: Question, stage: int) -> dict[str, Any]:
    """Everything the page shows; 404 for a stage without figures in the period."""
    found = _stage(question, stage)
    place = found.stage.place
    standing = behind.page(question, "", found.standing, figure=f"stage.{stage}.standing")
    return {
        "stage": found.stage,
        "rank": question.rank(place),
        "kpis": kpis(question, found),
        "reasons": reason_rows(question, place),
        "standing": standing,
        "standing_value": words.money(found.standing_value),
        "how": how(question, found),
        "others": [
            (one.stage.name, question.rank(one.stage.place), question.links.on("insights_stage", one.stage.id), one is found)
            for one in question.stages
        ],
        **{name: draw(question, found) for name, draw in FIGURES.items()},
    }


def how(question: Question, found: StageFigures) -> dict[str, Definition]:
    """How what has no frame of a figure is counted: the stage's own figures, its losses, the deals that stand there."""
    visits = {"n": words.count(found.durations.n), "ended": words.count(found.durations.completed)}
    sample = [deals_said(len(found.conversion.entered)), gettext("%(n)s visits, %(ended)s ended") % visits]
    return {
        "kpis": stage_definition(question, ", ".join(sample)),
        "reasons": definition(question, losses(question.reading, question.within)),
        "standing": Definition(
            basis=gettext("The open deals that stand in the stage, whenever they came and whatever the period; none on hold."),
            sample=deals_said(len(found.standing)),
            rules=[gettext("Currencies are not added up.")],
        ),
    }


def _incoming(question: Question, found: StageFigures) -> Figure:
    return flow_figure(question, found.stage.place, incoming=True)


def _outgoing(question: Question, found: StageFigures) -> Figure:
    return flow_figure(question, found.stage.place, incoming=False)


def _sells(question: Question, found: StageFigures) -> bool:
    return found.stage.place < question.reading.history.selling


def traits_figure(question: Question, found: StageFigures) -> Figure | None:
    """What the deals that went on from here share: of this stage, also as a file; None where nothing is sold any more."""
    if not _sells(question, found):
        return None
    shown = traits_shown(
        question, traits_of(question.reading, found.stage.place, question.within), found.stage.name, key="traits"
    )
    return replace(shown, csv=question.stage_csv(found.stage.id, "traits"))


def kpis(question: Question, found: StageFigures) -> list[tuple[str, Cell, str]]:
    """Label, figure, what stands under it."""
    key, rates, lasting = f"stage.{found.stage.id}", found.conversion, found.durations
    prior = question.rates_before.get(found.stage.place)
    gap = change(rates.estimate, prior) if prior is not None else None
    rows = [
        (gettext("Entered"), cell(question, len(rates.entered), f"{key}.entered"), question.said),
        (gettext("Went on, so far"), cell(question, len(rates.advanced), f"{key}.advanced"), words.rate(rates.plain.rate)),
        (
            # Not all that were lost from here within the period, as below: some of those had come before it.
            gettext("Of these, lost so far"),
            cell(question, len(rates.lost), f"{key}.lost"),
            words.rate(len(rates.lost) / len(rates.entered) if len(rates.entered) else None),
        ),
        (gettext("Skipped / returned"), cell(question, len(found.skipped), f"{key}.skipped"), ""),
    ]
    if found.stage.place < question.reading.history.selling:
        under = words.interval(rates.estimate) + (f", {words.points(gap.gap)}" if gap is not None else "")
        rows.insert(1, (gettext("Conversion, estimate"), Cell(words.rate(rates.estimate.rate)), under))
        rows[4] = (
            gettext("Went back"),
            cell(question, len(found.returned), f"{key}.returned"),
            gettext("%(count)s skipped it") % {"count": words.count(len(found.skipped))},
        )
    norm = gettext("norm %(days)s") % {"days": words.days(found.stage.norm_days)} if found.stage.norm_days else ""
    rows.append((gettext("Time, median"), Cell(words.days(lasting.median.days)), norm))
    rows.append(
        (
            gettext("9 in 10 leave within"),
            Cell(words.days(lasting.p90.days)),
            gettext("%(n)s visits, %(ended)s ended") % {"n": words.count(lasting.n), "ended": words.count(lasting.completed)},
        )
    )
    return rows


def trend_figure(question: Question, stage: StageFigures) -> Figure | None:
    """The conversion of the deals that entered in each month, within its interval; the last months are still on their way. None
    where nothing is sold any more."""
    if not _sells(question, stage):
        return None
    place = stage.stage.place
    months = twelve_months(question)
    found = by_month(question.reading, tuple(months), question.zone)[place]
    points, table = [], []
    for month, one in zip(months, found, strict=True):
        rate = one.rate if one is not None else None
        is_whole = month.moments(question.zone)[1] <= question.as_of
        label = words.period_name(month)
        points.append(
            line.Point(
                label=label.split(" ")[0],
                value=rate,
                low=one.low if one is not None else None,
                high=one.high if one is not None else None,
                is_partial=not is_whole,
            )
        )
        table.append([Cell(label), rate_cell(rate), Cell(words.interval(one) if one is not None else "–")])
    return Figure(
        key="trend",
        title=gettext("Conversion by month of entry"),
        drawing=line.draw(points, say=lambda value: words.rate(value, 0)),
        table=Table([gettext("Month"), gettext("Estimate"), gettext("Interval")], table),
        definition=Definition(
            basis=gettext(
                "Of the deals that entered the stage for the first time in a month, the share that goes on, estimated."
            ),
            sample=gettext("Months of fewer than 5 deals are left out; the last is not over."),
            interval=gettext("95%, Aalen–Johansen: deals still on their way count as unknown, not as failed"),
        ),
        csv=question.stage_csv(question.reading.stages[place].id, "trend"),
    )


#: The figures of the page by their names.
FIGURES: dict[str, Callable[[Question, StageFigures], Figure | None]] = {
    "incoming": _incoming,
    "outgoing": _outgoing,
    "trend": trend_figure,
    "traits": traits_figure,
}


def reason_rows(question: Question, place: int) -> list[tuple[str, Cell]]:
    """Why deals were lost from the stage in the period."""
    found = losses(question.reading, question.within)
    names = dict(words.reason_names()) | {NONE: gettext("No reason")}
    counts = {key: len(found.of(reason=key, stage=place)) for key in set(found.reason.tolist())}
    return [
        (names.get(key, ""), cell(question, n, f"lost.{key}.{place}"))
        for key, n in sorted(counts.items(), key=lambda pair: -pair[1])
        if n
    ]
