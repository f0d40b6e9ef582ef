"""The facts of a deal, each with its form: shown, edited in place, saved by one operation against what the page showed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import slug_re
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField, FieldSubject, Member, Team
from piste.deals import operations
from piste.deals.models import Deal, Source
from piste.deals.queries import fact_value
from piste.foundations.money import BadAmount, decimals, to_decimal, to_minor
from piste.people.models import Company
from piste.web.board.forms import NumberField
from piste.web.board.missing import day_field
from piste.web.parts import custom_fields
from piste.web.start.regions import currency_choices
from piste.web.templatetags.piste import amount, day, tongue

from .choosing import company_chosen, company_field

LABELS = {
    "title": _("What they need"),
    "company": _("Company"),
    "amount": _("Amount"),
    "expected_close_on": _("Expected close"),
    "owner": _("Owner"),
    "team": _("Team"),
    "source": _("Source"),
    "campaign": _("Campaign"),
    "tags": _("Tags"),
}
#: The facts of the operation behind each fact of the page, where it is not the same name.
BEHIND = {"amount": ("amount_minor", "currency")}
TAG_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as shown: its name in addresses, its label, its value in words, the page its value has."""

    name: str
    label: str
    value: str
    url: str = ""

    @property
    def slug(self) -> str:
        """The name as ids of elements may hold it."""
        return self.name.replace(":", "-")


def shown(deal: Deal, fields: Sequence[CustomField]) -> list[Fact]:
    """All facts of a deal in words; one statement."""
    values = {
        "title": deal.title,
        "company": deal.company.name if deal.company else "",
        "amount": amount(deal.amount_minor, deal.currency),
        "expected_close_on": day(deal.expected_close_on),
        "owner": deal.owner.name,
        "team": deal.team.name if deal.team else "",
        "source": deal.source.name if deal.source else "",
        "campaign": deal.campaign,
        "tags": ", ".join(deal.tags.values_list("name", flat=True)),
    }
    urls = {"company": f"/companies/{deal.company_id}/" if deal.company_id else ""}
    facts = [Fact(name, str(label), values[name], urls.get(name, "")) for name, label in LABELS.items()]
    for field in fields:
        value = deal.custom.get(field.key)
        url = str(value) if field.kind == "url" and value else ""
        facts.append(Fact(f"custom:{field.key}", field.label, custom_fields.show(field, value), url))
    return facts


def element(*wished: str) -> str:
    """The first wish that can be the id of an element: it becomes part of others, and a browser sends what it likes."""
    return next(one for one in wished if slug_re.fullmatch(one))


class FactForm(forms.Form):
    """The form of one fact. `was` is what the page showed of it, so that a colleague's change is never overwritten unseen;
    `place` is the id of the element the form stands in."""

    was = forms.CharField(widget=forms.HiddenInput, required=False)
    place = forms.SlugField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(
        self,
        deal: Deal,
        name: str,
        member: Member,
        data: Any = None,
        *,
        place: str = "",
        fields: Sequence[CustomField] | None = None,
    ) -> None:
        self.deal, self.name, self.member = deal, name, member
        stands = element(place, (data or {}).get("place", ""), f"fact-{name.replace(':', '-')}")
        super().__init__(data, auto_id=f"{stands}_%s")
        if name.startswith("custom:"):
            _build_custom(self, own_field(name, fields))
        else:
            _BUILDERS[name](self)
        self.fields["was"].initial = json.dumps(present(deal, name))
        self.fields["place"].initial = self.stands = stands

    @property
    def label(self) -> str:
        """What the fact is called."""
        return str(self.visible_fields()[0].label)

    @property
    def is_single(self) -> bool:
        """Whether the label beside the form says all that its one field asks."""
        return len(self.visible_fields()) == 1

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.name == "amount" and not self.errors:
            self._clean_amount(found)
        return found

    def _clean_amount(self, found: dict[str, Any]) -> None:
        try:
            given = found.get("amount")
            found["amount_minor"] = None if given is None else to_minor(given, found["currency"])
        except BadAmount as problem:
            self.add_error("amount", amount_refused(problem, found["currency"]))

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]
        if any(len(tag) > TAG_LENGTH for tag in tags):
            said = gettext("A tag has at most %(count)s characters: shorten it, or put commas between tags.")
            raise forms.ValidationError(said % {"count": TAG_LENGTH})
        return tags

    @transaction.atomic
    def save(self, at: datetime) -> None:
        """Writes the fact by its operation. Raises `FactsChanged`, `NotAllowed`."""
        found, deal, by = self.cleaned_data, self.deal, self.member
        expecting = expected(found.get("was", ""), present(deal, self.name))
        facts: dict[str, Any] = {}
        match self.name:
            case "tags":
                operations.name_tags(deal=deal, tags=found["tags"], by=by, at=at, expecting=expecting)
                return
            case name if name.startswith("custom:"):
                key = name.removeprefix("custom:")
                own = {key: found[custom_fields.PREFIX + key]}
                operations.amend(deal=deal, custom=own, by=by, at=at, expecting=expecting)
                return
            case "amount":
                facts = {"amount_minor": found["amount_minor"], "currency": found["currency"]}
            case "company":
                facts = {"company": company_chosen(found["company"], found["company_id"], by, at)}
            case name:
                facts = {name: found[name]}
        old = deal.currency
        operations.amend(deal=deal, facts=facts, by=by, at=at, expecting=expecting)
        if self.name == "amount" and found["currency"] != old:
            _reprice(deal, old, found["currency"], by, at)


def present(deal: Deal, name: str) -> dict[str, Any]:
    """What the deal's row says of a fact of the page, by the facts of the operation."""
    return {fact: fact_value(deal, fact) for fact in BEHIND.get(name, (name,))}


def expected(was: str, now: Mapping[str, Any]) -> dict[str, Any]:
    """What a page says it had shown of the same facts; what it cannot say counts as another value than the present one."""
    try:
        found = json.loads(was)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        found = {}
    return {name: found.get(name, f"not {name}") for name in now}


def amount_refused(problem: BadAmount, currency: str) -> str:
    """Why an amount cannot be kept, and the way out."""
    if problem.reason == "decimals":
        places = decimals(currency)
        if not places:
            return gettext("%(currency)s has no decimals: write a whole amount.") % {"currency": currency}
        said = gettext("%(currency)s has %(count)s decimals at most: round the amount.")
        return said % {"currency": currency, "count": places}
    return gettext("This amount is too large to be kept: check its zeros.")


def _reprice(deal: Deal, old: str, new: str, by: Member, at: datetime) -> None:
    """Prices of products keep their figures in another currency; those it cannot hold are left open."""

    def price(minor: int | None) -> int | None:
        try:
            return None if minor is None else to_minor(to_decimal(minor, old), new)
        except BadAmount:
            return None

    if decimals(old) != decimals(new):
        rows = [(row[0], row[1], price(row[2])) for row in fact_value(deal, "products")]
        operations.name_products(deal=deal, products=rows, by=by, at=at)


def _build_title(form: FactForm) -> None:
    form.fields["title"] = forms.CharField(label=LABELS["title"], max_length=200, initial=form.deal.title)


def _build_company(form: FactForm) -> None:
    company: Company | None = form.deal.company
    form.fields["company_id"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=form.deal.company_id)
    form.fields["company"] = company_field(form.add_prefix("company_id"), initial=company.name if company else "")


def _build_amount(form: FactForm) -> None:
    deal = form.deal
    initial = "" if deal.amount_minor is None else typed(deal.amount_minor, deal.currency)
    form.fields["amount"] = NumberField(label=LABELS["amount"], required=False, initial=initial)
    choices = currency_choices(tongue())
    form.fields["currency"] = forms.ChoiceField(label=_("Currency"), choices=choices, initial=deal.currency)


def typed(minor: int, currency: str) -> str:
    """An amount as one would type it: 12500, 12500.50, and 12500,50 in French."""
    value = to_decimal(minor, currency)
    text = f"{value:f}" if minor % 10 ** decimals(currency) else f"{value.to_integral_value():f}"
    return text.replace(".", ",") if tongue().startswith("fr") else text


def _build_day(form: FactForm) -> None:
    field = day_field(str(LABELS["expected_close_on"]))
    field.required, field.initial = False, form.deal.expected_close_on
    form.fields["expected_close_on"] = field


def _choose(name: str, rows: Callable[[Deal], Any], *, required: bool) -> Callable[[FactForm], None]:
    def build(form: FactForm) -> None:
        present_id = getattr(form.deal, f"{name}_id")
        form.fields[name] = forms.ModelChoiceField(
            rows(form.deal), label=LABELS[name], required=required, initial=present_id, empty_label=None if required else "—"
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
        max_length=2000,
        initial=", ".join(form.deal.tags.values_list("name", flat=True)),
        help_text=_("Separated by commas."),
    )


def _build_custom(form: FactForm, field: CustomField | None) -> None:
    if field is not None:
        custom_fields.add_to(form, [field], form.deal.custom)


_BUILDERS: Mapping[str, Callable[[FactForm], None]] = {
    "title": _build_title,
    "company": _build_company,
    "amount": _build_amount,
    "expected_close_on": _build_day,
    "source": _choose("source", lambda deal: Source.objects.filter(Q(retired_at=None) | Q(pk=deal.source_id)), required=False),
    "campaign": _build_campaign,
    "owner": _choose("owner", lambda deal: Member.objects.filter(Q(is_active=True) | Q(pk=deal.owner_id)), required=True),
    "team": _choose("team", lambda deal: Team.objects.all(), required=False),
    "tags": _build_tags,
}


def own_field(name: str, fields: Sequence[CustomField] | None = None) -> CustomField | None:
    """The company's own field behind a fact's name, if it is in use."""
    key = name.removeprefix("custom:")
    if fields is None:
        fields = CustomField.objects.filter(subject=FieldSubject.DEAL, key=key, retired_at=None)  # type: ignore[assignment]
    return next((field for field in fields or () if field.key == key), None)


def exists(name: str) -> bool:
    """Whether a fact of this name can be edited."""
    return name in _BUILDERS or (name.startswith("custom:") and own_field(name) is not None)
