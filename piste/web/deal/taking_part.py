"""Who takes part in a deal: their role in the purchase, the main one, and what one needs to reach them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.deals import operations
from piste.deals.models import Deal, DealContact, PurchaseRole
from piste.deals.queries import fact_value
from piste.people.models import Contact
from piste.people.operations import amend_contact, create_contact

from .choosing import contact_chosen, contact_field
from .facts import element, expected


class PersonForm(forms.Form):
    """Someone who takes part: chosen among those known, or new; or the part of someone who already does (`there`)."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)
    person = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = contact_field("")
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    role = forms.ChoiceField(label=_("Role in the purchase"), choices=PurchaseRole.choices, initial=PurchaseRole.OTHER)
    is_main = forms.BooleanField(label=_("Main contact"), required=False)

    def __init__(
        self, deal: Deal, member: Member, data: Any = None, *, there: DealContact | None = None, place: str = "new-contact"
    ) -> None:
        self.deal, self.member, self.there = deal, member, there
        stands = element((data or {}).get("place", ""), f"contact-{there.contact_id}" if there else place, "new-contact")
        super().__init__(data, auto_id=f"{stands}_%s")
        self.fields["was"].initial = json.dumps({"contacts": fact_value(deal, "contacts")})
        self.fields["place"].initial = self.stands = stands
        self.fields["name"].widget.attrs["data-suggest-into"] = self.add_prefix("person")
        self.fields["name"].required = there is None
        self.fields["name"].error_messages["required"] = gettext("Write a name, or choose someone from the list.")
        if there is None:
            self.fields["is_main"].initial = not deal.people.exists()
            if place == "need-decision_maker":
                self.fields["role"].initial = PurchaseRole.DECIDES
            return
        for name in ("name", "person"):
            del self.fields[name]
        self.fields["role"].initial, self.fields["is_main"].initial = there.role, there.is_main
        if not Contact.objects.visible_to(member).filter(pk=there.contact_id).exists():
            del self.fields["email"], self.fields["phone"]
            return
        self.fields["email"].initial, self.fields["phone"].initial = there.contact.email, there.contact.phone

    @property
    def label(self) -> str:
        """What the form is about."""
        return gettext("Contacts")

    @transaction.atomic
    def save(self, at: datetime) -> Contact:
        """Writes the part, and creates or completes the contact with it. Raises `FactsChanged`."""
        found, deal, by = self.cleaned_data, self.deal, self.member
        rows = fact_value(deal, "contacts")
        contact = self.there.contact if self.there else contact_chosen(found["name"], found["person"], by)
        reach: dict[str, Any] = {name: found[name] for name in ("email", "phone") if name in found}
        if contact is None:
            contact = create_contact(name=found["name"], company=deal.company, by=by, at=at, **reach)
        else:
            given = reach if self.there else {name: value for name, value in reach.items() if value}
            amend_contact(contact=contact, facts=given, by=by, at=at)
        part = (contact.pk, found["role"])
        people = [tuple(row) for row in rows]
        if contact.pk in dict(rows):
            people = [part if row[0] == contact.pk else row for row in people]
        else:
            people.append(part)
        is_first = bool(people) and people[0][0] == contact.pk
        if found["is_main"] and not is_first:
            people = [part, *(row for row in people if row[0] != contact.pk)]
        elif is_first and not found["is_main"] and len(people) > 1 and self.there is not None:
            people = [*people[1:2], part, *people[2:]]
        expecting = expected(found.get("was", ""), {"contacts": rows})
        operations.name_contacts(deal=deal, contacts=people, by=by, at=at, expecting=expecting)
        return contact


def take_off(deal: Deal, contact_id: int, *, by: Member, at: datetime) -> None:
    """Takes somebody off a deal; the contact itself stays."""
    rows = [tuple(row) for row in fact_value(deal, "contacts") if row[0] != contact_id]
    operations.name_contacts(deal=deal, contacts=rows, by=by, at=at)
