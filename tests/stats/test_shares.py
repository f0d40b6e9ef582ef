"""Shares against published tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from piste.stats.shares import Share, difference, share


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_prints_it(count: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:857–872, table I, method 3."""
    found = share(count, n)
    assert found.rate == count / n
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(n=st.integers(1, 5000), part=st.floats(0, 1))
def test_wilson_as_scipy_computes_it(n: int, part: float) -> None:
    count = round(part * n)
    wanted = binomtest(count, n).proportion_ci(0.95, method="wilson")
    found = share(count, n)
    assert found.low == pytest.approx(wanted.low, abs=1e-9)
    assert found.high == pytest.approx(wanted.high, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_differences_as_newcombe_prints_them(a: tuple[int, int], b: tuple[int, int], low: float, high: float) -> None:
    """Newcombe 1998, Statistics in Medicine 17:873–890, table II, method 10."""
    found = difference(share(*a), share(*b))
    assert found is not None
    gap, at_least, at_most = found
    assert gap == pytest.approx(a[0] / a[1] - b[0] / b[1])
    assert (at_least, at_most) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(0, 40), st.integers(1, 40), st.integers(0, 40), st.integers(1, 40))
def test_a_difference_turned_round(a: int, n: int, b: int, m: int) -> None:
    left, right = share(min(a, n), n), share(min(b, m), m)
    there, back = difference(left, right), difference(right, left)
    assert there is not None
    assert back is not None
    assert there[1] <= there[0] <= there[2]
    assert [-value for value in reversed(there[1:])] == pytest.approx(back[1:])


def test_of_nothing_nothing_is_said() -> None:
    assert share(0, 0) == Share(0, 0, None, None, None)
    assert difference(share(0, 0), share(1, 2)) is None
    assert difference(share(1, 2), share(0, 0)) is None


@pytest.mark.parametrize(("count", "n"), [(-1, 3), (4, 3), (1, 0)])
def test_more_than_all_is_refused(count: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{count} of {n}"):
        share(count, n)
