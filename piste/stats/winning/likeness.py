"""What became of deals of which the same was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from piste.stats.history import Floats, Ints
from piste.stats.shares import share

from .ledger import WON, Ledger
from .predict import Said

#: So many earlier deals with the nearest chances are asked.
NEAREST = 60


@dataclass(frozen=True, slots=True)
class Like:
    """For each chance: the interval in which the truth may lie, and how many earlier deals say so."""

    low: Floats
    high: Floats
    n: Ints


def like(ledger: Ledger, chances: Floats, past: Sequence[Said]) -> Like:
    """Holds chances of ever being won against those said earlier of deals closed by now, the latest said of each deal: among the
    `NEAREST` with the nearest chances, Wilson's interval of the share that was won, widened to hold the chance itself. Without
    any the interval is everything."""
    known: dict[int, float] = {}
    for said in past:
        known.update(zip(said.deal.tolist(), said.ours.ever.tolist(), strict=True))
    deals = np.array([deal for deal in known if np.isfinite(ledger.closed[deal])], dtype=np.int64)
    said_of = np.array([known[deal] for deal in deals.tolist()])
    came = ledger.status[deals] == WON
    low, high, n = np.zeros(len(chances)), np.ones(len(chances)), np.zeros(len(chances), dtype=np.int64)
    if not len(deals):
        return Like(low, high, n)
    for row, chance in enumerate(chances.tolist()):
        near = np.argsort(np.abs(said_of - chance), kind="stable")[:NEAREST]
        found = share(int(came[near].sum()), len(near))
        n[row] = len(near)
        low[row], high[row] = min(found.low or 0.0, chance), max(1.0 if found.high is None else found.high, chance)
    return Like(low, high, n)
