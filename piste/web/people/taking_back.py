"""What is taken back of a company or a contact: an edit, and putting it in the bin; each as its toast offers."""

from __future__ import annotations

import contextlib

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.journal.models import Entry
from piste.people import operations
from piste.people.models import Company, Contact
from piste.people.operations import AlreadyThere, FactsChanged
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go
from piste.web.parts.changed_since import why_it_stays


def edited(request: MemberRequest, kind: str, person: Company | Contact) -> HttpResponse:
    """After an edit: to the page of the record, with the way back."""
    mine = Entry.objects.of(kind, person.pk).filter(actor=request.user, at=request.now, verb=f"{kind}.amended")
    if entry := mine.order_by("-pk").first():
        undo = reverse(f"{kind}_edit_undo", args=[person.pk, entry.pk])
        name = entry.data["changes"].get("name", ["", person.name])[1]
        messages.success(request, _("%(name)s is saved.") % {"name": name}, extra_tags=undo)
    return redirect(kind, person.pk)


@member_view
@require_POST
def undo_edit(request: MemberRequest, kind: str, key: int, entry: int) -> HttpResponse:
    """Takes back an edit; refused when somebody has changed the same since."""
    _present(request, kind, key)
    undone = get_object_or_404(Entry.objects.of(kind, key).filter(verb=f"{kind}.amended"), pk=entry)
    try:
        operations.take_back(entry=undone, by=request.user, at=request.now)
        messages.success(request, _("Taken back: it is as before."))
    except FactsChanged as conflict:
        messages.error(request, _since(request, undone, conflict))
    except AlreadyThere as gone:
        raise Http404 from gone
    return go(request, reverse(kind, args=[key]))


def _since(request: MemberRequest, undone: Entry, conflict: FactsChanged) -> str:
    """Why an edit can no longer be taken back."""
    later = Entry.objects.of(undone.subject_kind, undone.subject_id).filter(verb=undone.verb, number__gt=undone.number)
    return why_it_stays(later, undone={undone.number}, facts=conflict.facts, now=request.now)


@member_view
@require_POST
def discard(request: MemberRequest, kind: str, key: int) -> HttpResponse:
    """Puts a record in the bin, and goes to the list with a way to undo it; deals keep its name."""
    person = _present(request, kind, key)
    operations.discard(person=person, by=request.user, at=request.now)
    said = _("%(deal)s is in the bin.") % {"deal": person.name}
    messages.success(request, said, extra_tags=reverse(f"restore_{kind}", args=[key]))
    return redirect("companies" if kind == "company" else "contacts")


@member_view
@require_POST
def restore(request: MemberRequest, kind: str, key: int) -> HttpResponse:
    """Brings a record back from the bin, to its page."""
    person = access.binned_person(request, kind, key)
    with contextlib.suppress(AlreadyThere):
        operations.restore(person=person, by=request.user, at=request.now)
    messages.success(request, _("%(deal)s is back.") % {"deal": person.name})
    return go(request, reverse(kind, args=[key]))


def _present(request: MemberRequest, kind: str, key: int) -> Company | Contact:
    return access.company(request, key) if kind == "company" else access.contact(request, key)
