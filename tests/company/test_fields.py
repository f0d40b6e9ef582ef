"""What custom fields keep of what people and files write, and how they show it again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.company.fields import BadValue, parse, show
from piste.company.models import CustomField, FieldKind


def field(kind: str, *options: str) -> CustomField:
    return CustomField(subject="deal", key="fact", label="Fact", kind=kind, options=list(options))


@pytest.mark.parametrize(
    ("raw", "language", "kept"),
    [
        ("1200", "", "1200"),
        ("12,5", "", "12.5"),
        ("12,5", "fr", "12.5"),
        ("1 234,56", "fr", "1234.56"),
        ("1\u202f234,56", "", "1234.56"),
        ("1,234.56", "", "1234.56"),
        ("1.234,56", "", "1234.56"),
        ("1,200", "en", "1200"),
        ("1,200", "fr", "1.200"),
        ("1,234,567", "", "1234567"),
        ("\u221212.50", "en", "-12.50"),
        (1200, "", "1200"),
        (Decimal("0.10"), "", "0.10"),
        ("1e3", "", "1000"),
    ],
)
def test_numbers_are_kept_exactly(raw: Any, language: str, kept: str) -> None:
    assert parse(field(FieldKind.NUMBER), raw, language=language) == kept


@pytest.mark.parametrize("raw", ["twelve", "1e999999999", "1e-999999999", "nan", "inf", "1" * 31, "12,5,3.1.2", "--1", "9" * 500])
def test_what_is_no_number_is_refused(raw: str) -> None:
    with pytest.raises(BadValue):
        parse(field(FieldKind.NUMBER), raw)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("2026-11-26", "2026-11-26"),
        ("26/11/2026", "2026-11-26"),
        ("1.2.2026", "2026-02-01"),
        (date(2026, 11, 26), "2026-11-26"),
        (datetime(2026, 11, 26, 23, 59, tzinfo=UTC), "2026-11-26"),
        ("2026-11-26T10:00:00Z", "2026-11-26"),
    ],
)
def test_dates_are_kept_as_iso(raw: Any, kept: str) -> None:
    assert parse(field(FieldKind.DATE), raw) == kept


@pytest.mark.parametrize("raw", ["2026-02-30", "31/04/2026", "tomorrow", "26/11/26", "2026-11-261"])
def test_impossible_dates_are_refused(raw: str) -> None:
    with pytest.raises(BadValue, match="date"):
        parse(field(FieldKind.DATE), raw)


def test_yes_and_no_are_read_in_both_languages() -> None:
    one = field(FieldKind.YES_NO)
    assert [parse(one, raw) for raw in ("Oui", "yes", "VRAI", True)] == [True] * 4
    assert [parse(one, raw) for raw in ("non", "No", "0", False)] == [False] * 4
    with pytest.raises(BadValue, match="yes_no"):
        parse(one, "perhaps")


def test_a_truth_in_another_field_is_text() -> None:
    assert parse(field(FieldKind.TEXT), True) == "True"
    with pytest.raises(BadValue):
        parse(field(FieldKind.NUMBER), True)


def test_choices_are_found_whatever_their_case_and_kept_as_the_company_writes_them() -> None:
    assert parse(field(FieldKind.CHOICE, "Île-de-France", "Sud"), "île-de-france") == "Île-de-France"
    several = field(FieldKind.CHOICES, "A", "B", "C")
    assert parse(several, "b; a ;B") == ["B", "A"]
    assert parse(several, ["c"]) == ["C"]
    assert parse(several, "") is None
    with pytest.raises(BadValue, match="choice"):
        parse(several, "a; d")


def test_addresses_and_numbers_to_call() -> None:
    assert parse(field(FieldKind.URL), "parc-neuf.fr") == "https://parc-neuf.fr"
    assert parse(field(FieldKind.EMAIL), " a@b.fr ") == "a@b.fr"
    assert parse(field(FieldKind.PHONE), "+33 1 02 03 04 05") == "+33 1 02 03 04 05"
    for kind, raw in (
        (FieldKind.URL, "javascript:alert(1)"),
        (FieldKind.URL, "ftp://x.fr"),
        (FieldKind.URL, "word"),
        (FieldKind.EMAIL, "a@b"),
        (FieldKind.PHONE, "no"),
    ):
        with pytest.raises(BadValue):
            parse(field(kind), raw)


@pytest.mark.parametrize("kind", FieldKind.values)
def test_nothing_is_none(kind: str) -> None:
    assert [parse(field(kind, "A"), raw) for raw in (None, "", "  ")] == [None] * 3


@pytest.mark.parametrize("raw", ["x" * 20_001, "a\x00b", "\ud800"])
def test_what_no_database_keeps_is_refused(raw: str) -> None:
    with pytest.raises(BadValue) as refused:
        parse(field(FieldKind.LONG_TEXT), raw)
    assert "\x00" not in refused.value.value


@given(st.sampled_from(FieldKind.values), st.text() | st.integers() | st.booleans() | st.none() | st.dates() | st.decimals())
def test_whatever_is_written_is_kept_as_json_or_refused(kind: str, raw: Any) -> None:
    one = field(kind, "A", "B")
    try:
        kept = parse(one, raw)
    except BadValue:
        return
    assert json.loads(json.dumps(kept)) == kept
    assert parse(one, kept, language="en") == kept
    for language in ("fr", "en"):
        assert isinstance(show(one, kept, language), str)


def test_values_are_shown_in_the_language_of_the_reader() -> None:
    number, day = field(FieldKind.NUMBER), field(FieldKind.DATE)
    assert show(number, "1234567.50", "fr") == "1\u202f234\u202f567,50"
    assert show(number, "-1234.5", "en") == "\u22121,234.5"
    assert show(number, "123456789012345678.123", "en") == "123,456,789,012,345,678.123"
    assert show(day, "2026-11-26", "fr") == "jeu. 26\u00a0nov. 2026"
    assert show(day, "2026-11-26", "en", today=date(2026, 1, 1)) == "Thu 26\u00a0Nov"
    assert show(field(FieldKind.YES_NO), False, "fr") == "Non"
    assert show(field(FieldKind.CHOICES), ["A", "B"], "fr") == "A, B"
    assert show(number, None, "fr") == ""
