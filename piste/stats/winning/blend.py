"""How far the model is believed: drawn to the stage table and the base rate until it has predicted better on the newest past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from piste.stats.history import Flags, Floats, Ints

#: How much of the model there may be; nothing of it is the base alone.
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Believed before so many moments with so many deals were judged.
AT_FIRST, MOMENTS, LEAST = 0.4, 3, 30
#: A gain has to stand this many standard errors above nothing.
ERRORS = 0.5
#: The level is put right by moments of which at least this share of deals has closed, and that by the weight of so many deals.
SETTLED, WEIGHT_OF_NONE = 0.85, 200.0


@dataclass(frozen=True, slots=True)
class Blend:
    """`share` of the model, the rest of `base` (`stage_table`, `prior`, or `seen`: the stage table with those still open
    counted); `judged` deals decided it. `shift` puts the level right, on the scale of the logarithm of odds."""

    share: float
    base: str
    judged: int
    shift: float = 0.0

    def of(self, model: Floats, bases: Mapping[str, Floats]) -> Floats:
        mixed = self.share * model + (1 - self.share) * bases[self.base]
        return _shifted(mixed, self.shift) if self.shift else mixed


@dataclass(frozen=True, slots=True)
class Judged:
    """Earlier predictions whose outcome is known by now, a row each: made at the moment numbered `moment`, of which nearly all
    outcomes are known when `settled`. `bases` are what the model may be drawn to, at first to the first of them."""

    deal: Ints
    moment: Ints
    settled: Flags
    model: Floats
    bases: Mapping[str, Floats]
    came: Flags


def choose(past: Judged) -> Blend:
    """The blend whose gain in Brier's score over the base rate stands above its own error (as the one-standard-error rule of
    Breiman et al. 1984, errors clustered by deal): a model that only seems better is not believed. Its level is then put right by
    the moments whose deals have nearly all closed; of the others, those that close first would speak for all."""
    judged = len(np.unique(past.deal))
    if judged < LEAST or len(np.unique(past.moment)) < MOMENTS:
        return Blend(AT_FIRST, next(iter(past.bases)), judged)
    base, under = list(past.bases.items())[-1]
    for name, said in past.bases.items():
        if name != base and _gain(past, said, under) < 0:
            base, under = name, said
    gains = [_gain(past, share * past.model + (1 - share) * under, under) for share in SHARES]
    share = SHARES[int(np.argmin(gains))]
    return Blend(share, base, judged, _level(past, share * past.model + (1 - share) * under))


def _gain(past: Judged, said: Floats, base: Floats) -> float:
    """The mean change of the squared error against the base, part of its standard error added; below nothing is better."""
    change = (said - past.came) ** 2 - (base - past.came) ** 2
    _deals, place = np.unique(past.deal, return_inverse=True)
    total = np.bincount(place, weights=change - change.mean())
    return float(change.mean() + ERRORS * np.sqrt((total**2).sum()) / len(change))


def _level(past: Judged, said: Floats) -> float:
    """By how much all were said too low (Cox 1958, calibration in the large), shrunk."""
    said, came = said[past.settled], past.came[past.settled]
    if len(said) < LEAST:
        return 0.0
    shift = 0.0
    for _step in range(20):
        now = _shifted(said, shift)
        shift += float((came - now).sum() / max((now * (1 - now)).sum(), 1e-6))
        shift = float(np.clip(shift, -2, 2))
    deals = len(np.unique(past.deal[past.settled]))
    return shift * deals / (deals + WEIGHT_OF_NONE)


def _shifted(chance: Floats, shift: float) -> Floats:
    sure = np.clip(chance, 1e-3, 1 - 1e-3)
    found: Floats = 1 / (1 + np.exp(-(np.log(sure / (1 - sure)) + shift)))
    return found
