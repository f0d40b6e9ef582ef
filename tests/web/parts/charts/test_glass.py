"""The glass is to scale whatever the counts, and its words and lines never lie on one another."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from piste.web.parts.charts import glass
from piste.web.parts.charts.glass import CENTRE, HEIGHT, RIM, Glass, Level

COUNTS = st.lists(st.integers(0, 1_000_000), min_size=2, max_size=14).map(lambda counts: sorted(counts, reverse=True))
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def drawn(counts: list[int], kept: int | None = None, bottleneck: int | None = None) -> Glass:
    levels = [Level(f"Stage {place}", "3", count) for place, count in enumerate(counts[:-1])]
    levels.append(Level("Won", "won", counts[-1]))
    if kept is not None:
        levels.append(Level("Kept", "kept", kept))
    return glass.draw(levels, bottleneck=bottleneck)


@given(COUNTS, st.none() | st.integers(0, 2_000_000))
def test_widths_are_to_scale(counts: list[int], kept: int | None) -> None:
    made = drawn(counts, kept)
    every = [*counts, *([] if kept is None else [kept])]
    most = max(every)
    if most == 0:
        assert made.is_empty
        return
    for line, count in zip(made.lines, every, strict=True):
        assert abs((line.right - line.left) - 2 * RIM * count / most) < 0.03
        assert abs((line.right + line.left) / 2 - CENTRE) < 0.01


@given(COUNTS)
def test_levels_follow_each_other_down_to_the_foot(counts: list[int]) -> None:
    made = drawn(counts)
    if made.is_empty:
        return
    heights = [line.y for line in made.lines]
    assert heights[0] == 0
    assert all(below - above > 5 for above, below in pairwise([*heights, float(HEIGHT)]))


@given(COUNTS)
def test_a_wall_between_two_levels_is_between_their_widths(counts: list[int]) -> None:
    made = drawn(counts)
    if made.is_empty:
        return
    numbers = [float(found) for found in NUMBER.findall(made.walls[1])]
    ends = list(zip(numbers[0::2], numbers[1::2], strict=True))
    halves = {line.y: line.right for line in made.lines}
    last = made.lines[-1].y
    for x, y in ends:
        if y > last:
            continue
        above = min(right for height, right in halves.items() if height <= y + 0.01)
        below = max(right for height, right in halves.items() if height >= y - 0.01)
        assert below - 0.02 <= x <= above + 0.02


@given(COUNTS)
def test_lines_to_the_words_never_cross(counts: list[int]) -> None:
    made = drawn(counts)
    ways = [_corners(line.lead) for line in made.lines]
    for one, other in combinations(ways, 2):
        for a, b in pairwise(one):
            for c, d in pairwise(other):
                assert not _cross(a, b, c, d), (one, other)


def _corners(path: str) -> list[tuple[float, float]]:
    """The corners of a path of M, H and L."""
    corners: list[tuple[float, float]] = []
    for step, rest in re.findall(r"([MHL])([^MHL]+)", path):
        numbers = [float(found) for found in NUMBER.findall(rest)]
        corners.append((numbers[0], corners[-1][1]) if step == "H" else (numbers[0], numbers[1]))
    return corners


Corner = tuple[float, float]


def _cross(a: Corner, b: Corner, c: Corner, d: Corner) -> bool:
    """Two pieces that pass through one another, not merely touch."""

    def side(p: Corner, q: Corner, r: Corner) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < -1 and side(c, d, a) * side(c, d, b) < -1


def test_a_million_to_three_is_a_line_and_one_stage_a_glass() -> None:
    thin = drawn([1_000_000, 3])
    assert thin.lines[1].right - thin.lines[1].left < 0.01
    assert len(thin.bands) == 1
    assert len(drawn([12, 3], kept=7).bands) == 2


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn([0, 0]).is_empty
    assert glass.draw([]).is_empty


def test_the_olive_lies_in_the_stage_that_holds_most_back() -> None:
    counts = [1240, 318, 171, 96, 57, 41]
    for place in range(5):
        olive = drawn(counts, bottleneck=place).olive
        lines = drawn(counts).lines
        assert olive is not None
        assert lines[place].y < olive.y * HEIGHT / 100 < lines[place + 1].y
    assert drawn(counts, bottleneck=5).olive is None


def test_the_note_stays_away_from_a_wide_glass() -> None:
    wide, thin = drawn([10, 9, 8], bottleneck=0).olive, drawn([100, 20, 4], bottleneck=0).olive
    assert wide is not None
    assert thin is not None
    assert not wide.has_note
    assert thin.has_note
