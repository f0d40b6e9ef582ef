"""Amounts as people write them, each column read one way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.exchange.reading.amounts import BadValue, currency_of, decimal_mark, is_nothing, read_amount

SPACES = ("", " ", "\u00a0", "\u202f", "'")


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("12 500,50 €", ",", "12500.50"),
        ("12\u00a0500,50", ",", "12500.50"),
        ("12\u202f500,50 €", ".", "12500.50"),
        ("$22,700.00", ",", "22700"),
        ("$1,117.10K", ".", "1117100"),
        ("50 k€", ",", "50000"),
        ("156,78025 k€", ",", "156780.25"),
        ("1,2 M€", ",", "1200000"),
        ("3 Mds €", ",", "3000000000"),
        ("1.234,5", ".", "1234.5"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234.567", ".", "1234567"),
        ("12,34,567.00", ".", "1234567"),
        ("(150)", ",", "-150"),
        ("(150,00 €)", ",", "-150"),
        ("-150", ",", "-150"),
        ("- 150 €", ",", "-150"),
        ("150-", ",", "-150"),
        ("€ -1 500", ",", "-1500"),
        ("\u2212150", ",", "-150"),
        ("1'250.00 CHF", ".", "1250"),
        ("CHF 1’250", ".", "1250"),
        ("12 500 € HT", ",", "12500"),
        ("1 500 euros", ",", "1500"),
        ("50 kEUR", ",", "50000"),
        ("1.25E+06", ".", "1250000"),
        ("1234.5670", ",", "1234.567"),
        (".5", ".", "0.5"),
        ("0", ",", "0"),
        ("1000000 JPY", ",", "1000000"),
    ],
)
def test_amounts_are_read_exactly(text: str, mark: str, value: str) -> None:
    assert read_amount(text, mark) == Decimal(value)


@pytest.mark.parametrize("text", ["", " ", "nc", "N/A", "-", "—", "à définir", "null", "#N/A", "Select"])
def test_cells_that_say_nothing(text: str) -> None:
    assert is_nothing(text)
    assert read_amount(text, ",") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("12O0", "amount_letter"),
        ("12.500,O0", "amount_letter"),
        ("NaN", "amount"),
        ("inf", "amount"),
        ("1e400", "amount_large"),
        ("1" * 60, "amount_large"),
        ("9" * 16, "amount_large"),
        ("1.2.3", "amount"),
        ("1,2,3", "amount"),
        ("--5", "amount"),
        ("-5-", "amount"),
        ("12 apples", "amount"),
        ("=1+1", "amount"),
        ("#REF!", "amount"),
        ("1e-400", "amount"),
    ],
)
def test_what_is_no_amount_says_why(text: str, code: str) -> None:
    with pytest.raises(BadValue) as refused:
        read_amount(text, ",")
    assert refused.value.code == code


def test_a_letter_among_figures_is_named_with_what_was_meant() -> None:
    with pytest.raises(BadValue) as refused:
        read_amount("12.500,O0", ",")
    assert refused.value.facts == {"value": "12.500,O0", "meant": "12.500,00"}


@pytest.mark.parametrize(
    ("texts", "usual", "verdict"),
    [
        (["1,234", "5,678"], ",", (",", False)),
        (["1,234", "5,678"], ".", (".", False)),
        (["1,234", "5,50"], ".", (",", True)),
        (["1,234", "5.50"], ",", (".", True)),
        (["1.234.567"], ".", (",", True)),
        (["1500", "20"], ",", (",", True)),
        (["0,500"], ".", (",", True)),
        (["1,234", "5.50", "2,50"], ",", (",", False)),
    ],
)
def test_a_column_tells_its_decimal_mark(texts: list[str], usual: str, verdict: tuple[str, bool]) -> None:
    assert decimal_mark(texts, usual) == verdict


@pytest.mark.parametrize(
    ("text", "code"),
    [("12 €", "EUR"), ("$5", "USD"), ("CHF 5", "CHF"), ("5 k€", "EUR"), ("US$ 5", "USD"), ("5 XYZ", ""), ("1 000 dollars", "USD"),
     ("12", ""), ("5 000 TND", "TND"), ("1 500 F CFA", "XOF"), ("50 keur", "EUR")],
)  # fmt: skip
def test_currencies_beside_amounts(text: str, code: str) -> None:
    assert currency_of(text) == code


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False, allow_infinity=False),
    st.sampled_from(SPACES),
    st.sampled_from([",", "."]),
    st.sampled_from(["", " €", "$", " EUR"]),
)
def test_an_amount_comes_back_however_it_was_written(value: Decimal, space: str, mark: str, sign: str) -> None:
    text = f"{value:,.2f}".replace(",", "\0").replace(".", mark).replace("\0", space) + sign
    assert read_amount(text, mark) == value
    assert read_amount(text, "," if mark == "." else ".") == value, "two decimals tell the mark by themselves"


@given(st.integers(-(10**13), 10**13))
def test_whole_numbers_with_thousands(value: int) -> None:
    assert read_amount(f"{value:,}", ".") == value
    assert read_amount(f"{value:,}".replace(",", "."), ",") == value


@given(st.text(max_size=40), st.sampled_from([",", "."]))
def test_no_text_breaks_it(text: str, mark: str) -> None:
    currency_of(text)
    try:
        value = read_amount(text, mark)
    except BadValue:
        return
    assert value is None or value.is_finite()
