"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from piste.foundations.figures import read_number


@pytest.mark.parametrize(
    ("text", "locale", "value"),
    [
        ("12500", "fr", "12500"),
        ("12 500,50", "fr", "12500.50"),
        ("12\u202f500,50\u00a0€", "fr", "12500.50"),
        ("12,5k", "fr", "12500.0"),
        ("12.5k", "fr", "12500.0"),
        ("12.5k", "en", "12500.0"),
        ("1,2 M€", "fr", "1200000"),
        ("46.5 K", "en", "46500"),
        ("12,500", "en", "12500"),
        ("12,500", "fr", "12.500"),
        ("12.500", "fr", "12500"),
        ("12.500", "en", "12.500"),
        ("12,500.50", "en", "12500.50"),
        ("12.500,50", "en", "12500.50"),
        ("1,234,567", "en", "1234567"),
        ("1.234.567", "fr", "1234567"),
        ("12'500.50", "fr", "12500.50"),
        ("−300", "fr", "-300"),
        ("£1,000", "en", "1000"),
        ("0", "en", "0"),
        ("10,5", "en", "10.5"),
    ],
)
def test_what_is_read(text, locale, value):
    assert read_number(text, locale) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "twelve", "12kk", "1,2,3", "1.2.3", "--3", "NaN", "Infinity", "1e9", "12 500 pears", "9" * 30, ".", ",", "0x10"]
)
@pytest.mark.parametrize("locale", ["fr", "en"])
def test_what_is_refused(text, locale):
    with pytest.raises(ValueError):  # noqa: PT011
        read_number(text, locale)
