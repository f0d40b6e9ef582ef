"""What decides about findings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.audits import rules


@given(st.sets(st.integers(1, 2**62), max_size=200))
def test_what_was_named_is_named_again(keys: set[int]) -> None:
    assert rules.unpacked(rules.packed(list(keys))) == sorted(keys)


@pytest.mark.parametrize(
    ("count", "before", "is_first", "expected"),
    [
        (3, None, True, "first"),
        (3, None, False, "new"),
        (100, 100, False, "same"),
        (104, 100, False, "same"),
        (106, 100, False, "worse"),
        (94, 100, False, "smaller"),
        (4, 3, False, "worse"),
    ],
)
def test_what_became_of_a_finding(count: int, before: int | None, is_first: bool, expected: str) -> None:
    assert rules.became(count, before, is_first=is_first) == expected


def test_seriousness_is_the_share_that_was_found() -> None:
    found = [rules.severity("no_step", count, 100) for count in (9, 10, 24, 25)]
    assert found == [1, 2, 2, 3]
    assert rules.severity("unused_field", 9, 10) == 1


def test_another_order_must_save_much_to_be_spoken_of() -> None:
    assert [rules.fights(*pair) for pair in ((608, 109), (608, 500), (15, 0))] == [True, False, False]


def test_every_look_is_told_in_a_part() -> None:
    from piste.audits.queries.looking import LOOKS

    assert set(LOOKS) == set(rules.CODES)
