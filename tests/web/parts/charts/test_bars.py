"""Heights are to scale from zero; labels never lie on one another."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.web.parts.charts import bars
from piste.web.parts.charts.bars import Bar
from piste.web.parts.charts.labels import LETTER, WIDTHS

VALUES = st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=60)


@given(VALUES)
def test_heights_are_to_scale(values: list[float | None]) -> None:
    made = bars.draw([Bar("x", value, "") for value in values])
    most = max((value or 0 for value in values), default=0)
    for drawn in made.bars:
        assert drawn.top + drawn.height == pytest.approx(100, abs=0.01)
        share = (drawn.bar.value or 0) / most if most else 0
        assert drawn.height == pytest.approx(100 * share, abs=0.01)


@given(VALUES)
def test_bars_stand_beside_each_other_within_the_box(values: list[float | None]) -> None:
    made = bars.draw([Bar("x", value, "") for value in values])
    for one, other in pairwise(made.bars):
        assert one.left + one.width < other.left
    assert made.bars[0].left >= 0
    assert made.bars[-1].left + made.bars[-1].width <= 100


@given(VALUES, st.integers(1, 12), st.integers(1, 12))
def test_labels_have_room_at_every_width(values: list[float | None], letters: int, figures: int) -> None:
    made = bars.draw([Bar("m" * letters, value, "8" * figures) for value in values])
    names = list(WIDTHS)
    for shown, width in WIDTHS.items():
        allowed = names[: names.index(shown) + 1]
        for of, length in (("label_from", letters), ("value_from", figures)):
            places = [drawn.middle for drawn in made.bars if getattr(drawn, of) in allowed]
            assert all((b - a) * width / 100 >= length * LETTER for a, b in pairwise(places))
            assert places, "the last one is always said"
            assert places[-1] == made.bars[-1].middle


def test_a_few_bars_are_no_walls() -> None:
    assert bars.draw([Bar("2025", 1, "1"), Bar("2026", 2, "2")]).bars[1].width < 20


def test_below_zero_is_drawn_as_zero() -> None:
    assert bars.draw([Bar("a", -5, "−5"), Bar("b", 5, "5")]).bars[0].height == 0
