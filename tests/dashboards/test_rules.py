"""The order of figures, and names that nobody has."""

from __future__ import annotations

import pytest

from piste.dashboards.rules import free_name, placed


@pytest.mark.parametrize(
    ("figure", "place", "wanted"),
    [("c", 0, "cab"), ("a", 1, "bac"), ("a", 2, "bca"), ("a", 99, "bca"), ("b", -3, "bac"), ("b", 1, "abc")],
)
def test_a_figure_goes_to_its_place(figure: str, place: int, wanted: str) -> None:
    assert "".join(placed("abc", figure, place)) == wanted


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert free_name("Team", []) == "Team"
    assert free_name("Team", ["team", "Team 2", "Team 4"]) == "Team 3"
    assert free_name("x" * 60, ["x" * 60]) == "x" * 58 + " 2"
