"""Forms of companies and contacts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.company.models import FieldSubject, Member
from piste.people import operations
from piste.people.models import Company, Contact
from piste.web.parts import custom_fields


class CompanyForm(forms.Form):
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

    def save(self, at: datetime) -> Company:
        facts = {name: self.cleaned_data[name] for name in self.FACTS}
        custom = custom_fields.values_of(self)
        if self.company is not None:
            operations.amend_company(company=self.company, facts=facts, custom=custom, by=self.member, at=at)
            return self.company
        return operations.create_company(by=self.member, at=at, custom=custom, **facts)


class ContactForm(forms.Form):
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
    company = forms.CharField(
        label=gettext_lazy("Company"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("An unknown name creates the company."),
        widget=forms.TextInput(attrs={"data-suggest": reverse_lazy("suggest_companies"), "autocomplete": "off"}),
    )

    FACTS = ("first_name", "last_name", "email", "phone", "job_title")

    def __init__(self, member: Member, contact: Contact | None, data: Any = None) -> None:
        self.member, self.contact = member, contact
        initial = {name: getattr(contact, name) for name in self.FACTS} if contact else {}
        if contact is not None:
            initial["company"] = contact.company.name if contact.company else ""
            if not contact.first_name and not contact.last_name:
                initial["last_name"] = contact.name
        super().__init__(data, initial=initial)
        custom_fields.add_to(self, custom_fields.of(FieldSubject.CONTACT), contact.custom if contact else {})

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not any(found.get(name) for name in ("first_name", "last_name", "email")) and not self.errors:
            self.add_error("last_name", _("A name or an e-mail address is needed."))
        return found

    def save(self, at: datetime) -> Contact:
        found = self.cleaned_data
        facts: dict[str, Any] = {name: found[name] for name in self.FACTS}
        facts["name"] = f"{found['first_name']} {found['last_name']}".strip() or found["email"]
        facts["company"] = operations.company_named(name=found["company"], by=self.member, at=at)
        custom = custom_fields.values_of(self)
        if self.contact is not None:
            operations.amend_contact(contact=self.contact, facts=facts, custom=custom, by=self.member, at=at)
            return self.contact
        return operations.create_contact(by=self.member, at=at, custom=custom, **facts)
