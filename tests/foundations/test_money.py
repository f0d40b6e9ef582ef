"""Amounts are exact: what is kept is what was said, or it is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.foundations.money import (
    LIMIT,
    BadAmount,
    Money,
    Rate,
    UnknownCurrency,
    WrongRate,
    convert,
    currencies,
    decimals,
    sums,
    to_decimal,
    to_minor,
    unusual,
    whole,
)

CODES = st.sampled_from(["EUR", "USD", "JPY", "TND", "CHF", "XOF", "KWD"])
KEPT = st.integers(-LIMIT, LIMIT)


@pytest.mark.parametrize(
    ("code", "places"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("TND", 3),
        ("KWD", 3),
        ("XAF", 0),
        ("XPF", 0),
        ("XCG", 2),
        ("RSD", 2),
        ("IQD", 3),
        ("ISK", 0),
        ("FRF", 2),
    ],
)
def test_decimals_are_those_of_the_standard(code, places):
    assert decimals(code) == places


@pytest.mark.parametrize("code", ["", "EU", "eur", "ZZZ", "XXX", "XAU", "XTS", "€"])
def test_what_is_no_currency(code):
    with pytest.raises(UnknownCurrency):
        decimals(code)


def test_only_present_currencies_are_offered():
    offered = currencies()
    assert {"EUR", "USD", "GBP", "CHF", "XOF", "MAD"} <= set(offered)
    assert not {"FRF", "DEM", "XAU", "XXX", "XTS"} & set(offered)
    assert set(offered.values()) == {0, 2, 3}


def test_unusual_currencies_hold_all_that_have_not_two_decimals():
    assert unusual()["JPY"] == 0
    assert unusual()["TND"] == 3
    assert "EUR" not in unusual()
    assert {code for code, places in currencies().items() if places != 2} <= set(unusual())


@given(KEPT, CODES)
def test_a_kept_amount_survives_the_way_to_a_decimal_and_back(minor, code):
    assert to_minor(to_decimal(minor, code), code) == minor
    assert to_minor(str(to_decimal(minor, code)), code) == minor


@pytest.mark.parametrize(
    ("said", "code", "minor"),
    [
        ("12500", "EUR", 1_250_000),
        ("12.5", "EUR", 1_250),
        ("12.50000", "EUR", 1_250),
        ("-0.01", "EUR", -1),
        ("1.5E3", "JPY", 1500),
        ("0.001", "TND", 1),
        ("0", "EUR", 0),
        ("0E-50", "EUR", 0),
        ("-0", "EUR", 0),
        (7, "JPY", 7),
        ("90000000000000.00", "EUR", LIMIT),
    ],
)
def test_what_is_kept(said, code, minor):
    assert to_minor(said, code) == minor


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("12.345", "EUR", "decimals"),
        ("0.5", "JPY", "decimals"),
        ("1e-40", "EUR", "decimals"),
        ("1.0000000000000000000000000000000000000001", "EUR", "decimals"),
        ("90000000000000.01", "EUR", "too_large"),
        ("-90000000000000.01", "EUR", "too_large"),
        ("1e999999", "EUR", "too_large"),
        ("NaN", "EUR", "unreadable"),
        ("-Infinity", "EUR", "unreadable"),
        ("twelve", "EUR", "unreadable"),
        ("", "EUR", "unreadable"),
        ("12,5", "EUR", "unreadable"),
    ],
)
def test_what_is_refused_and_why(said, code, reason):
    with pytest.raises(BadAmount) as refusal:
        to_minor(said, code)
    assert refusal.value.reason == reason


@given(st.decimals(allow_nan=True, allow_infinity=True), CODES)
def test_any_decimal_is_kept_exactly_or_refused(said, code):
    try:
        minor = to_minor(said, code)
    except BadAmount:
        return
    assert abs(minor) <= LIMIT
    assert to_decimal(minor, code) == said


@given(st.lists(st.builds(Money, KEPT, CODES), max_size=20))
def test_currencies_are_never_added_together(amounts):
    found = sums(amounts)
    assert set(found) == {money.currency for money in amounts}
    for code, total in found.items():
        assert total == sum(money.amount_minor for money in amounts if money.currency == code)


def rate(value: str, origin: str = "EUR", target: str = "JPY") -> Rate:
    return Rate(origin, target, Decimal(value), date(2026, 11, 24), "ECB")


@pytest.mark.parametrize(
    ("minor", "by", "worth"),
    [(100, "160.5", 160), (100, "161.5", 162), (100, "162.51", 163), (-100, "160.5", -160), (0, "160.5", 0)],
)
def test_conversion_rounds_halves_to_even(minor, by, worth):
    assert convert(Money(minor, "EUR"), rate(by)) == Money(worth, "JPY")


def test_conversion_between_numbers_of_decimals():
    assert convert(Money(1_250_000, "EUR"), rate("3.3512", target="TND")) == Money(41_890_000, "TND")
    assert convert(Money(1_000, "JPY"), rate("0.0062", "JPY", "EUR")) == Money(620, "EUR")


@given(KEPT, CODES)
def test_a_rate_of_one_changes_nothing(minor, code):
    assert convert(Money(minor, code), rate("1", code, code)) == Money(minor, code)


def test_a_rate_of_other_currencies_is_refused():
    with pytest.raises(WrongRate):
        convert(Money(100, "USD"), rate("160.5"))


@pytest.mark.parametrize("value", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_that_is_none_is_refused(value):
    with pytest.raises(WrongRate):
        convert(Money(100, "EUR"), rate(value))


def test_a_conversion_past_the_limit_is_refused():
    with pytest.raises(BadAmount):
        convert(Money(LIMIT, "EUR"), rate("1000"))


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [(600_015, "EUR", 600_000), (600_050.4, "EUR", 600_100), (1_234, "JPY", 1_234), (1_499, "TND", 1_000), (-49, "EUR", 0)],
)
def test_what_is_computed_has_no_cents(minor, currency, said):
    assert whole(minor, currency) == said
