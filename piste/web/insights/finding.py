"""The sentence a page opens with: what changed, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from piste.foundations import typography
from piste.insights.queries.figures import StageFigures
from piste.stats.bottleneck import Ranked, Stake
from piste.web.templatetags.piste import tongue

from . import words
from .asking import Question


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentence a page opens with: what is so, in bold, and what it rests on; where to go from it, where to write an idea."""

    head: str
    text: str
    tail: str
    href: str
    label: str
    idea: str = ""


def finding(question: Question, ranked: Ranked) -> Finding | None:
    """One sentence that says what changed and what to do; None when too little happened to say anything."""
    if not ranked.reason:
        return None
    first = ranked.stakes[0]
    figures = _figures(question, first.place)
    stage, rate = figures.stage, figures.conversion.estimate.rate
    parts = [gettext("%(rate)s go on from it") % {"rate": words.rate(rate, 0)}]
    if first.change is not None and first.change.is_sure:
        gap = round(abs(first.change.gap) * 100)
        parts.append(
            (
                gettext("%(points)s points fewer than in the period before")
                if first.change.gap < 0
                else gettext("%(points)s points more than in the period before")
            )
            % {"points": gap}
        )
    median, norm = figures.durations.median.days, stage.norm_days
    if median is not None and norm is not None and median > norm:
        parts.append(
            gettext("half wait %(days)s or more for a norm of %(norm)s")
            % {"days": words.days(round(median)), "norm": words.days(norm)}
        )
    worth = ""
    if first.gain:
        worth = gettext("If one in ten of those lost there went on, the period would have brought %(amount)s more.") % {
            "amount": typography.amount(rounded(first.gain), question.currency, tongue())
        }
    head = (
        gettext("%(stage)s is the bottleneck.")
        if ranked.reason == "worsened" or first.gain
        else gettext("%(stage)s is to be watched.")
    )
    return Finding(
        head % {"stage": stage.name},
        _joined(parts),
        worth,
        question.links.on("insights_stage", stage.id),
        gettext("Look at the stage"),
        f"{reverse('idea_new', args=[question.pipeline.pk])}?stage={stage.id}",
    )


def _joined(parts: list[str]) -> str:
    text = ", ".join(parts)
    return text[:1].upper() + text[1:] + "."


def rounded(minor: float) -> int:
    """An estimate in minor units, to two figures that mean something."""
    whole = round(minor)
    size = len(str(abs(whole)))
    return round(whole, 2 - size) if size > 2 else whole


def _figures(question: Question, place: int) -> StageFigures:
    return next(one for one in question.stages if one.stage.place == place)


def in_short(question: Question, first: Stake | None) -> str:
    if first is None:
        return ""
    figures = _figures(question, first.place)
    said = []
    if first.change is not None and first.change.is_sure:
        said.append(gettext("%(points)s points") % {"points": typography.number(round(first.change.gap * 100), tongue())})
    median, norm = figures.durations.median.days, figures.stage.norm_days
    if median is not None and norm is not None:
        said.append(gettext("%(days)s for %(norm)s") % {"days": words.days(round(median)), "norm": words.days(norm)})
    return ", ".join(said)
