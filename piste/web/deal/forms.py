"""The form of a new deal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.catalogue.models import Product
from piste.company.models import FieldSubject, Member, Settings
from piste.deals import operations
from piste.deals.models import Deal, PurchaseRole, Source
from piste.deals.queries import required_facts
from piste.foundations.money import BadAmount, to_minor
from piste.foundations.names import name_key
from piste.foundations.numbers import row_number
from piste.people.operations import amend_contact, create_contact
from piste.pipelines.models import Stage
from piste.web import access
from piste.web.access import MemberRequest
from piste.web.board.forms import NumberField
from piste.web.board.missing import day_field
from piste.web.parts import custom_fields
from piste.web.start.regions import LongSelect, currency_choices
from piste.web.templatetags.piste import tongue

from .choosing import company_chosen, company_field, contact_chosen, contact_field
from .facts import LABELS, TAG_LENGTH, amount_refused
from .one_line import read_line

#: The field that answers each fact a stage may require.
ASKED = {
    "amount": "amount",
    "expected_close_on": "expected_close_on",
    "company": "company",
    "contact": "contact",
    "contact_email": "email",
    "contact_phone": "phone",
    "decision_maker": "contact",
    "source": "source",
    "product": "product",
}


class NewDealForm(forms.Form):
    """Company or title, and what one knows already; what the stage requires is asked with it."""

    company_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    company = company_field("company_id")
    title = forms.CharField(label=LABELS["title"], max_length=200, required=False)
    contact_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    contact = contact_field("contact_id")
    role = forms.ChoiceField(label=gettext_lazy("Role in the purchase"), choices=PurchaseRole.choices, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    amount = NumberField(label=LABELS["amount"], required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=LongSelect, choices=lambda: currency_choices(tongue()))
    stage = forms.ModelChoiceField(Stage.objects.none(), label=gettext_lazy("Stage"), empty_label=None)
    owner = forms.ModelChoiceField(Member.objects.none(), label=LABELS["owner"], empty_label=None)
    source = forms.ModelChoiceField(
        Source.objects.filter(retired_at=None), label=LABELS["source"], required=False, empty_label="—"
    )
    tags = forms.CharField(label=LABELS["tags"], required=False, max_length=2000, help_text=gettext_lazy("Separated by commas."))

    def __init__(self, request: MemberRequest, data: Any = None) -> None:
        self.member = request.user
        super().__init__(data, initial=_initial(request), auto_id="new_%s")
        stages = access.stages(request)
        self._offer(stages)
        chosen = str((data or {}).get("stage") or self.initial.get("stage") or "")
        stage = next((found for found in stages if str(found.pk) == chosen), stages[0] if stages else None)
        self.fields["stage"].initial = stage.pk if stage else None
        self._ask(required_facts(enter=stage.pk, leave=None) if stage else [])

    def _offer(self, stages: Sequence[Stage]) -> None:
        """What may be chosen."""
        day = day_field(str(LABELS["expected_close_on"]))
        day.required = False
        self.fields["expected_close_on"] = day
        several = len({stage.pipeline_id for stage in stages}) > 1
        field: Any = self.fields["stage"]
        field.queryset = Stage.objects.filter(pk__in=[stage.pk for stage in stages]).select_related("pipeline")
        field.choices = [(stage.pk, f"{stage.pipeline.name} › {stage.name}" if several else stage.name) for stage in stages]
        owners: Any = self.fields["owner"]
        owners.queryset = Member.objects.active()
        first = "company_id company title contact_id contact role email phone expected_close_on amount currency stage"
        self.order_fields([*first.split(), "owner", "source", "tags"])

    def _ask(self, required: Sequence[str]) -> None:
        """Makes the fields that the stage needs to know, and those it needs known, required."""
        for fact in required:
            if fact == "product":
                products = Product.objects.filter(retired_at=None)
                self.fields["product"] = forms.ModelChoiceField(products, label=_("Product"))
            if fact in ASKED:
                self.fields[ASKED[fact]].required = True
                self.fields[ASKED[fact]].error_messages["required"] = _("This stage needs to know it.")
        if "decision_maker" in required:
            self.fields["role"].initial = PurchaseRole.DECIDES
        else:
            del self.fields["role"]
        own = [name.removeprefix("custom:") for name in required if name.startswith("custom:")]
        asked = [field for field in custom_fields.of(FieldSubject.DEAL) if field.key in own] if own else []
        custom_fields.add_to(self, asked, {}, own)

    def clean_tags(self) -> list[str]:
        tags = [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]
        if any(len(tag) > TAG_LENGTH for tag in tags):
            said = _("A tag has at most %(count)s characters: shorten it, or put commas between tags.")
            raise forms.ValidationError(said % {"count": TAG_LENGTH})
        return tags

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors and not found.get("company", "").strip() and not found.get("title", "").strip():
            self.add_error("company", _("Say at least a company, or what is needed."))
        if not found.get("contact") and found.get("phone") and not found.get("email") and "contact" not in self.errors:
            self.add_error("contact", _("Whose number is this? Write a name."))
        if found.get("amount") is not None and found.get("currency"):
            try:
                found["amount_minor"] = to_minor(found["amount"], found["currency"])
            except BadAmount as problem:
                self.add_error("amount", amount_refused(problem, found["currency"]))
        return found

    @transaction.atomic
    def save(self, at: datetime) -> Deal:
        """Creates company, contact and deal in one transaction. Raises what `deals.operations.create` raises."""
        found, by = self.cleaned_data, self.member
        company = company_chosen(found["company"], found["company_id"], by, at)
        contacts = []
        if found["contact"].strip() or found["email"]:
            reach = {name: found[name] for name in ("email", "phone") if found[name]}
            person = contact_chosen(found["contact"], found["contact_id"], by)
            if person is None:
                person = create_contact(name=found["contact"], company=company, by=by, at=at, **reach)
            elif reach:
                amend_contact(contact=person, facts=reach, by=by, at=at)
            contacts.append((person.pk, found.get("role") or PurchaseRole.OTHER))
        product: Product | None = found.get("product")
        price = product.price_minor if product and product.currency == found["currency"] else None
        return operations.create(
            title=found["title"].strip() or (company.name if company else ""),
            stage=found["stage"],
            owner=found["owner"],
            by=by,
            at=at,
            currency=found["currency"],
            amount_minor=found.get("amount_minor"),
            company=company,
            expected_close_on=found["expected_close_on"],
            source=found["source"],
            custom=custom_fields.values_of(self),
            contacts=contacts,
            products=[(product.pk, 1000, price)] if product else (),
            tags=found["tags"],
        )


def _initial(request: MemberRequest) -> dict[str, Any]:
    """What the address and the settings say already: `?stage=`, `?company=`, `?contact=`, `?line=` (a deal in one line)."""
    settings = Settings.objects.filter(pk=1).first()
    found: dict[str, Any] = {"currency": settings.currency if settings else "EUR", "owner": request.user.pk}
    asked = {name: request.GET.get(name, "") for name in ("stage", "company", "contact")}
    numbers = {name: number for name, text in asked.items() if (number := row_number(text)) is not None}
    found["stage"] = numbers.get("stage")
    if line := request.GET.get("line", ""):
        named = {stage.name: stage.pk for stage in reversed(access.stages(request))}
        found |= read_line(line, locale=tongue(), stages=named)
        found |= _known_contact(request, found)
    if contact := access.contacts(request).filter(pk=numbers.get("contact", 0)).select_related("company").first():
        found |= {"contact": contact.name, "contact_id": contact.pk, "email": contact.email, "phone": contact.phone}
        if contact.company_id:
            numbers.setdefault("company", contact.company_id)
    if company := access.companies(request).filter(pk=numbers.get("company", 0)).first():
        found |= {"company": company.name, "company_id": company.pk}
    return found


def _known_contact(request: MemberRequest, told: dict[str, Any]) -> dict[str, Any]:
    """The contact that a line means: by their e-mail, else by their name in that company; nothing for someone new."""
    known = access.contacts(request).order_by("pk")
    person = known.filter(email__iexact=told["email"]).first() if "email" in told else None
    if person is None and "contact" in told:
        person = known.filter(name__iexact=told["contact"], company__name_key=name_key(told["company"])).first()
    if person is None:
        return {}
    return {"contact": person.name, "contact_id": person.pk, "email": person.email, "phone": told.get("phone") or person.phone}
