"""How much of a difference hangs on a few units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import Flags, Floats

from .contrast import Contrast, contrast

#: The share of the units, the largest, that are held to be extreme.
EXTREME = 0.001


@dataclass(frozen=True, slots=True)
class Outliers:
    """`count` units are above `limit`, the value that all but a thousandth do not pass. `trimmed` is the difference without
    them, `capped` the one with their values cut to the limit (Winsor). `largest` is the index of the unit that moves the
    difference most, by `moved`: the difference would be so much less without it."""

    limit: float
    count: int
    trimmed: Contrast | None
    capped: Contrast | None
    largest: int
    largest_value: float
    moved: float


def outliers(value: Floats, varied: Flags) -> Outliers | None:
    """Of the units of two arms; None while an arm has less than two."""
    if min(int(varied.sum()), int((~varied).sum())) < 2:
        return None
    limit = float(np.quantile(value, 1 - EXTREME, method="higher"))
    # In few units the limit is the largest value itself: then that one unit is the extreme one.
    above = value > limit if len(value) >= 1 / EXTREME else value >= limit
    if len(value) < 1 / EXTREME:
        below = value[~above]
        limit = float(below.max()) if len(below) else limit
    kept = ~above
    moved = _moved(value, varied)
    place = int(np.argmax(np.abs(moved)))
    return Outliers(
        limit,
        int(above.sum()),
        contrast(value[kept], varied[kept]),
        contrast(np.minimum(value, limit), varied),
        place,
        float(value[place]),
        float(moved[place]),
    )


def _moved(value: Floats, varied: Flags) -> Floats:
    """By unit, the difference with it minus the one without it."""
    found = np.zeros_like(value)
    for arm, sign in ((varied, 1.0), (~varied, -1.0)):
        ones = value[arm]
        found[arm] = sign * (ones - ones.mean()) / (len(ones) - 1)
    return found
