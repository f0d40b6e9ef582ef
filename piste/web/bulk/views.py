"""Asking for an edit of many deals, following it, and taking it back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piste.company.models import FieldSubject
from piste.deals import operations
from piste.deals.models import BulkEdit, DealSet
from piste.deals.operations import bulk
from piste.deals.queries.listing import listed
from piste.deals.tasks import carry_out_bulk
from piste.foundations import typography
from piste.foundations.numbers import row_number
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.board.looking import Look
from piste.web.parts import custom_fields
from piste.web.templatetags.piste import tongue

from .forms import BulkForm
from .reasons import told

#: Edits of more deals are left to the worker.
AT_ONCE = 200
PAGE = 50


@member_view
@require_http_methods(["GET", "POST"])
def ask(request: MemberRequest, key: int) -> HttpResponse:
    """What the deals of a filtered board, or those chosen among them, should have."""
    look = Look.at(request, key, request.GET)
    deals = chosen(look)
    counted = deals.count()
    form = BulkForm(look.stages, custom_fields.of(FieldSubject.DEAL), request.POST or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["counted"] != counted:
            form.add_error(None, _("These deals have changed meanwhile: look at how many they are now, then do it."))
        else:
            try:
                return _done(request, bulk.start(deals=deals, change=form.change(), by=request.user, at=request.now), key)
            except bulk.NothingAsked:
                form.add_error(None, _("There is no deal here to change."))
            except operations.NotAllowed:
                form.add_error("owner", _("This person has left: choose another owner."))
    return _ask(request, look, form, counted)


def chosen(look: Look) -> DealSet:
    """The deals of the look, or those among them that the address names."""
    deals = listed(look.board)
    asked = look.request.GET
    named = [number for text in asked.getlist("deal") if (number := row_number(text)) is not None]
    return deals.filter(pk__in=named) if named or "chosen" in asked else deals


def _ask(request: MemberRequest, look: Look, form: BulkForm, counted: int) -> HttpResponse:
    context = {
        "template": "bulk/ask.html",
        "form": form,
        "counted": counted,
        "said": typography.number(counted, tongue()),
        "action": request.get_full_path(),
        "pipeline": look.pipeline,
        "back": request.POST.get("back") or (look.links.listed if _from_list(request) else look.links.board),
        "section": "board",
    }
    status = 422 if form.errors else 200
    if not wants_fragment(request):
        return render(request, "board/ask.html", context, status=status)
    return render(request, f"board/ask.html#{'again' if request.method == 'POST' else 'dialog'}", context, status=status)


def _from_list(request: MemberRequest) -> bool:
    came = request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    return urlsplit(came).path.endswith("/list/")


def _done(request: MemberRequest, edit: BulkEdit, key: int) -> HttpResponse:
    """Few deals are done at once; many by the worker, on a page that says how far it is."""
    address = reverse("bulk_edit", args=[edit.pk])
    if edit.counted > AT_ONCE:
        carry_out_bulk.enqueue(edit.pk)
    else:
        bulk.carry_out(edit=edit, at=request.now)
        counts = _counts(edit)
        if not counts.get("refused"):
            done = counts.get("done", 0)
            said = ngettext("%(count)s deal is changed.", "%(count)s deals are changed.", done) % {"count": done}
            messages.success(request, said, extra_tags=reverse("bulk_undo", args=[edit.pk]) if done else "")
            address = request.POST.get("back", "")
            if not address.startswith(f"/pipelines/{key}/"):
                address = reverse("board", args=[key])
    return go(request, address)


@member_view
@require_safe
def edit(request: MemberRequest, key: int) -> HttpResponse:
    """How far an edit is, and what became of its deals."""
    found = access.bulk_edit(request, key)
    counts = _counts(found)
    out = found.parts.filter(state__in=("refused", "kept")).select_related("deal__company").order_by("deal_id")
    page = Paginator(out, PAGE).get_page(request.GET.get("page"))
    running = found.finished_at is None or (found.undo_asked_at is not None and found.undone_at is None)
    context: dict[str, Any] = {
        "edit": found,
        "running": running,
        "progress": found.counted - counts.get("waiting" if found.undo_asked_at is None else "done", 0),
        "counts": {state: counts.get(state, 0) for state in ("done", "same", "refused", "back", "kept")},
        "page": page,
        "rows": told(page, request.user),
        "section": "board",
    }
    return render(request, "bulk/edit.html", context)


@member_view
@require_POST
def undo(request: MemberRequest, key: int) -> HttpResponse:
    """Takes an edit back, at once or by the worker."""
    found = access.bulk_edit(request, key)
    address = reverse("bulk_edit", args=[key])
    try:
        bulk.ask_back(edit=found, at=request.now)
    except operations.CannotUndo:
        messages.error(request, _("This has been taken back already."))
    else:
        if found.counted > AT_ONCE:
            carry_out_bulk.enqueue(key)
        else:
            bulk.take_all_back(edit=found, at=request.now)
    return go(request, address)


def _counts(edit: BulkEdit) -> dict[str, int]:
    return dict(edit.parts.order_by().values_list("state").annotate(Count("pk")))
