"""The fields of what a move lacks: filled in place, saved together with the move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.catalogue.models import Product
from piste.company.models import CustomField, FieldSubject, Member
from piste.deals.models import Deal, Source
from piste.deals.operations import Supplied, SuppliedContact
from piste.foundations.money import BadAmount, to_minor
from piste.people.models import Company, Contact
from piste.pipelines.rules import FACTS
from piste.web.parts.custom_fields import CustomValue

from .forms import NumberField

PERSON_FACTS = frozenset({"contact", "contact_email", "contact_phone", "decision_maker"})
NEEDED = {"required": _("This is needed to go on.")}


class MissingForm(forms.Form):
    """The fields of the facts that a deal lacks, in the order the company asks for them."""

    def __init__(self, deal: Deal, facts: Sequence[str], member: Member, data: Any = None) -> None:
        self.deal, self.member = deal, member
        self.own_fields = {
            f"custom:{field.key}": field for field in CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None)
        }
        self.facts = [fact for fact in dict.fromkeys(facts) if fact in FACTS or fact in self.own_fields]
        super().__init__(data, label_suffix="")
        for fact in self.facts:
            if fact in PERSON_FACTS:
                self._ask_person()
            elif fact in self.own_fields:
                self.fields[fact] = CustomValue(self.own_fields[fact], required=True)
            else:
                self.fields[fact] = self._field(fact)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Select):
                field.widget.attrs.setdefault("class", "select")

    def _field(self, fact: str) -> forms.Field:
        match fact:
            case "amount":
                label = gettext("Amount (%(currency)s)") % {"currency": self.deal.currency}
                return NumberField(label=label, error_messages=NEEDED)
            case "expected_close_on":
                return day_field(gettext("Expected close date"))
            case "source":
                sources = Source.objects.filter(retired_at=None)
                return forms.ModelChoiceField(sources, label=gettext("Source"), empty_label="—", error_messages=NEEDED)
            case "product":
                products = Product.objects.filter(retired_at=None)
                return forms.ModelChoiceField(products, label=gettext("Product"), empty_label="—", error_messages=NEEDED)
        hint = gettext("An unknown name creates the company.")
        return forms.CharField(label=gettext("Company"), max_length=200, help_text=hint, error_messages=NEEDED)

    def _ask_person(self) -> None:
        """One group for everything asked about contacts: someone known, or someone new."""
        if "person" in self.fields:
            return
        known = Contact.objects.visible_to(self.member).current()
        around = known.filter(pk__in=self.deal.people.values("contact_id"))
        if self.deal.company_id:
            around = around | known.filter(company_id=self.deal.company_id)
        people = around.distinct().order_by("name")
        decides = "decision_maker" in self.facts
        self.fields["person"] = forms.ModelChoiceField(
            people,
            label=gettext("Who decides?") if decides else gettext("Contact"),
            required=False,
            empty_label=gettext("Someone new"),
            initial=people.first() if not decides else None,
        )
        self.fields["person_name"] = forms.CharField(label=gettext("Name"), max_length=200, required=False)
        self.fields["person_email"] = forms.EmailField(label=gettext("E-mail"), required=False)
        self.fields["person_phone"] = forms.CharField(label=gettext("Phone"), max_length=40, required=False)

    def clean_amount(self) -> int:
        try:
            return to_minor(self.cleaned_data["amount"], self.deal.currency)
        except BadAmount as problem:
            said = gettext("%(currency)s does not have that many decimals.") % {"currency": self.deal.currency}
            raise forms.ValidationError(said) from problem

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "person" in self.fields:
            person = found.get("person")
            if person is None and not found.get("person_name"):
                self.add_error("person_name", gettext("Choose someone above, or write a name here."))
            for fact, name, sentence in (
                ("contact_email", "email", gettext("An e-mail address is needed to go on.")),
                ("contact_phone", "phone", gettext("A phone number is needed to go on.")),
            ):
                given = found.get(f"person_{name}")
                typed_badly = f"person_{name}" in self.errors
                if fact in self.facts and not given and not typed_badly and not (person and getattr(person, name)):
                    self.add_error(f"person_{name}", sentence)
        return found

    def supplied(self, at: datetime) -> Supplied:
        """What was filled in, as the move takes it."""
        found = self.cleaned_data
        facts: dict[str, Any] = {}
        new_company = ""
        if "amount" in found:
            facts["amount_minor"] = found["amount"]
        for name in ("expected_close_on", "source"):
            if name in found:
                facts[name] = found[name]
        if company := found.get("company"):
            known = Company.objects.visible_to(self.member).current().filter(name__iexact=company.strip()).first()
            if known is not None:
                facts["company"] = known
            else:
                new_company = company
        product = found.get("product")
        return Supplied(
            facts=facts,
            custom={field.key: found[fact] for fact, field in self.own_fields.items() if fact in found},
            new_company=new_company,
            contact=self._person(),
            products=[(product.pk, 1000, product.price_minor)] if product else (),
        )

    def _person(self) -> SuppliedContact | None:
        if "person" not in self.fields:
            return None
        found = self.cleaned_data
        facts = {name: found[f"person_{name}"] for name in ("email", "phone") if found.get(f"person_{name}")}
        role = "decides" if "decision_maker" in self.facts else ""
        if found.get("person") is not None:
            return SuppliedContact(contact=found["person"], facts=facts, role=role)
        return SuppliedContact(facts=facts | {"name": found["person_name"]}, role=role)


def day_field(label: str) -> forms.DateField:
    wrong = {"invalid": _("This is not a day: write it like 2027-01-04.")}
    return forms.DateField(
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=NEEDED | wrong,
    )
