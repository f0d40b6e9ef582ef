"""The deals behind the numbers of a forecast, as they were when it was said."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext

from piste.forecasting.models import Snapshot
from piste.foundations.numbers import row_number
from piste.insights.queries import Reading, Scope, reading
from piste.insights.queries.facts import NO_AMOUNT
from piste.insights.queries.whole_numbers import in_days
from piste.stats.history import Flags, Ints, Status
from piste.web.insights import words
from piste.web.insights.asking import Question
from piste.web.templatetags.piste import moment

from .asking import SPANS

#: What a forecast counts: what was won of the period, all open deals, else those of a stage by its number.
WON, OPEN = "won", "open"
#: What the keys of such numbers begin with.
SAID = "said"


def key(snapshot: Snapshot, part: str | int) -> str:
    """The key of a number of a forecast."""
    return f"{SAID}.{snapshot.pk}.{part}"


def _snapshot(question: Question, parts: list[str]) -> Snapshot | None:
    number = row_number(parts[0]) if len(parts) == 2 else None
    if number is None:
        return None
    return Snapshot.objects.filter(pipeline=question.pipeline, pk=number).defer("said", "chances").first()


def page_of(question: Question, figure: str) -> str:
    """The page that a number of a forecast stands on; "" for the number of another."""
    kind, *parts = figure.split(".")
    found = _snapshot(question, parts) if kind == SAID else None
    if found is None:
        return ""
    span = next(name for name, one in SPANS.items() if one == found.span)
    return (
        f"{reverse('forecast_ahead', args=[question.pipeline.pk])}?{urlencode({'span': span, 'first': found.first.isoformat()})}"
    )


def deals_said(question: Question, parts: list[str]) -> tuple[str, Ints]:
    """What a key counts, in words, and the deals that the forecast counted; 404 for a key that no number has."""
    found = _snapshot(question, parts)
    if found is None:
        raise Http404
    part = parts[1]
    scope = question.scope
    read = reading(Scope(scope.pipeline, found.at, past=True, member=scope.member, wanted=scope.wanted, versions=scope.versions))
    deals = read.history.deals
    if part == WON:
        since, until = (in_days(one) for one in found.period.moments(question.zone))
        counted = (deals.won >= since) & (deals.won < until)
        title = words.won_in(found.period)
    else:
        counted = (deals.status == Status.OPEN) | (deals.status == Status.HELD)
        title = gettext("Open or on hold")
        if part != OPEN:
            stage = next((one for one in read.stages if str(one.id) == part), None)
            if stage is None:
                raise Http404
            counted &= deals.stage == stage.place
            title = f"{stage.name} · {title}"
    said = gettext("%(deals)s, as of %(moment)s") % {"deals": title, "moment": moment(found.at)}
    return said, deals.id[counted & _in_currency(read, found.currency)]


def _in_currency(read: Reading, code: str) -> Flags:
    """Which deals a forecast in a currency counts: those of another are left out of it."""
    counted: Flags = (read.facts.currency == read.facts.texts.number(code)) | (read.facts.amount == NO_AMOUNT)
    return counted
