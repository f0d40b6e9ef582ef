"""Decisions about the shape of a pipeline."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.pipelines.rules import kind_of_step, renumbered


@pytest.mark.parametrize(("target", "kind"), [(1, "returned"), (3, "advanced"), (4, "skipped")])
def test_what_a_step_is_called(target: int, kind: str) -> None:
    assert kind_of_step([1, 2, 3, 4], 2, target) == kind


@given(order=st.permutations(range(8)), kept=st.sets(st.integers(0, 7), min_size=1), chance=st.randoms())
def test_a_new_order_loses_no_stage(order: list[int], kept: set[int], chance: object) -> None:
    wanted = sorted(kept)
    chance.shuffle(wanted)  # type: ignore[attr-defined]
    found = renumbered(order, wanted)
    assert sorted(found) == sorted(order)
    assert [key for key in found if key in kept] == wanted
    for key in set(order) - kept:
        before = [other for other in order[: order.index(key)] if other in kept]
        after = [other for other in found[: found.index(key)] if other in kept]
        assert (before[-1:] or [None]) == (after[-1:] or [None])


def test_a_stage_that_is_new_goes_where_it_is_wanted() -> None:
    assert renumbered([1, 2, 3], [1, 9, 3]) == [1, 2, 9, 3]
