"""The page of a deal: shown, edited in place, put in the bin and brought back."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piste.deals import operations
from piste.deals.models import Deal
from piste.deals.operations import FactsChanged
from piste.foundations.numbers import row_number
from piste.journal.models import Entry
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.board.words import name_of
from piste.web.parts.changed_since import latest, told
from piste.web.parts.telling import lines

from . import page
from .facts import FactForm, exists
from .goods import GoodsForm, sum_as_amount
from .page import changed
from .taking_back import edited, edits
from .taking_part import PersonForm, take_off


@member_view
@require_safe
def deal(request: MemberRequest, key: int) -> HttpResponse:
    """The whole page."""
    found = access.deal(request, key)
    return render(request, "deal/deal.html", page.context(request, found))


@member_view
@require_safe
def history(request: MemberRequest, key: int) -> HttpResponse:
    """The timeline alone, filtered or further back; the whole page without the script."""
    found = access.deal(request, key)
    if not wants_fragment(request):
        return render(request, "deal/deal.html", page.context(request, found))
    part = "parts/timeline_rows.html" if request.GET.get("before") else "deal/history.html"
    return render(request, part, {"deal": found, **page.timeline(request, found)})


@member_view
@require_safe
def live(request: MemberRequest, key: int) -> HttpResponse:
    """The page as it is now, with a word on what a colleague has just done (`?told=` the number of the entry)."""
    access.deal(request, key)
    number = row_number(request.GET.get("told", ""))
    said = ""
    if number is not None:
        entry = Entry.objects.of("deal", key).filter(pk=number).select_related("actor").first()
        if entry is not None and entry.actor_id != request.user.pk:
            said = _sentence(entry)
    return changed(request, key, said=said, level="info")


def _sentence(entry: Entry) -> str:
    """What an entry tells, as a sentence."""
    line = next(iter(lines([entry])), None)
    if line is None:
        return _("%(who)s changed this deal.") % {"who": entry.actor.first_name if entry.actor else "Piste"}
    if line.goal:
        return _("%(who)s moved this deal to %(stage)s.") % {"who": line.who, "stage": line.goal}
    return f"{line.who} {line.said}."


@member_view
@require_http_methods(["GET", "POST"])
def fact(request: MemberRequest, key: int, name: str) -> HttpResponse:
    """One fact: its form in place, and its saving."""
    found = access.deal(request, key)
    if not exists(name):
        raise Http404
    form = FactForm(found, name, request.user, request.POST or None)
    return _edit(request, found, form, reverse("deal_fact", args=[key, name]), (name, f"{name}_minor"))


@member_view
@require_http_methods(["GET", "POST"])
def goods(request: MemberRequest, key: int) -> HttpResponse:
    """The products of a deal: the form of all lines, and its saving."""
    found = access.deal(request, key)
    form = GoodsForm(found, request.user, request.POST or None)
    return _edit(request, found, form, reverse("deal_goods", args=[key]), ("products",))


@member_view
@require_POST
def goods_sum(request: MemberRequest, key: int) -> HttpResponse:
    """The sum of the products becomes the amount."""
    found = access.deal(request, key)
    try:
        sum_as_amount(found, seen=request.POST.get("sum", ""), by=request.user, at=request.now)
    except FactsChanged:
        said = _("The products have changed meanwhile: look at the sum again.")
        return changed(request, key, said=said, level="error", status=409)
    return edited(request, found, _("Amount"))


@member_view
@require_http_methods(["GET", "POST"])
def people(request: MemberRequest, key: int) -> HttpResponse:
    """Somebody more who takes part."""
    found = access.deal(request, key)
    form = PersonForm(found, request.user, request.POST or None, place=request.GET.get("place", "") or "new-contact")
    return _edit(request, found, form, reverse("deal_people", args=[key]), ("contacts",))


@member_view
@require_http_methods(["GET", "POST"])
def person(request: MemberRequest, key: int, contact: int) -> HttpResponse:
    """The part of someone who takes part already: their role, the main one, how to reach them; or off the deal."""
    found = access.deal(request, key)
    there = get_object_or_404(found.people.select_related("contact"), contact_id=contact)
    if request.POST.get("off"):
        take_off(found, contact, by=request.user, at=request.now)
        return edited(request, found, _("Contacts"))
    form = PersonForm(found, request.user, request.POST or None, there=there)
    return _edit(request, found, form, reverse("deal_person", args=[key, contact]), ("contacts",))


type EditForm = FactForm | GoodsForm | PersonForm


def _edit(request: MemberRequest, found: Deal, form: EditForm, action: str, facts: tuple[str, ...]) -> HttpResponse:
    """Shows a form in place, or saves it: what stands in the way is said beside what was typed, nothing typed is lost."""
    status, warning = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                form.save(request.now)
            except FactsChanged:
                status, warning = 409, overtaken(found, facts, request.now)
                form = again(form, request)
            except operations.NotAllowed:
                form.add_error(None, _("This person has left: choose another owner."))
            else:
                return edited(request, found, form.label)
    context: dict[str, Any] = {"deal": found, "name": name_of(found), "form": form, "action": action, "warning": warning}
    if not wants_fragment(request):
        return render(request, "deal/fact_page.html", context | {"section": "board"}, status=status)
    return render(request, "deal/fact_form.html", context | {"again": status != 200}, status=status)


def again[F: EditForm](form: F, request: MemberRequest) -> F:
    """The same form with what was typed, holding itself against the values that are there now."""
    data = request.POST.copy()
    data["was"] = form.fields["was"].initial
    form.data = data
    return form


def overtaken(found: Deal, facts: tuple[str, ...], now: datetime) -> str:
    """Who changed the same facts since the page was made, to what, and what to do."""
    if entry := latest(edits(found), facts):
        return _("%(who)s changed this %(when)s: %(what)s. Save again if yours should hold instead.") % told(
            entry, now, currency=found.currency
        )
    return _("This was changed meanwhile. Save again if yours should hold instead.")


@member_view
@require_POST
def discard(request: MemberRequest, key: int) -> HttpResponse:
    """Puts the deal in the bin, and goes back to the board with a way to undo it."""
    found = access.deal(request, key)
    try:
        operations.discard(deal=found, by=request.user, at=request.now)
    except operations.AlreadyThere as gone:
        raise Http404 from gone
    said = _("%(deal)s is in the bin.") % {"deal": name_of(found)}
    messages.success(request, said, extra_tags=reverse("deal_restore", args=[key]))
    return go(request, "board", found.pipeline_id)


@member_view
@require_POST
def restore(request: MemberRequest, key: int) -> HttpResponse:
    """Brings a deal back, to its page."""
    found = access.deal(request, key, binned=True)
    with contextlib.suppress(operations.AlreadyThere):
        operations.restore(deal=found, by=request.user, at=request.now)
    messages.success(request, _("%(deal)s is back.") % {"deal": name_of(found)})
    return go(request, "deal", key)
