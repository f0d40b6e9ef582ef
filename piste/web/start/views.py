"""One page, once in the life of an installation."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from piste.company.models import Member, Settings
from piste.company.operations import AlreadySetUp
from piste.deals.operations import FirstChoices, first_start
from piste.foundations.money import currencies
from piste.web.account.views import BACKEND

COUNTRIES = (("FR", "France"), ("BE", "Belgique"), ("CH", "Suisse"), ("LU", "Luxembourg"), ("CA", "Canada"), ("GB", "United Kingdom"),
             ("IE", "Ireland"), ("DE", "Deutschland"), ("ES", "España"), ("IT", "Italia"), ("NL", "Nederland"), ("PT", "Portugal"),
             ("US", "United States"), ("TN", "Tunisie"), ("MA", "Maroc"), ("SN", "Sénégal"), ("CI", "Côte d’Ivoire"))  # fmt: skip
USUAL_CURRENCIES = ("EUR", "CHF", "GBP", "USD", "CAD", "TND", "MAD", "XOF", "JPY")


def currency_choices() -> list[tuple[str, str]]:
    """The usual currencies first, then all others."""
    others = sorted(code for code in currencies() if code not in USUAL_CURRENCIES)
    return [(code, code) for code in (*USUAL_CURRENCIES, *others)]


def zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name]


class StartForm(forms.Form):
    """What is needed to begin."""

    company = forms.CharField(label=_("Company"), max_length=120)
    currency = forms.ChoiceField(label=_("Currency"))
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES, help_text=_("For public holidays and phone numbers."))
    time_zone = forms.ChoiceField(label=_("Time zone"))
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your e-mail"))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=False),
        help_text=_("At least ten characters."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currency_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Member(name=self.data.get("name", ""), email=self.data.get("email", "")))
        return password


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Shows the form until the company exists; then there is nothing here any more."""
    if Settings.objects.filter(pk=1).exists():
        return redirect("home")
    language = translation.get_language() or "en"
    initial = {"currency": "EUR", "country": "FR", "time_zone": "Europe/Paris"}
    form = StartForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            admin = first_start(choices=FirstChoices(language=language, **form.cleaned_data), at=timezone.now())
        except AlreadySetUp:
            return redirect("home")
        login(request, admin, backend=BACKEND)
        return redirect("home")
    status = 422 if request.method == "POST" else 200
    return render(request, "start/start.html", {"form": form}, status=status)
