"""The bin, one list for each kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from piste.activities.models import Activity
from piste.journal.models import Entry
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.board.words import name_of
from piste.web.templatetags.piste import amount

PAGE = 50
KINDS = ("deal", "company", "contact", "activity")


@dataclass(frozen=True, slots=True)
class Binned:
    """One thing in the bin: its name and what tells it apart, whose it is, since when and by whom, and the way back."""

    name: str
    detail: str
    owner: str
    since: datetime
    who: str
    back: str


@member_view
@require_safe
def bin_(request: MemberRequest) -> HttpResponse:
    """What lies in the bin and may be brought back, the latest first, of one kind at a time."""
    found = access.binned(request)
    asked = request.GET.get("kind", "")
    kind = asked if asked in KINDS else KINDS[0]
    labels = {"deal": _("Deals"), "company": _("Companies"), "contact": _("Contacts"), "activity": _("Activities")}
    tabs = [{"kind": name, "label": labels[name], "counted": found[name].count(), "is_here": name == kind} for name in KINDS]
    page = Paginator(found[kind].order_by("-deleted_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": rows(kind, list(page)), "tabs": tabs, "kind": kind, "section": "settings", "place": "bin"}
    return render(request, "bin/bin.html", context)


def rows(kind: str, found: Sequence[Any]) -> list[Binned]:
    """Things of one kind in words; one statement for all of them."""
    actors = _who_activities(found) if kind == "activity" else _who(kind, [row.pk for row in found])
    return [_row(kind, row, actors.get(row.pk, "Piste")) for row in found]


def _row(kind: str, row: Any, who: str) -> Binned:
    match kind:
        case "deal":
            detail = [row.title if row.company_id else "", row.stage.name, amount(row.amount_minor, row.currency)]
            name, owner, back = name_of(row), row.owner.name, "deal_restore"
        case "activity":
            about = row.deal or row.contact or row.company
            detail, name = [name_of(row.deal) if row.deal else str(about or "")], row.title
            owner, back = row.assignee.name, "step_undo"
        case "contact":
            detail, name = [row.company.name if row.company else "", row.email], row.name
            owner, back = row.owner.name if row.owner else "", "restore_contact"
        case _:
            detail, name = [row.city, row.domain], row.name
            owner, back = row.owner.name if row.owner else "", "restore_company"
    told = " · ".join(part for part in detail if part and part != name)
    return Binned(name, told, owner, row.deleted_at, who, reverse(back, args=[row.pk]))


def _who(kind: str, keys: list[int]) -> dict[int, str]:
    """Who put each there last."""
    told = Entry.objects.of(kind, keys).filter(verb=f"{kind}.discarded").order_by("number")
    return {key: name for key, name in told.values_list("subject_id", "actor__name") if name}


def _who_activities(found: Sequence[Activity]) -> dict[int, str]:
    """The same of activities, which the journal tells on what they are about."""
    about = Q(pk=None)
    for kind in ("deal", "company", "contact"):
        keys = [key for row in found for told, key in (row.subject,) if told == kind]
        about |= Q(subject_kind=kind, subject_id__in=keys)
    told = Entry.objects.filter(about, verb="activity.discarded").order_by("pk").values_list("data", "actor__name")
    return {data["activity"]: name for data, name in told if name and "activity" in data}
