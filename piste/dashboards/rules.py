"""Decisions about dashboards; facts in, verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

#: Figures of one dashboard; more would not be seen at a glance, and be slow.
MOST = 24


def placed(figures: Sequence[str], figure: str, place: int) -> list[str]:
    """The same figures with one of them at a place (the last for one too far)."""
    rest = [key for key in figures if key != figure]
    at = max(0, min(place, len(rest)))
    return [*rest[:at], figure, *rest[at:]]


def free_name(wanted: str, taken: Iterable[str], *, most: int = 60) -> str:
    """A name that nobody has: the wanted one, else with the first free number behind it."""
    known = {name.casefold() for name in taken}
    found, number = wanted[:most], 1
    while found.casefold() in known:
        number += 1
        found = f"{wanted[: most - len(str(number)) - 1]} {number}"
    return found
