"""Why a deal's chance is what it is: what each theme of what is known moves it by."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from piste.stats.history import Floats, Ints

from .features import Known
from .hazard import Hazard
from .predict import Said

#: Other deals whose themes are tried in place of a deal's own.
OTHERS = 8
#: A theme that moves a chance by less than this is not told.
LEAST = 0.005


class Reason(NamedTuple):
    """A theme (`stage`, `time_in_stage`, `age`, `path`, `expected`, `slips`, `amount`, `field:…`) and what it moves the chance
    by: 0.04 is four points up."""

    theme: str
    points: float


def reasons(said: Said, hazard: Hazard | None, *, rng: np.random.Generator, most: int = 4) -> list[list[Reason]]:
    """For each deal the themes that move its chance of ever being won most, the strongest first; none without a model.

    A theme's points are the chance as it is, less the mean chance with that theme taken from other open deals (Robnik-Šikonja
    and Kononenko 2008, by groups of features): they say what the model has learned, one theme at a time, not what causes a
    sale, and do not add up to the whole.
    """
    if hazard is None or said.facts is None or said.ever.share <= 0 or len(said.deal) < 2:
        return [[] for _ in said.deal]
    import sklearn.ensemble  # noqa: F401 (its threads can be limited only once they are there)
    from threadpoolctl import threadpool_limits

    facts = said.facts
    others = rng.integers(0, len(said.deal), OTHERS)
    themes = tuple(dict.fromkeys(facts.themes))
    with threadpool_limits(limits=1):
        own = hazard.chances(facts).ever
        moved = np.array([own - hazard.chances(_with(facts, theme, others)).ever.reshape(OTHERS, -1).mean(0) for theme in themes])
    return [_told(themes, points, most) for points in (said.ever.share * moved).T]


def _with(facts: Known, theme: str, others: Ints) -> Known:
    """The same deals as often as there are others, one theme of all as each other deal has it."""
    of_it: Ints = np.flatnonzero(np.array([one == theme for one in facts.themes]))
    size = len(facts.deal)
    row, other = np.tile(np.arange(size), len(others)), np.repeat(others, size)
    table = facts.table[row]
    table[:, of_it] = facts.table[np.ix_(other, of_it)]
    expected = facts.expected[other if theme == "expected" else row]
    return Known(facts.deal[row], facts.at[row], table, facts.names, facts.themes, facts.stage[row], expected)


def _told(themes: tuple[str, ...], points: Floats, most: int) -> list[Reason]:
    found = [Reason(theme, float(point)) for theme, point in zip(themes, points, strict=True) if abs(point) >= LEAST]
    return sorted(found, key=lambda reason: -abs(reason.points))[:most]
