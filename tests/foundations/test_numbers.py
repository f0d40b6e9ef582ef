from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.foundations.numbers import row_number


@given(st.integers(0, 10**18 - 1))
def test_a_number_of_a_row_is_read(number: int) -> None:
    assert row_number(str(number)) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", " 1", "1_0", "²", "٣", "one", str(10**18), "9" * 5000])
def test_what_no_column_holds_names_no_row(text: str) -> None:
    assert row_number(text) is None


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    number = row_number(text)
    assert number is None or 0 <= number < 10**18
