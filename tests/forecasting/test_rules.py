"""What is a period, and which target is in force for it."""

from __future__ import annotations

from datetime import date

import pytest

from piste.forecasting.rules import Key, Standing, is_period, missing_from, standing

OCTOBER = date(2026, 10, 1)


def key(span: int, first: date = OCTOBER) -> Key:
    return Key("rep", 7, span, first, "amount")


@pytest.mark.parametrize(
    ("span", "first", "starts", "is_one"),
    [
        (1, date(2026, 10, 1), 1, True),
        (1, date(2026, 10, 2), 1, False),
        (3, date(2026, 10, 1), 1, True),
        (3, date(2026, 11, 1), 1, False),
        (3, date(2026, 11, 1), 2, True),
        (12, date(2026, 4, 1), 4, True),
        (12, date(2026, 1, 1), 4, False),
        (2, date(2026, 1, 1), 1, False),
    ],
)
def test_periods_begin_with_the_fiscal_year(span: int, first: date, starts: int, is_one: bool) -> None:
    assert is_period(span, first, year_starts=starts) is is_one


def test_a_target_of_its_own_comes_before_the_sum_of_its_parts() -> None:
    assert standing({key(3): 500, key(1): 100}, key(3)) == Standing(500)


def test_a_period_without_one_has_the_sum_of_its_parts() -> None:
    months = {key(1, date(2026, month, 1)): 100 for month in (10, 11, 12)}
    assert standing(months, key(3)) == Standing(300, 3, 3)
    assert standing({key(1): 100}, key(3)) == Standing(100, 1, 3), "and says how much of it was set"
    assert standing(months, key(1, date(2026, 9, 1))) is None
    year = standing(months | {key(3, date(2026, 1, 1)): 50}, key(12, date(2026, 1, 1)))
    assert year == Standing(350, 2, 4)


def test_others_and_other_measures_do_not_count() -> None:
    assert standing({key(1)._replace(subject_id=8): 100, key(1)._replace(measure="wins"): 3}, key(3)) is None


def test_the_parts_against_the_whole() -> None:
    assert missing_from(300, [100, None, 150]) == -50
    assert missing_from(None, [100]) is None
    assert missing_from(300, [None]) is None
