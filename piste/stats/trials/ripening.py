"""When a unit's outcome may count.

Whoever reaches a stage in three days is known after three days, whoever does not only when all the days have passed: counting
both as they become known favours the fast. So a unit counts once its days have passed, whatever came of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import Floats


@dataclass(frozen=True, slots=True)
class Outcome:
    """By unit its `value`, NaN while its days have not passed, and the moment when they had (`known_on`, NaN likewise)."""

    value: Floats
    known_on: Floats


def within(came: Floats, reached: Floats, days: float, as_of: float, worth: Floats | None = None) -> Outcome:
    """Whether each unit reached something within so many days of its coming (NaN: it has not): 1 and 0, or what it is `worth`
    and 0. Moments are in days."""
    by_then = ~np.isnan(reached) & (np.nan_to_num(reached, nan=np.inf) <= came + days)
    value = np.where(by_then, 1.0 if worth is None else worth, 0.0)
    return _ripe(value, came + days, as_of)


def lasted(came: Floats, left: Floats, days: float, as_of: float) -> Outcome:
    """How many of the first so many days each unit stayed (NaN: it has not left): the mean of it is the restricted mean
    (Royston & Parmar 2013), which needs no guess about those that stay on."""
    stayed = np.where(np.isnan(left), np.inf, left) - came
    return _ripe(np.clip(stayed, 0.0, days), came + days, as_of)


def _ripe(value: Floats, known_on: Floats, as_of: float) -> Outcome:
    ripe = known_on <= as_of
    return Outcome(np.where(ripe, value, np.nan), np.where(ripe, known_on, np.nan))
