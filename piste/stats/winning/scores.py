"""How good probabilities were, once the outcomes are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import Flags, Floats

BINS = 10
#: No probability is believed beyond these: a logarithm of nothing is no score.
FLOOR = 1e-3


@dataclass(frozen=True, slots=True)
class Bin:
    """Of `n` forecasts between `low` and `high`: their mean, and the share that came true."""

    low: float
    high: float
    n: int
    said: float
    came: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Brier (1950), logarithmic loss, the area under the ROC curve (None with one outcome only) and the expected calibration
    error over ten bins of equal count (Naeini, Cooper & Hauskrecht 2015)."""

    n: int
    brier: float
    log_loss: float
    auc: float | None
    ece: float
    reliability: tuple[Bin, ...]


def scores(said: Floats, came: Flags) -> Scores | None:
    """All scores of forecasts; None without any."""
    if not len(said):
        return None
    sure = np.clip(said, FLOOR, 1 - FLOOR)
    bins = reliability(said, came)
    return Scores(
        n=len(said),
        brier=float(np.mean((said - came) ** 2)),
        log_loss=float(-np.mean(np.where(came, np.log(sure), np.log(1 - sure)))),
        auc=auc(came, said) if 0 < came.sum() < len(came) else None,
        ece=sum(one.n * abs(one.said - one.came) for one in bins) / len(said),
        reliability=bins,
    )


def reliability(said: Floats, came: Flags) -> tuple[Bin, ...]:
    """The reliability diagram: forecasts in ten bins of (nearly) equal count, equal forecasts together."""
    edges = np.unique(np.quantile(said, np.linspace(0, 1, BINS + 1)[1:-1]))
    place = np.searchsorted(edges, said, side="right")
    found = []
    for which in np.unique(place):
        inside = place == which
        values = said[inside]
        found.append(Bin(float(values.min()), float(values.max()), len(values), float(values.mean()), float(came[inside].mean())))
    return tuple(found)


def auc(came: Flags, said: Floats) -> float:
    """The chance that a won deal was ranked above a lost one (Mann & Whitney 1947), ties counted half."""
    _values, place, count = np.unique(said, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    wins = int(came.sum())
    losses = len(came) - wins
    if not wins or not losses:
        return 0.5
    return float((ranks[came].sum() - wins * (wins + 1) / 2) / (wins * losses))
