"""Choosing a company or a contact by typing: who is known already is offered, anyone else is created with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.finding.queries import find
from piste.foundations.names import name_key
from piste.people.models import Company, Contact
from piste.people.operations import create_company
from piste.web import access
from piste.web.access import MemberRequest, member_view

MANY = 7


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: its id, what the field then holds, and what tells it from others of the same name."""

    id: int
    value: str
    detail: str
    email: str = ""
    phone: str = ""


def company_field(into: str, *, initial: str = "", required: bool = False) -> forms.CharField:
    """A field for a company's name; the one chosen among those known is put into the hidden field `into`."""
    attrs = {"data-suggest": reverse_lazy("suggest_companies"), "data-suggest-into": into, "autocomplete": "off"}
    return forms.CharField(
        label=_("Company"),
        max_length=200,
        required=required,
        initial=initial,
        help_text=_("An unknown name creates the company."),
        widget=forms.TextInput(attrs=attrs),
    )


def contact_field(into: str, *, required: bool = False) -> forms.CharField:
    """A field for a contact's name, as `company_field`."""
    attrs = {"data-suggest": reverse_lazy("suggest_contacts"), "data-suggest-into": into, "autocomplete": "off"}
    return forms.CharField(label=_("Contact"), max_length=200, required=required, widget=forms.TextInput(attrs=attrs))


def company_chosen(name: str, chosen: int | None, by: Member, at: datetime) -> Company | None:
    """The company chosen from the list, else the one of this name that the member may see, else a new one; None for no name."""
    if not name.strip():
        return None
    known = Company.objects.visible_to(by).current()
    if chosen is not None:
        company = known.filter(pk=chosen).first()
        if company is not None and company.name == name.strip():
            return company
    same = known.filter(name_key=name_key(name)).order_by("pk").first() if name_key(name) else None
    return same or create_company(name=name, by=by, at=at)


def contact_chosen(name: str, chosen: int | None, by: Member) -> Contact | None:
    """The contact chosen from the list, if the member may see it and the name was left as it is; None for someone new."""
    if chosen is None:
        return None
    contact = Contact.objects.visible_to(by).current().filter(pk=chosen).first()
    return contact if contact is not None and contact.name == name.strip() else None


@member_view
def companies(request: MemberRequest) -> HttpResponse:
    """Companies found by what is typed: by name or domain, small slips forgiven."""
    text, ids = _found(request, "company")
    rows = access.companies(request).filter(pk__in=ids).values_list("pk", "name", "city", "domain")
    options = [Option(row[0], row[1], " · ".join(part for part in row[2:] if part)) for row in rows]
    return _answer(request, text, ids, options)


@member_view
def contacts(request: MemberRequest) -> HttpResponse:
    """Contacts found by what is typed: by name, e-mail address or phone number, small slips forgiven."""
    text, ids = _found(request, "contact")
    rows = access.contacts(request).filter(pk__in=ids).values_list("pk", "name", "company__name", "email", "phone")
    options = [Option(row[0], row[1], " · ".join(part for part in row[2:4] if part), row[3], row[4]) for row in rows]
    return _answer(request, text, ids, options)


def _found(request: MemberRequest, kind: str) -> tuple[str, list[int]]:
    """What is typed, and the ids of what it may mean, the best first."""
    text = request.GET.get("q", "").strip().replace("\x00", "")[:200]
    if len(text) < 2:
        return text, []
    return text, [found.object_id for found in find(text, member=request.user, kinds=(kind,), limit=MANY)]


def _answer(request: MemberRequest, text: str, ids: list[int], options: list[Option]) -> HttpResponse:
    options.sort(key=lambda option: ids.index(option.id))
    is_new = bool(text) and not any(name_key(option.value) == name_key(text) for option in options)
    return render(request, "parts/suggestions.html", {"options": options, "text": text, "is_new": is_new})
