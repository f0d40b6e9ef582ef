"""Whether what was won so far is on course for a target, the season counted in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Months told apart by the season of a year.
MONTHS = 12
#: How many wins of an average month the past must outweigh before a month counts as better or worse than others.
PRIOR = 12.0
#: With fewer whole months of history no season is told.
LEAST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Season:
    """The weight of a working day by month, January first, 1 being an average one; learned from `wins` over `months` months
    (0: no season, every working day counts the same)."""

    weights: tuple[float, ...]
    wins: int
    months: int


#: Every working day weighs the same.
NO_SEASON = Season((1.0,) * MONTHS, 0, 0)


@dataclass(frozen=True, slots=True)
class Pace:
    """`due` is what should be won by now of a target, of which `share` is due; `ratio` what was won against it, None while
    nothing is due."""

    due: float
    share: float
    ratio: float | None


def season(months: Sequence[tuple[int, int, int]]) -> Season:
    """The season that whole past months tell, each as (month 1–12, working days, wins): wins a working day against the mean of
    all, shrunk to it by `PRIOR` wins of an average month."""
    days = sum(row[1] for row in months)
    wins = sum(row[2] for row in months)
    if len(months) < LEAST_MONTHS or not wins or not days:
        return NO_SEASON
    rate = wins / days
    weights = []
    for month in range(1, MONTHS + 1):
        there = [row for row in months if row[0] == month]
        expected = rate * sum(row[1] for row in there)
        weights.append((sum(row[2] for row in there) + PRIOR) / (expected + PRIOR))
    return Season(tuple(weights), wins, len(months))


def elapsed(found: Season, gone: Sequence[tuple[int, int]], whole: Sequence[tuple[int, int]]) -> float:
    """The share of a period that is behind, from the working days of each of its months as (month 1–12, days): those gone by and
    all of them. Without any working day it is 1."""
    total = _weighed(found, whole)
    return min(1.0, _weighed(found, gone) / total) if total > 0 else 1.0


def _weighed(found: Season, days: Sequence[tuple[int, int]]) -> float:
    return sum(found.weights[month - 1] * count for month, count in days)


def pace(*, won: float, target: float, share: float) -> Pace:
    """What was won held against the part of a target that is due."""
    due = target * share
    return Pace(due, share, won / due if due > 0 else None)
