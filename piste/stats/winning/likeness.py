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
    if not len(deals):
        return Like(np.zeros(len(chances)), np.ones(len(chances)), np.zeros(len(chances), dtype=np.int64))
    order = np.argsort(said_of, kind="stable")
    size = min(NEAREST, len(deals))
    start = _nearest(said_of[order], chances, size)
    won = np.concatenate(([0], np.cumsum(ledger.status[deals[order]] == WON)))
    wins = won[start + size] - won[start]
    # There are as many intervals as numbers of wins, however many deals are open.
    intervals = [share(count, size) for count in range(size + 1)]
    low = np.array([one.low or 0.0 for one in intervals])[wins]
    high = np.array([1.0 if one.high is None else one.high for one in intervals])[wins]
    return Like(np.minimum(low, chances), np.maximum(high, chances), np.full(len(chances), size, dtype=np.int64))


def like_all(ledger: Ledger, chances: Floats, stage: Ints | None = None) -> Like:
    """Holds a rate that each deal is given against all closed deals, or against those that came to its stage: Wilson's interval
    of the share that was won."""
    closed = ledger.closed_by(ledger.end)
    low, high, n = np.zeros(len(chances)), np.ones(len(chances)), np.zeros(len(chances), dtype=np.int64)
    places = np.full(len(chances), -1) if stage is None else stage
    for place in np.unique(places).tolist():
        deals = np.flatnonzero(closed)
        if place >= 0:
            visited, _first = ledger.visits[place]
            deals = np.intersect1d(deals, visited)
        found, here = share(int((ledger.status[deals] == WON).sum()), len(deals)), places == place
        n[here], low[here] = len(deals), found.low or 0.0
        high[here] = 1.0 if found.high is None else found.high
    return Like(np.minimum(low, chances), np.maximum(high, chances), n)


def _nearest(known: Floats, chances: Floats, size: int) -> Ints:
    """Where among ascending numbers the `size` nearest to each chance begin: all chances halve their range at once."""
    low, high = np.zeros(len(chances), np.int64), np.full(len(chances), len(known) - size, np.int64)
    while (low < high).any():
        middle = (low + high) // 2
        further = (low < high) & (chances - known[middle] > known[np.minimum(middle + size, len(known) - 1)] - chances)
        low, high = np.where(further, middle + 1, low), np.where((low < high) & ~further, middle, high)
    return low
