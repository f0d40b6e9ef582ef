"""Forms of companies and contacts."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.company.models import FieldSubject, Member
from piste.people import operations
from piste.people.models import Company, Contact
from piste.web.deal.choosing import company_chosen, company_field
from piste.web.parts import custom_fields

NOTHING: tuple[Any, ...] = (None, "", [])


class _RecordForm(forms.Form):
    """A form over a record that knows what it showed: only what was changed on it is written, and only over what it showed, so
    that two who edit different facts both hold, and the second of two who edit the same one is told."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def remember(self, record: Company | Contact | None, facts: Iterable[str]) -> None:
        """Writes into the form what it shows."""
        self.record, self.shown = record, [*facts, *(f"custom:{key}" for key in self.custom_keys())]
        if record is not None:
            self.fields["was"].initial = self.standing()

    def standing(self) -> str:
        assert self.record is not None
        return json.dumps({name: operations.present(self.record, name) for name in self.shown})

    def custom_keys(self) -> list[str]:
        return [name.removeprefix(custom_fields.PREFIX) for name in self.fields if name.startswith(custom_fields.PREFIX)]

    def amending(self, facts: dict[str, Any]) -> dict[str, Any]:
        """What is to be written of facts and the company's own ones, and what is expected to stand there until then."""
        seen = self._seen()
        own = {f"custom:{key}": value for key, value in custom_fields.values_of(self).items()}
        wanted = {name: value for name, value in (facts | own).items() if seen is None or _differs(value, seen.get(name))}
        return {
            "facts": {name: value for name, value in wanted.items() if name in facts},
            "custom": {name.removeprefix("custom:"): value for name, value in wanted.items() if name in own},
            "expecting": {} if seen is None else {name: seen[name] for name in wanted if name in seen},
        }

    def _seen(self) -> dict[str, Any] | None:
        """What the form showed; None when it does not say."""
        try:
            found = json.loads(self.cleaned_data.get("was") or "null")
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def tell(self, changed: Iterable[str]) -> None:
        """Says beside each field what a colleague has made of it meanwhile; saved again, the form holds."""
        assert self.record is not None
        self.record.refresh_from_db()
        for name in changed:
            value = operations.present(self.record, name)
            if name == "company":
                value = getattr(self.record.company, "name", "")  # type: ignore[union-attr]
            said = ", ".join(map(str, value)) if isinstance(value, list) else value
            place = self.place_of(name)
            self.add_error(
                place if place in self.fields else None,
                _("A colleague has made this “%(value)s” meanwhile. Save again if yours should hold.")
                % {"value": "—" if said in NOTHING else said},
            )
        data = cast(QueryDict, self.data).copy()
        data["was"] = self.standing()
        self.data = data

    def place_of(self, name: str) -> str:
        """The field that shows a fact."""
        return custom_fields.PREFIX + name.removeprefix("custom:") if name.startswith("custom:") else name


def _differs(value: Any, seen: Any) -> bool:
    now = value.pk if isinstance(value, Company) else value
    return now != seen and not (now in NOTHING and seen in NOTHING)


class CompanyForm(_RecordForm):
    """A company's own facts and the custom ones."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        widget=forms.TextInput(attrs={"data-alike": "companies", "autocomplete": "off"}),
    )
    website = forms.CharField(label=gettext_lazy("Web site"), max_length=300, required=False)
    sector = forms.CharField(label=gettext_lazy("Sector"), max_length=120, required=False)
    employees = forms.IntegerField(label=gettext_lazy("Employees"), required=False, min_value=0)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("City"), max_length=120, required=False)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=80, required=False)
    registration_number = forms.CharField(label=gettext_lazy("Registration number"), max_length=40, required=False)

    FACTS = (
        "name", "website", "sector", "employees", "phone", "address", "postcode", "city", "country", "registration_number",
    )  # fmt: skip

    def __init__(self, member: Member, company: Company | None, data: Any = None) -> None:
        self.member, self.company = member, company
        initial = {name: getattr(company, name) for name in self.FACTS} if company else None
        super().__init__(data, initial=initial)
        custom_fields.add_to(self, custom_fields.of(FieldSubject.COMPANY), company.custom if company else {})
        self.remember(company, self.FACTS)

    def save(self, at: datetime) -> Company:
        """Writes the company. Raises `people.operations.FactsChanged`."""
        facts = {name: self.cleaned_data[name] for name in self.FACTS}
        if self.company is not None:
            operations.amend_company(company=self.company, by=self.member, at=at, **self.amending(facts))
            return self.company
        return operations.create_company(by=self.member, at=at, custom=custom_fields.values_of(self), **facts)


class ContactForm(_RecordForm):
    """A contact's own facts and the custom ones."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=100, required=False)
    last_name = forms.CharField(
        label=gettext_lazy("Last name"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"data-alike": "contacts", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs={"data-alike": "contacts"})
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    job_title = forms.CharField(label=gettext_lazy("Job title"), max_length=120, required=False)
    company_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    company = company_field("company_id")

    FACTS = ("first_name", "last_name", "email", "phone", "job_title")

    def __init__(self, member: Member, contact: Contact | None, data: Any = None, *, of: Company | None = None) -> None:
        self.member, self.contact, self.of = member, contact, of
        initial = {name: getattr(contact, name) for name in self.FACTS} if contact else {}
        if company := contact.company if contact else of:
            initial |= {"company": company.name, "company_id": company.pk}
        if contact is not None and not contact.first_name and not contact.last_name:
            initial["last_name"] = contact.name
        super().__init__(data, initial=initial)
        custom_fields.add_to(self, custom_fields.of(FieldSubject.CONTACT), contact.custom if contact else {})
        self.remember(contact, (*self.FACTS, "company"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not any(found.get(name) for name in ("first_name", "last_name", "email")) and not self.errors:
            self.add_error("last_name", _("A name or an e-mail address is needed."))
        return found

    @transaction.atomic
    def save(self, at: datetime) -> Contact:
        """Writes the contact, and the company named when it is new. Raises `people.operations.FactsChanged`."""
        found = self.cleaned_data
        facts: dict[str, Any] = {name: found[name] for name in self.FACTS}
        facts["company"] = company_chosen(found["company"], found["company_id"], self.member, at)
        if self.contact is not None:
            told = self.amending(facts)
            told["facts"] |= self._named(self.contact, told["facts"])
            operations.amend_contact(contact=self.contact, by=self.member, at=at, **told)
            return self.contact
        facts["name"] = _full_name(facts)
        return operations.create_contact(by=self.member, at=at, custom=custom_fields.values_of(self), **facts)

    @staticmethod
    def _named(contact: Contact, changed: dict[str, Any]) -> dict[str, Any]:
        """The name that follows from its parts: those changed here, and the others as they stand now."""
        parts = ("first_name", "last_name", "email")
        if not any(name in changed for name in parts):
            return {}
        now = Contact.objects.select_for_update().get(pk=contact.pk)
        return {"name": _full_name({name: changed.get(name, getattr(now, name)) for name in parts})}


def _full_name(facts: dict[str, Any]) -> str:
    return f"{facts['first_name']} {facts['last_name']}".strip() or str(facts["email"])
