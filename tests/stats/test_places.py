"""Numbers that stand in their places, found without searching or sorting."""

from __future__ import annotations

import numpy as np
import pytest

from piste.stats.places import Places, last_until, parted, told_apart

#: Close together, below nought, scattered so far that they are searched for, alone, none.
KNOWN = [[3, 4, 6, 9], [-7, -1, 0, 5], [-(2**62), 0, 17, 2**40], [12], []]


@pytest.mark.parametrize("numbers", KNOWN)
def test_numbers_are_found_where_they_stand(numbers: list[int]) -> None:
    found = Places(np.array(numbers, dtype=np.int64))
    wanted = [number + step for number in numbers for step in (-1, 0, 1)] + [10**6]
    expected = [numbers.index(one) if one in numbers else -1 for one in wanted]
    assert found.find(np.array(wanted, dtype=np.int64)).tolist() == expected
    assert found.of(np.array(numbers[::-1], dtype=np.int64)).tolist() == list(range(len(numbers)))[::-1]


@pytest.mark.parametrize("numbers", KNOWN)
def test_the_same_are_told_apart_and_parted_as_they_are_by_sorting(numbers: list[int]) -> None:
    drawn = np.random.default_rng(4).choice(np.array(numbers, dtype=np.int64), 50 if numbers else 0)
    known, place = told_apart(drawn)
    expected, back = np.unique(drawn, return_inverse=True)
    assert known.tolist() == expected.tolist()
    assert place.tolist() == back.tolist()
    # Some of them may have no row.
    for count in (len(known), len(known) + 2, 2**15 + 1):
        rows = parted(place, count)
        assert [one.tolist() for one in rows] == [np.flatnonzero(place == which).tolist() for which in range(count)]


@pytest.mark.parametrize("limit", [-1.0, 0.0, 2.0, 2.5, 9.0])
def test_the_last_of_each_stretch_until_a_limit_is_what_counting_finds(limit: float) -> None:
    stretches = [[0.0], [0.0, 0.0, 1.0, 2.0, 2.0, 3.0], [2.0, 3.0], [5.0], [0.0, 1.0, 2.5, 2.5, 2.5, 8.0, 9.0]]
    end = np.cumsum([len(one) for one in stretches]) - 1
    first = end - [len(one) - 1 for one in stretches]
    found = last_until(np.concatenate(stretches), first, end, limit)
    assert (found - first).tolist() == [max(0, sum(value <= limit for value in one) - 1) for one in stretches]
