"""How far the model is believed: drawn to the stage table and the base rate until it has predicted better on the newest past."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import Flags, Floats, Ints

#: How much of the model there may be; nothing of it is the base alone.
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Believed before anything was judged.
AT_FIRST = 0.5
#: Judged deals below which nothing is decided.
LEAST = 30


@dataclass(frozen=True, slots=True)
class Blend:
    """`share` of the model, the rest of `base` (`stage_table` or `prior`); `judged` deals decided it."""

    share: float
    base: str
    judged: int

    def of(self, model: Floats, stage: Floats, prior: Floats) -> Floats:
        other = stage if self.base == "stage_table" else prior
        return self.share * model + (1 - self.share) * other


@dataclass(frozen=True, slots=True)
class Judged:
    """Earlier predictions whose outcome is known by now, a row each."""

    deal: Ints
    model: Floats
    stage: Floats
    prior: Floats
    came: Flags


def choose(past: Judged) -> Blend:
    """The blend whose gain in Brier's score over the base rate stands above its own error (the one-standard-error rule of
    Breiman et al. 1984, errors clustered by deal): a model that only seems better is not believed."""
    judged = len(np.unique(past.deal))
    if judged < LEAST:
        return Blend(AT_FIRST, "stage_table", judged)
    base, under = "prior", past.prior
    if _gain(past, past.stage, past.prior) < 0:
        base, under = "stage_table", past.stage
    gains = [_gain(past, share * past.model + (1 - share) * under, under) for share in SHARES]
    return Blend(SHARES[int(np.argmin(gains))], base, judged)


def _gain(past: Judged, said: Floats, base: Floats) -> float:
    """The mean change of the squared error against the base, a standard error added; below nothing is better."""
    change = (said - past.came) ** 2 - (base - past.came) ** 2
    _deals, place = np.unique(past.deal, return_inverse=True)
    total = np.bincount(place, weights=change - change.mean())
    return float(change.mean() + np.sqrt((total**2).sum()) / len(change))
