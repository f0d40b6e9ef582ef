"""The page of the forecast: how far the period comes along, what is expected of it, and how right that was before."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from piste.forecasting.operations.refreshing import ask
from piste.forecasting.queries.snapshots import computing_of
from piste.forecasting.tasks import compute
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go
from piste.web.insights.files import csv_of

from . import progress
from .ahead_deals import definition, open_deals
from .ahead_figures import FIGURES
from .ahead_seen import Forecast
from .asking import Look


@member_view
@require_safe
def ahead(request: MemberRequest, key: int) -> HttpResponse:
    """What is expected of a period."""
    look = Look.at(request, key, "forecast_ahead")
    found = Forecast(look)
    running = computing_of(look.pipeline)
    is_running = running is not None and running.ended_at is None
    context = look.shown() | {
        "forecast": found,
        "figures": {name: one for name, draw in FIGURES.items() if (one := draw(found)) is not None},
        "deals_told": definition(found),
        "deals": open_deals(found) if found.snapshot is not None and found.is_present else [],
        "running": running if is_running else None,
        "failed": running is not None and running.failed and not is_running,
        "compute_href": reverse("forecast_compute", args=[look.pipeline.pk]),
    }
    return render(request, "forecast/ahead.html", context, status=422 if context["problems"] else 200)


@member_view
@require_POST
def compute_now(request: MemberRequest, key: int) -> HttpResponse:
    """Has the forecasts computed now; once at a time, whoever asks."""
    pipeline = access.pipeline(request, key)
    computing, is_new = ask(pipeline=pipeline, at=request.now)
    if is_new:
        compute.enqueue(computing.pk)
    messages.success(request, gettext("The forecasts are being computed; the page shows them when they are there."))
    return go(request, reverse("forecast_ahead", args=[key]))


@member_view
@require_safe
def ahead_csv(request: MemberRequest, key: int, figure: str) -> HttpResponse:
    """A figure of the page, or that of the targets, as a file: the very cells of its table, computed without the rest of it."""
    look = Look.at(request, key, "forecast_ahead")
    if figure == "targets":
        return csv_of(progress.figure(look), figure)
    draw = FIGURES.get(figure)
    return csv_of(draw(Forecast(look)) if draw is not None else None, figure)
