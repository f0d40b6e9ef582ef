"""What the first person says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member

from .regions import country_choices, currency_choices, zone_choices


class StartForm(forms.Form):
    """The company, and its first admin."""

    company = forms.CharField(
        label=_("Company"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization", "autofocus": True})
    )
    country = forms.ChoiceField(label=_("Country"), help_text=_("For public holidays and phone numbers."))
    currency = forms.ChoiceField(label=_("Currency"))
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=forms.Select(attrs={"data-zone": ""}))
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("Your e-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "country": country_choices(language),
            "currency": currency_choices(language),
            "time_zone": zone_choices(),
        }
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    @property
    def about_company(self) -> list[forms.BoundField]:
        return [self[name] for name in ("company", "country", "currency", "time_zone")]

    @property
    def about_you(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "email", "password")]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Member(name=self.data.get("name", ""), email=self.data.get("email", "")))
        return password
