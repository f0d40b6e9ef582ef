"""The small drawings of a row: sparks, ranges, intervals."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.web.parts.charts import dotrange, spark, strip

VALUES = st.lists(st.none() | st.floats(-1e6, 1e6), max_size=40)


def points(made: spark.Spark) -> list[tuple[float, float]]:
    on_lines = [tuple(map(float, pair.split(","))) for line in made.lines for pair in line.split()]
    return sorted([*((x, y) for x, y in on_lines), *made.dots])


@given(VALUES)
def test_every_known_value_is_drawn_once_and_no_other(values: list[float | None]) -> None:
    made = spark.draw(values)
    assert len(points(made)) == sum(value is not None for value in values)
    assert all(0 <= x <= spark.WIDTH and 0 <= y <= spark.HEIGHT for x, y in points(made))


@given(VALUES)
def test_what_is_more_stands_higher(values: list[float | None]) -> None:
    known = [value for value in values if value is not None]
    for (one, (_, y)), (other, (_, z)) in pairwise(zip(known, points(spark.draw(values)), strict=True)):
        assert (one < other) <= (y >= z)


def test_a_gap_breaks_the_line_and_the_last_is_marked() -> None:
    made = spark.draw([1, 2, None, 3, None, 4, 5])
    assert len(made.lines) == 2
    assert len(made.dots) == 1
    assert made.last is not None
    assert made.last[0] == spark.WIDTH - spark.SIDE
    assert spark.draw([1, 2, None]).last is None
    assert spark.draw([]).last is None


@given(st.lists(st.floats(0, 5000), min_size=3, max_size=3), st.none() | st.floats(0, 5000))
def test_lengths_are_to_one_scale(lengths: list[float], norm: float | None) -> None:
    low, median, high = sorted(lengths)
    most = dotrange.scale([(low, median, high, norm)])
    made = dotrange.draw(low, median, high, norm=norm, most=most)
    assert made.is_over == (norm is not None and median > norm)
    for place, length in ((made.low_at, low), (made.median_at, median), (made.high_at, high), (made.norm_at, norm)):
        if length is None:
            assert place is None
        elif most:
            assert place == pytest.approx(dotrange.ROOM + length / most * (100 - 2 * dotrange.ROOM), abs=0.01)


def test_an_end_not_reached_is_open() -> None:
    made = dotrange.draw(3, None, None, norm=10, most=20)
    assert made.is_open
    assert made.high_at == 100 - dotrange.ROOM
    assert made.median_at is None
    assert not made.is_over
    nothing = dotrange.draw(None, None, None, norm=None, most=0)
    assert nothing.low_at is None
    assert nothing.high_at is None
    assert not nothing.is_open


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_an_interval_is_as_wide_as_it_is(low: float, high: float, mark: float) -> None:
    made = strip.draw(low, high, mark=mark)
    assert made.width == pytest.approx(100 * abs(high - low), abs=0.02)
    assert made.mark_at == pytest.approx(100 * mark, abs=0.01)
    assert made.high_at - made.low_at == pytest.approx(made.width, abs=0.02)


def test_what_lies_outside_stands_at_the_edge() -> None:
    made = strip.draw(-0.5, 0.25, estimate=2, start=0, end=0.5)
    assert (made.low_at, made.high_at, made.estimate_at, made.mark_at) == (0, 50, 100, None)
