"""Countries, currencies and time zones to choose from, in the reader's language."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from piste.foundations.money import currencies
from piste.foundations.names import plain

USUAL_CURRENCIES = ("EUR", "CHF", "GBP", "USD", "CAD", "TND", "MAD", "XOF", "JPY")
REGIONS = frozenset("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific".split())
#: Where a browser that says only its language most probably is.
HOMES = {"fr": "FR", "en": "GB"}
#: Codes that are no country: unions, outlying oceans, unknown.
SPECIAL = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


class LongSelect(forms.Select):
    """A choice among hundreds, written in one go: a template for each of 430 time zones took a fifth of a second."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = str(value)
        said = ((code, SafeString(" selected" if str(code) == chosen else ""), label) for code, label in self.choices)
        options = format_html_join("\n", '<option value="{}"{}>{}</option>', said)
        return format_html(
            "<select{}>{}</select>", flatatt(self.build_attrs(self.attrs, {"name": name} | (attrs or {}))), options
        )


@cache
def country_choices(language: str) -> list[tuple[str, str]]:
    """Every country by its name, in the order of the alphabet."""
    from babel import Locale

    found = Locale.parse(language).territories
    named = [(code, name) for code, name in found.items() if len(code) == 2 and code.isalpha() and code not in SPECIAL]
    return sorted(named, key=lambda pair: plain(pair[1]))


@cache
def currency_choices(language: str) -> list[tuple[str, str]]:
    """The usual currencies first, then all others, each with its name."""
    from babel import Locale

    names = Locale.parse(language).currencies
    others = sorted(code for code in currencies() if code not in USUAL_CURRENCIES)
    return [(code, f"{code} · {names.get(code, code)}") for code in (*USUAL_CURRENCIES, *others)]


@cache
def zone_choices() -> list[tuple[str, str]]:
    """Every time zone named by a place."""
    regions = (
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    names = [name for name in available_timezones() if name.startswith(regions)]
    return [(name, name.replace("_", " ")) for name in sorted(names)]


def country_of(accepted: str) -> str:
    """The country a browser's `Accept-Language` names (`fr-CH` says CH), else the first home of its language."""
    for part in accepted.split(","):
        language, _, country = part.split(";")[0].strip().partition("-")
        if len(country) == 2 and country.isalpha():
            return country.upper()
        if language in HOMES:
            return HOMES[language]
    return HOMES["en"]


def currency_of(country: str) -> str:
    """The currency in use in a country today, EUR where none is known."""
    from babel.numbers import get_territory_currencies

    found = get_territory_currencies(country)
    return found[0] if found and found[0] in currencies() else "EUR"


def country_name(value: str, language: str) -> str:
    """A country's name for its code; whatever else was written stays as it is."""
    return dict(country_choices(language)).get(value.upper(), value)
