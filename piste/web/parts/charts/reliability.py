"""Chances as they were said against the shares that came true: whoever is right stands on the diagonal.

Murphy & Winkler, “Reliability of subjective probability forecasts of precipitation and temperature”, Applied Statistics 26
(1977).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .ticks import ticks

TICKS = 4
#: Pixels between two names of the key.
KEY_LINE = 18


@dataclass(frozen=True, slots=True)
class Group:
    """Of `n` chances near `said` the share that came true; all between 0 and 1."""

    said: float
    came: float
    n: int


@dataclass(frozen=True, slots=True)
class Teller:
    """Who told chances: a name and its groups, by what was said."""

    name: str
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A group in place, in per cent of the box, and how it is written."""

    group: Group
    x: float
    y: float
    said: str
    came: str


@dataclass(frozen=True, slots=True)
class Way:
    """One who told: the line through their groups; their name stands in the key, so many pixels from its top."""

    name: str
    key_at: int
    line: str
    groups: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """One scale for both directions, its ticks by their places across and down; `ways` has the one looked at first, then those
    it is held against."""

    template: ClassVar[str] = "parts/charts/reliability.html"
    ways: tuple[Way, ...]
    ticks: tuple[tuple[float, float, str], ...]


def draw(tellers: Sequence[Teller], *, say: Callable[[float], str]) -> Reliability:
    """`say` writes a share."""
    top = max((value for teller in tellers for group in teller.groups for value in (group.said, group.came)), default=1.0)
    scale = ticks(0.0, min(top, 1.0), TICKS)

    def place(value: float) -> float:
        return round(100 * value / scale[-1], 3)

    ways = []
    for number, teller in enumerate(tellers):
        drawn = tuple(
            Drawn(group, place(group.said), round(100 - place(group.came), 3), say(group.said), say(group.came))
            for group in sorted(teller.groups, key=lambda group: group.said)
        )
        line = "M" + "L".join(f"{one.x:g} {one.y:g}" for one in drawn) if len(drawn) > 1 else ""
        ways.append(Way(teller.name, KEY_LINE * number, line, drawn))
    return Reliability(tuple(ways), tuple((place(value), round(100 - place(value), 3), say(value)) for value in scale))
