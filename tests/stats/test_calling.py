"""How right calls were."""

from __future__ import annotations

import pytest

from piste.stats.calling import Record, record


def test_bias_and_miss_are_against_what_happened() -> None:
    found = record([(120, 100), (50, 100)])
    assert found.n == 2
    assert found.bias == pytest.approx(-0.15)
    assert found.wape == pytest.approx(0.35)


def test_where_nothing_happened_there_is_no_share() -> None:
    assert record([(5, 0)]) == Record(1, None, None)
    assert record([]) == Record(0, None, None)
