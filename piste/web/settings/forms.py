"""Forms of the settings pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piste.company.models import CustomField, FieldKind, FieldSubject, Member, Role, Sees, Team
from piste.foundations.money import BadAmount, to_minor
from piste.web.start.views import COUNTRIES, currency_choices, zone_choices


class ProfileForm(forms.Form):
    """What a member says of themselves."""

    name = forms.CharField(label=_("Your name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=[("fr", "Français"), ("en", "English")])
    time_zone = forms.ChoiceField(label=_("Time zone"))
    theme = forms.ChoiceField(
        label=_("Theme"), choices=[("system", _("As my system")), ("light", _("Light")), ("dark", _("Dark"))]
    )
    single_keys = forms.BooleanField(label=_("Single-key shortcuts"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]


class CompanyForm(forms.Form):
    """What the company says of itself."""

    name = forms.CharField(label=_("Company"), max_length=120)
    language = forms.ChoiceField(label=_("Language of new members"), choices=[("fr", "Français"), ("en", "English")])
    currency = forms.ChoiceField(label=_("Currency"))
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    fiscal_year_month = forms.TypedChoiceField(
        label=_("First month of the fiscal year"), coerce=int, choices=[(m, str(m)) for m in range(1, 13)]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]


class RightsForm(forms.Form):
    """Role, view and team of a member or an invitation."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    sees = forms.ChoiceField(label=_("Sees"), choices=Sees.choices, initial=Sees.TEAM)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.all(), required=False)


class InvitationForm(RightsForm):
    """Whom to invite."""

    email = forms.EmailField(label=_("E-mail"))
    field_order = ("email", "role", "sees", "team")


class LeavingForm(forms.Form):
    """Who takes the deals of a member who leaves."""

    successor = forms.ModelChoiceField(label=_("Who takes their deals?"), queryset=Member.objects.none())

    def __init__(self, leaver: Member, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        field.queryset = Member.objects.active().exclude(pk=leaver.pk)  # type: ignore[attr-defined]
        field.required = needed


class NameForm(forms.Form):
    """One name: a team, a source, a reason, a tag."""

    name = forms.CharField(label=_("Name"), max_length=80)


class ProductForm(forms.Form):
    """A product and its list price."""

    name = forms.CharField(label=_("Name"), max_length=160)
    code = forms.CharField(label=_("Code"), max_length=60, required=False)
    price = forms.CharField(label=_("Price"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    currency = forms.ChoiceField(label=_("Currency"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        raw = (cleaned.pop("price", "") or "").replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace(",", ".")
        try:
            cleaned["price_minor"] = to_minor(raw, cleaned.get("currency", "EUR")) if raw else None
        except BadAmount:
            self.add_error("price", _("This price cannot be read. For example: 1200 or 12.50."))
        return cleaned


class CustomFieldForm(forms.Form):
    """A fact the company chooses to keep."""

    label = forms.CharField(label=_("Name"), max_length=80)
    subject = forms.ChoiceField(label=_("On"), choices=FieldSubject.choices)
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind.choices)
    options = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One a line.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lines = [line.strip() for line in (cleaned.get("options") or "").splitlines() if line.strip()]
        cleaned["options"] = list(dict.fromkeys(lines))
        if cleaned.get("kind") in (FieldKind.CHOICE, FieldKind.CHOICES) and not lines:
            self.add_error("options", _("Say at least one choice, one a line."))
        taken = CustomField.objects.filter(
            subject=cleaned.get("subject"), label__iexact=cleaned.get("label", ""), retired_at=None
        )
        if taken.exists():
            self.add_error("label", _("There is already a field of this name."))
        return cleaned
