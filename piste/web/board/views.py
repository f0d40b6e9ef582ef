"""The board's pages and fragments."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from piste.deals.models import Habit
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import wants_fragment

from .filtering import choices, head
from .links import address_of
from .looking import Look, fragments, place_from, shown_of


@member_view
def home(request: MemberRequest) -> HttpResponse:
    """The view that the member has chosen to begin with, else the first pipeline's board."""
    stages = access.stages(request)
    if not stages:
        return render(request, "board/none.html", {"section": "board"})
    chosen = access.saved_views(request).filter(pk__in=Habit.objects.filter(member=request.user).values("opens_with")).first()
    if chosen is not None and any(stage.pipeline_id == chosen.pipeline_id for stage in stages):
        return redirect(address_of(chosen))
    return redirect("board", stages[0].pipeline_id)


@member_view
def board(request: MemberRequest, key: int) -> HttpResponse:
    """One pipeline: all its columns with their first cards."""
    look = Look.at(request, key, request.GET)
    if look.form.errors:
        return filter_form(request, look)
    context = look.shown() | head(look) | {"columns": look.columns(), "shelf": look.shelf(), "section": "board"}
    part = "#body" if wants_fragment(request) else ""
    return render(request, f"board/board.html{part}", context)


@member_view
def columns(request: MemberRequest, key: int) -> HttpResponse:
    """Some columns as they are now, with as many cards as the page shows of each."""
    if not wants_fragment(request):
        return redirect(f"{reverse('board', args=[key])}?{request.GET.urlencode()}")
    look = Look.at(request, key, request.GET)
    return HttpResponse(fragments(look, shown_of(request.GET.getlist("column"))))


@member_view
def more(request: MemberRequest, key: int, stage: int) -> HttpResponse:
    """The next cards of a column, behind the place in `after`."""
    look = Look.at(request, key, request.GET)
    found = next((own for own in look.stages if own.pk == stage), None)
    if found is None:
        raise Http404
    after = place_from(request.GET.get("after", ""), look.form.order)
    if after is None or not wants_fragment(request):
        return redirect(look.links.here())
    return HttpResponse(look.next_cards(found, after).cards)


@member_view
def filtering(request: MemberRequest, key: int) -> HttpResponse:
    """The filters as a form: a dialog over the board, or a page."""
    return filter_form(request, Look.at(request, key, request.GET))


def filter_form(request: MemberRequest, look: Look) -> HttpResponse:
    """The filters of a look as a form, with what could not be read."""
    context = look.shown() | choices(look) | {"section": "board", "template": "board/ask/filter.html"}
    part = "#dialog" if wants_fragment(request) else ""
    return render(request, f"board/ask.html{part}", context, status=422 if look.form.errors else 200)
