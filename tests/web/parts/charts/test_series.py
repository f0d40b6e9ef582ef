"""Tallies, forests, lines, flows and their round ticks: to scale, between gaps, every move once."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piste.web.parts.charts import flow, forest, line, reliability, tally
from piste.web.parts.charts.ticks import ticks

NUMBERS = st.floats(-1e9, 1e9).filter(lambda number: number == 0 or abs(number) > 1e-6)
COUNTS = st.lists(st.lists(st.integers(0, 10_000), min_size=1, max_size=5), min_size=1, max_size=12)


def plain(value: float) -> str:
    return f"{value:g}"


@given(NUMBERS, NUMBERS, st.integers(2, 6))
def test_ticks_are_even_and_hold_all(one: float, other: float, wanted: int) -> None:
    low, high = sorted((one, other))
    made = ticks(low, high, wanted)
    slack = 1e-6 * max(abs(low), abs(high), 1e-9)
    assert made[0] <= low + slack
    assert made[-1] >= high - slack
    steps = [b - a for a, b in pairwise(made)]
    assert steps
    assert min(steps) > 0
    assert max(steps) - min(steps) <= 1e-6 * max(steps) + slack


def test_ticks_are_round() -> None:
    assert ticks(0, 0.61, 3) == (0, 0.25, 0.5, 0.75)
    assert ticks(0, 97, 4) == (0, 25, 50, 75, 100)
    assert ticks(0, 0, 3)[0] == 0
    assert ticks(0.3, 0.3, 3)[0] <= 0.3 <= ticks(0.3, 0.3, 3)[-1]


@given(COUNTS)
def test_lengths_and_their_parts_are_to_scale(counts: list[list[int]]) -> None:
    rows = [tally.Row("x", sum(parts), "", parts=tuple(tally.Part("1", part, "") for part in parts)) for parts in counts]
    made = tally.draw(rows)
    most = max(sum(parts) for parts in counts)
    for drawn, parts in zip(made.rows, counts, strict=True):
        share = 100 / most if most else 0
        assert drawn.width == pytest.approx(sum(parts) * share, abs=0.01)
        assert [piece.width for piece in drawn.pieces] == pytest.approx([part * share for part in parts], abs=0.01)
        for piece, after in pairwise(drawn.pieces):
            assert after.left == pytest.approx(piece.left + piece.width, abs=0.01)


def test_parts_never_reach_past_their_row() -> None:
    made = tally.draw([tally.Row("x", 10, "", parts=(tally.Part("1", 8, ""), tally.Part("2", 8, "")))])
    assert [piece.width for piece in made.rows[0].pieces] == [80, 20]


def test_all_intervals_lie_on_one_scale() -> None:
    rows = [forest.Row("a", 0.2, 0.4, 0.3, ""), forest.Row("b", 0.3, 0.78, 0.5, ""), forest.Row("c", None, None, None, "")]
    made = forest.draw(rows, say=plain, mark=0.4)
    assert made.ticks == ((0, "0.2"), (33.33, "0.4"), (66.67, "0.6"), (100, "0.8"))
    first, second, third = (drawn.strip for drawn in made.rows)
    assert first is not None
    assert second is not None
    assert third is None
    assert first.high_at == first.mark_at == second.mark_at == made.mark_at == 33.33
    assert second.high_at == pytest.approx(96.67)


def test_a_forest_of_nothing_has_a_scale() -> None:
    assert len(forest.draw([], say=plain).ticks) >= 2


@example([5e-324])
@given(st.lists(st.none() | st.floats(0, 1), max_size=40))
def test_every_known_value_is_a_dot_in_its_place(values: list[float | None]) -> None:
    made = line.draw([line.Point(str(place), value) for place, value in enumerate(values)], say=plain)
    top = float(made.ticks[-1][1])
    for drawn in made.points:
        if drawn.point.value is None:
            assert drawn.y is None
        else:
            assert drawn.y == pytest.approx(100 - 100 * drawn.point.value / top, abs=0.01)
    on_lines = sum(path.count("L") + 1 for path in made.lines)
    alone = sum(
        value is not None and all(near < 0 or near >= len(values) or values[near] is None for near in (place - 1, place + 1))
        for place, value in enumerate(values)
    )
    assert on_lines + alone == sum(value is not None for value in values)


def test_the_last_period_is_dashed_while_it_goes_on() -> None:
    points = [line.Point("a", 1), line.Point("b", 2), line.Point("c", 3, is_partial=True)]
    made = line.draw(points, say=plain)
    assert [path.count("L") for path in made.lines] == [1]
    assert made.ending.count("L") == 1
    assert made.last is not None
    assert made.last.said == "3"
    assert line.draw(points[:2], say=plain).ending == ""
    gap = line.draw([line.Point("a", 1), line.Point("b", None), line.Point("c", 3, is_partial=True)], say=plain)
    assert gap.ending == ""


def test_the_interval_is_a_surface_between_gaps() -> None:
    points = [line.Point("a", 5, 4, 6), line.Point("b", 5, 3, 7), line.Point("c", None), line.Point("d", 5, 1, 8)]
    made = line.draw(points, say=plain)
    assert len(made.bands) == 2
    heights = [float(found) for found in re.findall(r" ([\d.]+)", made.bands[0])]
    assert heights == [40, 30, 70, 60], "6 and 7 above, 3 and 4 below, out of 10"
    assert made.points[1].range_said == "3 – 7"


def test_the_words_of_a_mark_stay_away_from_the_last_value() -> None:
    points = [line.Point("a", 5), line.Point("b", 9)]
    assert line.draw(points, say=plain, mark=9, mark_said="m").mark_x < 100
    assert line.draw(points, say=plain, mark=2, mark_said="m").mark_x == 100


@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), st.integers(0, 1000)))
def test_every_move_is_counted_once_in_its_kind(pairs: dict[tuple[int, int], int]) -> None:
    stages = [(str(place), f"S{place}") for place in range(6)]
    made = flow.draw(stages, [flow.Move(origin, goal, count) for (origin, goal), count in pairs.items()])
    for place, row in enumerate(made.rows):
        steps = (*row.forward, *row.skipped, *row.back)
        assert row.total == sum(step.count for step in steps)
        assert row.total == sum(count for (origin, goal), count in pairs.items() if origin == place and goal != place)
        assert not steps or sum(step.share for step in steps) == pytest.approx(1)
        assert all(int(step.rank) == place + 1 for step in row.forward)
        assert all(int(step.rank) > place + 1 for step in row.skipped)
        assert all(int(step.rank) < place for step in row.back)


SHARES = st.floats(0, 1)
GROUPS = st.lists(st.builds(reliability.Group, SHARES, SHARES, st.integers(1, 900)), min_size=1, max_size=10)


@given(GROUPS, GROUPS)
def test_whoever_is_right_stands_on_the_diagonal(ours: list[reliability.Group], others: list[reliability.Group]) -> None:
    told = [reliability.Teller("ours", ours), reliability.Teller("others", others)]
    drawn = reliability.draw(told, say=plain)
    assert [len(way.groups) for way in drawn.ways] == [len(ours), len(others)]
    for way in drawn.ways:
        assert [one.x for one in way.groups] == sorted(one.x for one in way.groups)
        for one in way.groups:
            assert 0 <= one.x <= 100
            assert 0 <= one.y <= 100
            below = one.x - (100 - one.y)
            assert abs(below) < 0.01 or (below > 0) == (one.group.said > one.group.came)
