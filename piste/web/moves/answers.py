"""Answers to a move: parts of the board or of the deal's page, toasts, dialogs; and plain pages to those without script."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext

from piste.deals.models import Deal, Move, Status
from piste.web.access import MemberRequest
from piste.web.answering import wants_fragment
from piste.web.board import words
from piste.web.board.looking import behind, fragments
from piste.web.deal.page import DEAL_PATH, changed

CLOSED = '<hx-partial hx-target="#board-dialog" hx-swap="delete"></hx-partial>'
COMES_BACK = re.compile(r"^/(deals|pipelines)/\d+/$")


def where_from(request: MemberRequest) -> str:
    """The board or the deal's page that a plain form was opened from, to go back there; empty from elsewhere."""
    path = request.POST.get("back") or urlsplit(request.headers.get("Referer", "")).path
    return path if COMES_BACK.match(path) else ""


def moved(request: MemberRequest, deal: Deal, move: Move) -> HttpResponse:
    """A move that happened: what it touched, and a toast that can take it back."""
    said = words.done(deal, move)
    undo = "" if move.kind == "undone" else f"{reverse('deal_undo', args=[deal.pk])}?number={move.number}"
    if not wants_fragment(request):
        messages.success(request, said, extra_tags=undo)
        # An address, which `redirect` would first take for the name of one.
        return HttpResponseRedirect(where_from(request) or reverse("board", args=[move.to_stage.pipeline_id]))
    if _is_on_its_page(request, deal):
        return _page_now(request, deal, said=said, undo=undo)
    look = behind(request)
    if look is None:
        messages.success(request, said, extra_tags=undo)
        return HttpResponse(headers={"HX-Refresh": "true"})
    touched = {key for key in (move.from_stage_id, move.to_stage_id) if key is not None}
    toast = {"text": said, "undo_url": undo, "level": "success"}
    # What the page has done it has seen, whatever becomes of the columns there (`own.js`).
    seen = {"X-Deal-Moved": f"{deal.pk}:{move.number}"}
    return HttpResponse(fragments(look, touched, toast=toast, done=True), headers=seen)


def refused(request: MemberRequest, deal: Deal, said: str, *, status: int = 409) -> HttpResponse:
    """A move that did not happen, and why; the card is where it truly is."""
    if not wants_fragment(request):
        messages.error(request, said)
        return redirect(where_from(request) or reverse("deal_move", args=[deal.pk]))
    if _is_on_its_page(request, deal):
        return _page_now(request, deal, said=said, level="error", status=status)
    look = behind(request)
    if look is None:
        messages.error(request, said)
        return HttpResponse(headers={"HX-Refresh": "true"})
    toast = {"text": said, "level": "error"}
    stages = [stage.pk for stage in look.stages]
    return HttpResponse(fragments(look, stages, toast=toast, done=True), status=status)


def _is_on_its_page(request: MemberRequest, deal: Deal) -> bool:
    """Whether the fragment's request was sent from the page of the deal: what is half written there must stay."""
    found = DEAL_PATH.match(urlsplit(request.headers.get("HX-Current-URL", "")).path)
    return found is not None and int(found[1]) == deal.pk


def _page_now(request: MemberRequest, deal: Deal, **told: Any) -> HttpResponse:
    answer = changed(request, deal.pk, **told)
    answer.write(CLOSED)
    return answer


def ask(request: MemberRequest, deal: Deal, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A question about a deal: a dialog over the board, or a page of its own without the script."""
    shown = {
        "deal": deal,
        "deal_name": words.name_of(deal),
        "template": f"board/ask/{template}.html",
        "is_held": deal.status == Status.HELD,
        "seen": request.POST.get("seen") or request.GET.get("seen") or deal.ledger_number,
        "section": "board",
        "back": where_from(request),
        **context,
    }
    if not wants_fragment(request):
        return render(request, "board/ask.html", shown, status=status)
    part = "again" if request.POST.get("dialog") else "appended" if request.method == "POST" else "dialog"
    answer: str = render_to_string(f"board/ask.html#{part}", shown, request)
    if request.method == "POST" and part == "appended" and (look := behind(request)):
        answer += fragments(look, [stage.pk for stage in look.stages])
    return HttpResponse(answer, status=status)


def stage_gone(deal: Deal) -> str:
    """Why a deal cannot go to a stage that is out of use."""
    return gettext(
        "This stage has left the process while you were looking. %(deal)s stays in %(stage)s: choose another stage."
    ) % {"deal": words.name_of(deal), "stage": deal.stage.name}
