"""Edits of a deal that can be taken back: what the toast after one says, and taking it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.deals import operations
from piste.deals.models import Deal
from piste.deals.operations import EDITS
from piste.journal.models import Entry, EntrySet
from piste.people.operations import AlreadyThere as PersonGone
from piste.people.operations import FactsChanged as PersonChanged
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.parts.changed_since import named, why_it_stays
from piste.web.parts.telling import lines

from .page import changed

LENGTH = 120


def edited(request: MemberRequest, deal: Deal, label: object) -> HttpResponse:
    """After an edit of what `label` names: the page as it is now, what was changed, and the way back."""
    said, undo = way_back(request, deal, label)
    return changed(request, deal.pk, said=said, undo=undo)


def way_back(request: MemberRequest, deal: Deal, label: object) -> tuple[str, str]:
    """What the edit of this request changed, and the address that takes it back; empty when it changed nothing."""
    act = _act(deal, request.user.pk, request.now)
    if not act:
        return "", ""
    told = next(iter(lines([act[0]], currency=deal.currency)), None)
    said = _("%(fact)s: %(change)s") % {"fact": label, "change": told.detail if told else ""}
    return Truncator(said).chars(LENGTH), reverse("deal_edit_undo", args=[deal.pk, act[0].pk])


@member_view
@require_POST
def undo_edit(request: MemberRequest, key: int, entry: int) -> HttpResponse:
    """Takes back an edit, told by an entry of it; refused when somebody has changed the same since."""
    deal = access.deal(request, key)
    last = get_object_or_404(Entry.objects.of("deal", key).filter(verb__in=EDITS), pk=entry)
    act = _act(deal, last.actor_id, last.at)
    try:
        operations.take_back(entries=[*act, *_reach(request, deal, last)], by=request.user, at=request.now)
    except (operations.FactsChanged, PersonChanged, PersonGone):
        return changed(request, key, said=_since(deal, act, request.now), level="error", status=409)
    except operations.NotAllowed:
        said = _("The former owner has left: choose another owner.")
        return changed(request, key, said=said, level="error", status=409)
    except operations.CannotUndo:
        said = _("What stood there is no longer in Piste: write it anew.")
        return changed(request, key, said=said, level="error", status=409)
    except operations.Discarded as gone:
        raise Http404 from gone
    return changed(request, key, said=_("Taken back: it is as before."))


def _act(deal: Deal, actor: int | None, at: datetime) -> list[Entry]:
    """What one act changed of a deal, the first first: an amount brings the prices of products along."""
    found = Entry.objects.of("deal", deal.pk).filter(actor=actor, at=at, verb__in=EDITS, cause="page")
    return list(found.order_by("pk").select_related("actor"))


def _reach(request: MemberRequest, deal: Deal, entry: Entry) -> EntrySet:
    """How to reach those who take part, when the same act changed it."""
    contacts = access.contacts(request).filter(pk__in=deal.people.values("contact_id"))
    told = Entry.objects.filter(actor=entry.actor_id, at=entry.at, verb="contact.amended", cause="page")
    return told.filter(subject_id__in=contacts.values("pk"))


def _since(deal: Deal, act: Collection[Entry], now: datetime) -> str:
    """Why an edit can no longer be taken back."""
    facts = {name for entry in act for name in named(entry)}
    later = edits(deal).filter(pk__gt=max(entry.pk for entry in act))
    return why_it_stays(later, undone={entry.number for entry in act}, facts=facts, now=now, currency=deal.currency)


def edits(deal: Deal) -> EntrySet:
    """All edits of a deal."""
    return Entry.objects.of("deal", deal.pk).filter(verb__in=EDITS)
