"""The pages of the insights. Each reads one question, and shows, exports or opens its figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from piste.pipelines.models import Pipeline
from piste.web.access import MemberRequest, member_view
from piste.web.answering import wants_fragment
from piste.web.board.filtering import choices
from piste.web.templatetags.piste import tongue

from . import behind, done, losing, sourcing, stage_page, teaming
from . import pipeline as whole
from .asking import Question
from .catalogue import on_page
from .drill import behind as deals_behind
from .files import csv_of
from .period import PeriodForm

#: The pages by the names of their addresses; each gives what its template shows.
PAGES: dict[str, Callable[[Question], dict[str, Any]]] = {
    "insights": whole.page,
    "insights_team": teaming.page,
    "insights_sources": sourcing.page,
    "insights_losses": losing.page,
}
TEMPLATES = {
    "insights": "insights/pipeline.html",
    "insights_team": "insights/team.html",
    "insights_sources": "insights/sources.html",
    "insights_losses": "insights/losses.html",
}


@member_view
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The first pipeline's page, or the invitation to make one."""
    first = Pipeline.objects.in_use().first()
    if first is None:
        return render(request, "insights/none.html", {"section": "insights"})
    return redirect("insights", first.pk)


def _page(request: MemberRequest, key: int, screen: str) -> HttpResponse:
    question = Question.at(request, key, screen, request.GET)
    context = question.shown()
    status = 422 if context["problems"] else 200
    if question.began is None:
        return render(request, "insights/nothing.html", context, status=status)
    return render(request, "insights/page.html", context | {"figures": _drawn(question, screen)}, status=status)


def _drawn(question: Question, screen: str) -> SafeString:
    """The figures of a page as they stand on it: drawn once, for as long as nothing happens, for all who ask and see the same."""
    request = question.request
    read = question.reading
    key = (read.scope.key, screen, request.GET.urlencode(), tongue(), timezone.localdate(), question.link_day)

    def draw() -> SafeString:
        shown = {"question": question, "pipeline": question.pipeline, "links": question.links, "link_day": question.link_day}
        # Without what a page shows around its figures: that is each member's own.
        context = Context(shown | PAGES[screen](question) | {"request": request})
        context.request = request  # type: ignore[attr-defined]
        drawn: SafeString = get_template(TEMPLATES[screen]).template.render(context)  # type: ignore[attr-defined]
        return drawn

    return read.known.answer("drawn", key, draw)


@member_view
@require_safe
def pipeline(request: MemberRequest, key: int) -> HttpResponse:
    """Where the deals of a period have come to, and what holds them back."""
    return _page(request, key, "insights")


@member_view
@require_safe
def team(request: MemberRequest, key: int) -> HttpResponse:
    """What each does, and what comes of it."""
    return _page(request, key, "insights_team")


@member_view
@require_safe
def sources(request: MemberRequest, key: int) -> HttpResponse:
    """Where deals come from, and what they bring."""
    return _page(request, key, "insights_sources")


@member_view
@require_safe
def losses(request: MemberRequest, key: int) -> HttpResponse:
    """What was lost, where and why."""
    return _page(request, key, "insights_losses")


@member_view
@require_safe
def stage(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """All about one stage."""
    question = Question.at(request, key, "insights", request.GET)
    context = question.shown() | stage_page.page(question, stage)
    return render(request, "insights/stage.html", context)


@member_view
@require_safe
def deals(request: MemberRequest, key: int) -> HttpResponse:
    """The very deals behind a number."""
    question = Question.at(request, key, "insights", request.GET)
    figure = request.GET.get("figure", "")
    title, ids = deals_behind(question, figure)
    return render(request, "insights/deals.html", question.shown() | behind.page(question, title, ids, figure=figure))


@member_view
@require_safe
def csv_file(request: MemberRequest, key: int, screen: str, figure: str) -> HttpResponse:
    """A figure of a page as a file: the very cells of its table, computed without the rest of the page."""
    if screen not in PAGES:
        raise Http404
    question = Question.at(request, key, screen, request.GET)
    entry = on_page(screen, figure)
    return csv_of(entry.draw(question) if entry is not None else None, figure)


@member_view
@require_safe
def stage_csv(request: MemberRequest, key: int, stage: int, figure: str) -> HttpResponse:
    """A figure of a stage's page as a file."""
    question = Question.at(request, key, "insights", request.GET)
    return csv_of(stage_page.figure(question, stage, figure), figure)


@member_view
@require_safe
def activities(request: MemberRequest, key: int) -> HttpResponse:
    """The very activities behind a number."""
    question = Question.at(request, key, "insights_team", request.GET)
    return render(request, "insights/activities.html", question.shown() | done.page(question, request.GET.get("figure", "")))


@member_view
@require_safe
def filtering(request: MemberRequest, key: int, screen: str) -> HttpResponse:
    """The filters as a form: a dialog over the page, or a page."""
    question = Question.at(request, key, screen, request.GET)
    look = question.look
    context = look.shown() | choices(look) | {"section": "insights", "template": "board/ask/filter.html", "links": question.links}
    part = "#dialog" if wants_fragment(request) else ""
    return render(request, f"board/ask.html{part}", context, status=422 if look.form.errors else 200)


@member_view
@require_safe
def period(request: MemberRequest, key: int, screen: str) -> HttpResponse:
    """The period, what it is held against and the day of reading as a form."""
    if screen not in PAGES:
        raise Http404
    question = Question.at(request, key, screen, request.GET)
    kept = [pair for pair in question.links.pairs if pair[0] not in PeriodForm.base_fields]
    context = {
        "section": "insights",
        "template": "insights/period.html",
        "pipeline": question.pipeline,
        "question": question,
        "links": question.links,
        "form": question.form,
        "kept": kept,
        "versions": question.versions(),
        "days": [question.form["first"], question.form["last"]],
    }
    part = "#dialog" if wants_fragment(request) else ""
    return render(request, f"board/ask.html{part}", context, status=422 if question.form.errors else 200)
