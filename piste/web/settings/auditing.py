"""The audit log: everything that was changed, by whom and when, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from piste.catalogue.models import Product
from piste.company.models import CustomField, Invitation, Member, Team
from piste.deals.models import Deal, LossReason, Source, Tag
from piste.foundations.numbers import row_number
from piste.journal.models import Entry
from piste.people.models import Company, Contact
from piste.pipelines.models import Pipeline
from piste.web.access import MemberRequest, admin_view

from .verbs import VERBS, facts_said, groups

PAGE = 50
#: What an entry may be about: the table of its name, and the page that shows it.
SUBJECTS: dict[str, tuple[Any, str, str]] = {
    "deal": (Deal, "title", "deal"),
    "company": (Company, "name", "company"),
    "contact": (Contact, "name", "contact"),
    "member": (Member, "name", "member"),
    "invitation": (Invitation, "email", ""),
    "team": (Team, "name", "team"),
    "pipeline": (Pipeline, "name", "process_pipeline"),
    "product": (Product, "name", ""),
    "field": (CustomField, "label", ""),
    "source": (Source, "name", ""),
    "loss_reason": (LossReason, "name", ""),
    "tag": (Tag, "name", ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the log shows it."""

    entry: Entry
    who: str
    said: str
    about: str
    url: str
    detail: str


@admin_view
def audit(request: MemberRequest) -> HttpResponse:
    """A page of entries, by person and by what happened; `before` is the number of the entry a page starts below."""
    person, verb, before = (request.GET.get(name, "") for name in ("person", "verb", "before"))
    found = list(_entries(person, verb, before)[: PAGE + 1])
    kept = {name: value for name, value in (("person", person), ("verb", verb)) if value}
    context = {
        "lines": _lines(found[:PAGE]),
        "older": f"?{urlencode(kept | {'before': found[PAGE - 1].pk})}" if len(found) > PAGE else "",
        "newest": f"?{urlencode(kept)}" if before else "",
        "people": Member.objects.order_by("name").values("pk", "name"),
        "groups": groups(),
        "person": person,
        "verb": verb,
        "section": "settings",
        "place": "audit",
    }
    return render(request, "settings/audit.html", context)


def _entries(person: str, verb: str, before: str) -> QuerySet[Entry]:
    """Numbers of entries grow with time, so that a page is found by its number however long the log is."""
    found = Entry.objects.select_related("actor").order_by("-pk")
    if person == "piste":
        found = found.filter(actor=None)
    elif (actor := row_number(person)) is not None:
        found = found.filter(actor_id=actor)
    if verb in VERBS:
        found = found.filter(verb=verb)
    if (last := row_number(before)) is not None:
        found = found.filter(pk__lt=last)
    return found


def _lines(entries: Sequence[Entry]) -> list[Line]:
    names = _names(entries)
    details = facts_said(entries)
    return [
        Line(
            entry,
            entry.actor.name if entry.actor else "Piste",
            str(VERBS.get(entry.verb, entry.verb)),
            names.get((entry.subject_kind, entry.subject_id), _kept_name(entry)) or (_("erased") if entry.erased_at else ""),
            _url(entry) if names.get((entry.subject_kind, entry.subject_id)) else "",
            details[entry.pk],
        )
        for entry in entries
    ]


def _names(entries: Sequence[Entry]) -> dict[tuple[str, int], str]:
    """The names of what entries are about: one statement for each kind of subject."""
    keys: dict[str, set[int]] = {}
    for entry in entries:
        if entry.subject_kind in SUBJECTS:
            keys.setdefault(entry.subject_kind, set()).add(entry.subject_id)
    return {
        (kind, key): name
        for kind, wanted in keys.items()
        for key, name in SUBJECTS[kind][0]._default_manager.filter(pk__in=wanted).values_list("pk", SUBJECTS[kind][1])
    }


def _kept_name(entry: Entry) -> str:
    """The name an entry kept of what no longer exists."""
    for fact in ("title", "name", "label", "email"):
        value = entry.data.get(fact)
        if isinstance(value, str):
            return value
    return ""


def _url(entry: Entry) -> str:
    page = SUBJECTS[entry.subject_kind][2]
    try:
        return reverse(page, args=[entry.subject_id]) if page else ""
    except NoReverseMatch:
        return ""
