"""The deals yet to come: how many, how soon they are won, for how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import Floats
from piste.stats.winning.incidence import incidence
from piste.stats.winning.ledger import WON, Ledger

YEAR = 365.0
#: Recent arrivals are those of so many horizons, and of no fewer deals than this where there are.
RECENT, FEWEST = 2.0, 60


@dataclass(frozen=True, slots=True)
class Coming:
    """`wins` is the number expected to arrive and be won within the period, `amounts` what such deals brought."""

    arrivals: float
    wins: float
    amounts: Floats


def coming(ledger: Ledger, value: Floats, at: float, horizon: float, first: float, lead: float = 0.0) -> Coming:
    """Arrivals of late, with the season of the year before where it is known, times the share of them that is won in the time
    left: the cumulative incidence of wins by age (Aalen & Johansen 1978), losses competing and open deals censored. Of a period
    that begins `lead` days later, without those won before."""
    arrivals = _arrivals(ledger, at, horizon, first)
    wins = arrivals * _won_in_time(ledger, at, horizon)
    if lead > 0:
        wins = max(0.0, wins - _arrivals(ledger, at, lead, first) * _won_in_time(ledger, at, lead))
    won = np.flatnonzero((ledger.status == WON) & (ledger.closed <= at))
    quick = won[ledger.closed[won] - ledger.created[won] <= horizon]
    of_it = quick if len(quick) >= 20 else won
    latest = of_it[np.argsort(ledger.closed[of_it])][-400:]
    return Coming(arrivals, wins, value[latest])


def _arrivals(ledger: Ledger, at: float, horizon: float, first: float) -> float:
    """How many deals will be created within the horizon."""
    created = np.sort(ledger.created[ledger.created <= at])

    def count(start: float, stop: float) -> float:
        return float(np.searchsorted(created, stop, side="right") - np.searchsorted(created, start, side="right"))

    if not len(created):
        return 0.0
    enough = float(created[-min(FEWEST, len(created))])
    span = min(max(RECENT * horizon, at - enough), at - first)
    if span <= 0:
        return 0.0
    rate = count(at - span, at) / span
    usual = rate * horizon
    if at - YEAR - span < first:
        return usual
    # A year ago: the horizon against what came before it; told only where that time was like this one, and half believed.
    before, then = count(at - YEAR - span, at - YEAR) / span * horizon, count(at - YEAR, at - YEAR + horizon)
    if before < usual / 2:
        return usual
    return usual * float(np.sqrt(np.clip((then + 10) / (before + 10), 0.25, 4.0)))


def _won_in_time(ledger: Ledger, at: float, horizon: float) -> float:
    """The mean share won of deals that arrive evenly over the horizon."""
    recent = np.flatnonzero((ledger.created <= at) & (ledger.created > at - max(4 * horizon, 60.0)))
    if len(recent) < FEWEST:
        recent = np.flatnonzero(ledger.created <= at)[-FEWEST:]
    if not len(recent):
        return 0.0
    ends = np.where(ledger.closed[recent] <= at, ledger.closed[recent], np.inf)
    days = np.minimum(ends, at) - ledger.created[recent]
    over = np.isfinite(ends)
    won = over & (ledger.status[recent] == WON)
    found = incidence(days, over, won)
    return float((found.won * np.clip(1 - found.times / horizon, 0, 1)).sum())
