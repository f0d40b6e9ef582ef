"""The facts of a deal, each with its form: shown, edited in place, and saved by one operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.catalogue.models import Product
from piste.company.models import CustomField, FieldSubject, Member, Team
from piste.deals import operations
from piste.deals.models import Deal, DealContact, DealProduct, PurchaseRole, Source
from piste.foundations import typography
from piste.foundations.money import BadAmount, to_decimal, to_minor
from piste.people.models import Company, Contact
from piste.people.operations import create_company, create_contact
from piste.web.board.forms import NumberField
from piste.web.parts import custom_fields
from piste.web.start.views import currency_choices
from piste.web.templatetags.piste import amount, day, tongue

LABELS = {
    "title": _("Title"),
    "company": _("Company"),
    "amount": _("Amount"),
    "expected_close_on": _("Expected close"),
    "source": _("Source"),
    "campaign": _("Campaign"),
    "owner": _("Owner"),
    "team": _("Team"),
    "tags": _("Tags"),
    "products": _("Products"),
    "contact": _("Contacts"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as shown: its name in addresses, its label, its value in words, a link where the value has a page."""

    name: str
    label: str
    value: str
    url: str = ""


def shown(deal: Deal) -> list[Fact]:
    """All facts of a deal in words; constant number of statements."""
    tags = ", ".join(deal.tags.values_list("name", flat=True))
    goods = DealProduct.objects.filter(deal=deal).select_related("product")
    rows = [
        ("title", deal.title),
        ("company", deal.company.name if deal.company else ""),
        ("amount", amount(deal.amount_minor, deal.currency)),
        ("expected_close_on", day(deal.expected_close_on)),
        ("owner", deal.owner.name),
        ("team", deal.team.name if deal.team else ""),
        ("source", deal.source.name if deal.source else ""),
        ("campaign", deal.campaign),
        ("tags", tags),
        ("products", ", ".join(product_words(line) for line in goods)),
    ]
    facts = [Fact(name, str(LABELS[name]), value) for name, value in rows]
    for field in custom_fields.of(FieldSubject.DEAL):
        facts.append(Fact(f"custom:{field.key}", field.label, custom_fields.show(field, deal.custom.get(field.key))))
    return facts


def product_words(line: DealProduct) -> str:
    """« 10 × Planning », with a quantity only when it is not one."""
    whole, rest = divmod(line.quantity_milli, 1000)
    quantity = typography.number(line.quantity_milli / 1000, tongue(), places=3 if rest else 0)
    return line.product.name if whole == 1 and not rest else f"{quantity} × {line.product.name}"


class FactForm(forms.Form):
    """The form of one fact; `was` is what the page showed, so that a colleague's change is never overwritten unseen."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, deal: Deal, name: str, member: Member, data: Any = None) -> None:
        self.deal, self.name, self.member = deal, name, member
        super().__init__(data, auto_id=f"fact_{name.replace(':', '_')}_%s")
        _BUILDERS.get(name, _build_custom)(self)
        self.fields["was"].initial = raw_value(deal, name)
        for field in self.fields.values():
            field.widget.attrs.setdefault("data-autofocus", "")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.name == "amount" and not self.errors:
            try:
                given = found.get("amount")
                found["amount_minor"] = None if given is None else to_minor(given, found["currency"])
            except BadAmount:
                said = gettext("%(currency)s does not have that many decimals, or the amount is too large.")
                self.add_error("amount", said % {"currency": found["currency"]})
        if self.name == "contact":
            if not found.get("person") and not found.get("name") and not found.get("email"):
                self.add_error("name", gettext("Choose someone above, or write a name here."))
        return found

    @transaction.atomic
    def save(self, at: datetime) -> None:
        """Writes the fact by its operation."""
        found, deal, by = self.cleaned_data, self.deal, self.member
        match self.name:
            case "amount":
                facts = {"amount_minor": found["amount_minor"], "currency": found["currency"]}
                operations.amend(deal=deal, facts=facts, by=by, at=at)
            case "company":
                company = company_named(found["company"], by, at)
                operations.amend(deal=deal, facts={"company": company}, by=by, at=at)
            case "tags":
                operations.name_tags(deal=deal, tags=found["tags"].split(","), by=by, at=at)
            case "products":
                lines = [line for line in _product_lines(deal) if line[0] != found["product"].pk]
                if found["quantity"]:
                    lines.append((found["product"].pk, int(found["quantity"] * 1000), None))
                operations.name_products(deal=deal, products=lines, by=by, at=at)
            case "contact":
                self._save_contact(at)
            case name if name.startswith("custom:"):
                key = name.removeprefix("custom:")
                operations.amend(deal=deal, custom={key: found[custom_fields.PREFIX + key]}, by=by, at=at)
            case name:
                operations.amend(deal=deal, facts={name: found[name]}, by=by, at=at)

    def _save_contact(self, at: datetime) -> None:
        found = self.cleaned_data
        person = found.get("person") or create_contact(
            name=found["name"],
            email=found["email"],
            phone=found["phone"],
            company=self.deal.company,
            by=self.member,
            at=at,
        )
        people = dict(DealContact.objects.filter(deal=self.deal).values_list("contact_id", "role"))
        people[person.pk] = found["role"]
        operations.name_contacts(deal=self.deal, contacts=list(people.items()), by=self.member, at=at)


def company_named(name: str, by: Member, at: datetime) -> Company | None:
    """The company of this name that the member may see, made when there is none; None for no name."""
    if not name.strip():
        return None
    known = Company.objects.visible_to(by).current().filter(name__iexact=name.strip()).first()
    return known or create_company(name=name, by=by, at=at)


def _product_lines(deal: Deal) -> list[tuple[int, int, int | None]]:
    return list(DealProduct.objects.filter(deal=deal).values_list("product_id", "quantity_milli", "price_minor"))


def raw_value(deal: Deal, name: str) -> str:
    """A fact as one compares it with what a page showed."""
    match name:
        case "amount":
            return f"{deal.amount_minor}{deal.currency}"
        case "tags":
            return ",".join(sorted(deal.tags.values_list("name", flat=True)))
        case "products":
            return str(_product_lines(deal))
        case "contact":
            return ""
        case _ if name.startswith("custom:"):
            return str(deal.custom.get(name.removeprefix("custom:"), ""))
        case _:
            return str(getattr(deal, deal._meta.get_field(name).attname) or "")


def _build_title(form: FactForm) -> None:
    form.fields["title"] = forms.CharField(label=LABELS["title"], max_length=200, initial=form.deal.title)


def _build_company(form: FactForm) -> None:
    name = form.deal.company.name if form.deal.company else ""
    form.fields["company"] = forms.CharField(
        label=LABELS["company"],
        max_length=200,
        required=False,
        initial=name,
        help_text=_("An unknown name creates the company."),
        widget=forms.TextInput(attrs={"list": "companies-alike", "data-suggest": "companies", "autocomplete": "off"}),
    )


def _build_amount(form: FactForm) -> None:
    deal = form.deal
    initial = "" if deal.amount_minor is None else f"{to_decimal(deal.amount_minor, deal.currency).normalize():f}"
    form.fields["amount"] = NumberField(label=LABELS["amount"], required=False, initial=initial)
    form.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=currency_choices, initial=deal.currency)


def _build_day(form: FactForm) -> None:
    form.fields["expected_close_on"] = forms.DateField(
        label=LABELS["expected_close_on"],
        required=False,
        initial=form.deal.expected_close_on,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _choose(name: str, rows: Callable[[], Any], *, required: bool) -> Callable[[FactForm], None]:
    def build(form: FactForm) -> None:
        form.fields[name] = forms.ModelChoiceField(
            rows(), label=LABELS[name], required=required, initial=getattr(form.deal, f"{name}_id"), empty_label="—"
        )

    return build


def _build_campaign(form: FactForm) -> None:
    form.fields["campaign"] = forms.CharField(
        label=LABELS["campaign"], max_length=120, required=False, initial=form.deal.campaign
    )


def _build_tags(form: FactForm) -> None:
    form.fields["tags"] = forms.CharField(
        label=LABELS["tags"],
        required=False,
        initial=", ".join(form.deal.tags.values_list("name", flat=True)),
        help_text=_("Separated by commas."),
    )


def _build_products(form: FactForm) -> None:
    form.fields["product"] = forms.ModelChoiceField(
        Product.objects.filter(retired_at=None), label=_("Product"), empty_label=_("Choose…")
    )
    form.fields["quantity"] = NumberField(label=_("Quantity"), initial="1", help_text=_("0 takes the product away."))


def _build_contact(form: FactForm) -> None:
    known = Contact.objects.visible_to(form.member).current()
    if form.deal.company_id:
        known = known.filter(company_id=form.deal.company_id)
    else:
        known = known.filter(pk__in=form.deal.people.values("contact_id"))
    form.fields["person"] = forms.ModelChoiceField(
        known.order_by("name")[:200], label=_("Contact"), required=False, empty_label=_("Someone new")
    )
    form.fields["name"] = forms.CharField(label=_("Name"), max_length=200, required=False)
    form.fields["email"] = forms.EmailField(label=_("E-mail"), required=False)
    form.fields["phone"] = forms.CharField(label=_("Phone"), max_length=40, required=False)
    form.fields["role"] = forms.ChoiceField(label=_("Role in the purchase"), choices=PurchaseRole.choices, initial="other")


def _build_custom(form: FactForm) -> None:
    key = form.name.removeprefix("custom:")
    field = CustomField.objects.filter(subject=FieldSubject.DEAL, key=key, retired_at=None).first()
    if field is not None:
        custom_fields.add_to(form, [field], form.deal.custom)


_BUILDERS: Mapping[str, Callable[[FactForm], None]] = {
    "title": _build_title,
    "company": _build_company,
    "amount": _build_amount,
    "expected_close_on": _build_day,
    "source": _choose("source", lambda: Source.objects.filter(retired_at=None), required=False),
    "campaign": _build_campaign,
    "owner": _choose("owner", lambda: Member.objects.active(), required=True),
    "team": _choose("team", lambda: Team.objects.all(), required=False),
    "tags": _build_tags,
    "products": _build_products,
    "contact": _build_contact,
}


def exists(name: str) -> bool:
    """Whether a fact of this name can be edited."""
    if name.startswith("custom:"):
        key = name.removeprefix("custom:")
        return CustomField.objects.filter(subject=FieldSubject.DEAL, key=key, retired_at=None).exists()
    return name in _BUILDERS
