"""Figures of the forecast as dashboards show them: asked by a question of the insights."""

from __future__ import annotations

from dataclasses import replace

from django.http import QueryDict
from django.utils.translation import gettext

from piste.deals.queries.filtering import NO_FILTER
from piste.web.insights.asking import Question
from piste.web.insights.period import FISCAL, MONTH
from piste.web.parts.charts.figure import Figure
from piste.web.templatetags.piste import day

from . import progress
from .ahead_course import course_figure
from .ahead_figures import FIGURES
from .ahead_seen import Forecast
from .asking import Look, PeriodForm


def look_of(question: Question, screen: str) -> Look:
    """The period a question of the insights means: its own month or fiscal year, else the quarter its period ends in; read as of
    the same day."""
    span = {MONTH: "month", FISCAL: "year"}.get(question.when.name, "")
    last = min(question.when.days.last or question.when.today, question.when.today)
    form = PeriodForm(QueryDict(f"span={span}&first={last.isoformat()}"))
    form.is_valid()
    look = Look(question.request, question.pipeline, screen, form, past_day=question.past_day)
    if question.look.form.wanted == NO_FILTER and question.past_day is None and not question.scope.versions:
        look.reading = question.reading
    return look


def targets(question: Question) -> Figure:
    """Targets, pace and coverage."""
    return replace(progress.figure(look_of(question, "forecast_targets")), csv=question.csv("targets"))


def course(question: Question) -> Figure:
    """The period so far, and what is expected of the rest."""
    found = Forecast(look_of(question, "forecast_ahead"))
    if found.band is None:
        return course_figure(found)
    told = {"day": day(found.look.period.last), "median": found.median_said, "range": found.range_said}
    return replace(
        course_figure(found), note=found.look.said, foot=gettext("Forecast for %(day)s: %(median)s (%(range)s).") % told
    )


def methods(question: Question) -> Figure | None:
    """The forecast beside the classic ones; of the whole pipeline, for who sees it."""
    return FIGURES["methods"](Forecast(look_of(question, "forecast_ahead")))


def of_whom(question: Question) -> Figure | None:
    """The forecast of each team, rep and product one may see."""
    return FIGURES["groups"](Forecast(look_of(question, "forecast_ahead")))
