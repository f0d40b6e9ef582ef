"""Choosing a company or a contact by typing: who is known already is offered, anyone else is created with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.foundations.names import email_key, name_key, person_key, phone_key, search_words
from piste.people.models import Company, Contact
from piste.people.operations import create_company
from piste.people.queries import companies_alike
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
    """Companies whose name or domain goes on like what is typed, those that begin so first."""
    text = request.GET.get("q", "").strip()[:200]
    key = name_key(text)
    options: list[Option] = []
    if len(key) > 1:
        alike = Q(name_key__contains=key) | Q(domain__startswith=text.lower())
        first = Case(When(name_key__startswith=key, then=Value(0)), default=Value(1), output_field=IntegerField())
        rows = access.companies(request).filter(alike).order_by(first, "name", "pk")
        for row in rows.values_list("pk", "name", "city", "domain")[:MANY]:
            options.append(Option(row[0], row[1], " · ".join(part for part in row[2:] if part)))
        known = {option.id for option in options}
        near = [alike.record for alike in companies_alike(name=text, member=request.user) if alike.record.pk not in known]
        options += [Option(row.pk, row.name, row.city if isinstance(row, Company) else "") for row in near]
    return _answer(request, text, options[:MANY])


@member_view
def contacts(request: MemberRequest) -> HttpResponse:
    """Contacts whose name goes on like what is typed, or who have this e-mail address or phone number."""
    text = request.GET.get("q", "").strip()[:200]
    options: list[Option] = []
    alike = Q(pk__in=[])
    for word in search_words(text).split():
        part = Q(name_key__contains=word)
        alike = part if alike == Q(pk__in=[]) else alike & part
    if email_key(text):
        alike |= Q(email_key__startswith=email_key(text))
    if phone_key(text):
        alike |= Q(phone_key=phone_key(text))
    if len(person_key(text)) > 1:
        rows = access.contacts(request).filter(alike).order_by("name", "pk")
        for row in rows.values_list("pk", "name", "company__name", "email", "phone")[:MANY]:
            options.append(Option(row[0], row[1], " · ".join(part for part in row[2:4] if part), row[3], row[4]))
    return _answer(request, text, options)


def _answer(request: MemberRequest, text: str, options: list[Option]) -> HttpResponse:
    is_new = bool(text) and not any(name_key(option.value) == name_key(text) for option in options)
    return render(request, "parts/suggestions.html", {"options": options, "text": text, "is_new": is_new})
