"""Durations in ascending order: at each one, how many ended that way, and how many lasted at least as long."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import Flags, Floats, Ints, firsts


@dataclass(frozen=True, slots=True)
class Ends:
    """At each of the different `times`: how many durations lasted at least so long, and how many of each mark last just so
    long."""

    times: Floats
    at_risk: Ints
    marked: list[Floats]


def ends(days: Floats, *marks: Flags) -> Ends:
    """Counts durations; those already in ascending order are not sorted again."""
    days, marks = in_order(days, *marks)
    return ends_in_order(days, *marks)


def in_order(days: Floats, *marks: Flags) -> tuple[Floats, tuple[Flags, ...]]:
    """Durations in ascending order with their marks: as they are, when they stand so."""
    if bool((days[1:] >= days[:-1]).all()):
        return days, marks
    order = np.argsort(days)
    return days[order], tuple(mark[order] for mark in marks)


def ends_in_order(days: Floats, *marks: Flags) -> Ends:
    """The same as `ends` of durations that ascend."""
    start = np.flatnonzero(firsts(days))
    if len(start) == len(days):
        return Ends(days, len(days) - start, [mark.astype(np.float64) for mark in marks])
    return Ends(days[start], len(days) - start, [np.add.reduceat(mark, start, dtype=np.float64) for mark in marks])


def staying(ended: Floats, at_risk: Ints) -> Floats:
    """The share that has not ended before each time, and, as one more at the end, after all of them (Kaplan & Meier 1958);
    `ended` of `at_risk` did at each."""
    share: Floats = np.concatenate(([1.0], np.cumprod(1 - ended / at_risk)))
    return share
