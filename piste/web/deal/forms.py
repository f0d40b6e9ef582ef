"""The form of a new deal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from piste.company.models import FieldSubject, Member, Settings
from piste.deals import operations
from piste.deals.models import Deal, Source
from piste.deals.queries import required_facts
from piste.foundations.money import BadAmount, to_minor
from piste.people.operations import create_contact
from piste.pipelines.models import Stage
from piste.web.board.forms import NumberField
from piste.web.parts import custom_fields
from piste.web.start.views import currency_choices

from .facts import LABELS, company_named


class NewDealForm(forms.Form):
    """Company or title, and what one knows already; the stage's own requirements are asked with it."""

    company = forms.CharField(
        label=LABELS["company"],
        max_length=200,
        required=False,
        help_text=gettext_lazy("An unknown name creates the company."),
        widget=forms.TextInput(attrs={"list": "companies-alike", "data-suggest": "companies", "autocomplete": "off"}),
    )
    title = forms.CharField(label=gettext_lazy("What they need"), max_length=200, required=False)
    contact = forms.CharField(label=gettext_lazy("Contact"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    amount = NumberField(label=LABELS["amount"], required=False)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currency_choices)
    expected_close_on = forms.DateField(
        label=LABELS["expected_close_on"], required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    stage = forms.ModelChoiceField(Stage.objects.none(), label=gettext_lazy("Stage"), empty_label=None)
    owner = forms.ModelChoiceField(Member.objects.none(), label=LABELS["owner"], empty_label=None)
    source = forms.ModelChoiceField(
        Source.objects.filter(retired_at=None), label=LABELS["source"], required=False, empty_label="—"
    )

    def __init__(self, member: Member, stage: str, data: Any = None) -> None:
        self.member = member
        settings = Settings.objects.filter(pk=1).first()
        super().__init__(data, initial={"currency": settings.currency if settings else "EUR", "owner": member.pk})
        stages = Stage.objects.in_use().filter(pipeline__retired_at=None).select_related("pipeline")
        stages = stages.order_by("pipeline__position", "pipeline", "position")
        field: Any = self.fields["stage"]
        field.queryset = stages
        field.label_from_instance = lambda row: f"{row.pipeline.name} › {row.name}"
        if stage.isdigit():
            field.initial = int(stage)
        owners: Any = self.fields["owner"]
        owners.queryset = Member.objects.active()
        chosen = (data or {}).get("stage") or stage
        required = required_facts(enter=int(chosen), leave=None) if str(chosen).isdigit() else []
        own = [name.removeprefix("custom:") for name in required if name.startswith("custom:")]
        asked = [field for field in custom_fields.of(FieldSubject.DEAL) if field.key in own]
        custom_fields.add_to(self, asked, {}, own)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not found.get("company", "").strip() and not found.get("title", "").strip():
            self.add_error("company", _("Say at least a company, or what is needed."))
        if found.get("amount") is not None and found.get("currency"):
            try:
                found["amount_minor"] = to_minor(found["amount"], found["currency"])
            except BadAmount:
                said = _("%(currency)s does not have that many decimals, or the amount is too large.")
                self.add_error("amount", said % {"currency": found["currency"]})
        return found

    @transaction.atomic
    def save(self, at: datetime) -> Deal:
        """Creates company, contact and deal in one transaction. Raises what `deals.operations.create` raises."""
        found, by = self.cleaned_data, self.member
        company = company_named(found["company"], by, at)
        contacts = []
        if found["contact"].strip() or found["email"]:
            person = create_contact(
                name=found["contact"], email=found["email"], phone=found["phone"], company=company, by=by, at=at
            )
            contacts.append((person.pk, "other"))
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
        )
