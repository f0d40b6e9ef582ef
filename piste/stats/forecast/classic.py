"""The forecasts that everybody makes, each under its own name."""

from __future__ import annotations

from math import nan

import numpy as np

from piste.stats.history import Floats
from piste.stats.winning.ledger import WON, Ledger
from piste.stats.winning.predict import Said

#: The run-rate is the mean of so many periods before.
PERIODS = 3
YEAR = 365.0


def won_between(ledger: Ledger, value: Floats, start: float, stop: float) -> float:
    """The value of the deals won after `start` and up to `stop`."""
    of_it = (ledger.status == WON) & (ledger.closed > start) & (ledger.closed <= stop)
    return float(value[of_it].sum())


def run_rate(ledger: Ledger, value: Floats, at: float, horizon: float, first: float) -> float:
    """What the periods before brought, on average; the history there is when it is shorter."""
    span = min(PERIODS * horizon, at - first)
    return won_between(ledger, value, at - span, at) / span * horizon if span > 0 else nan


def same_season(ledger: Ledger, value: Floats, at: float, horizon: float, first: float, lead: float = 0.0) -> float:
    """What the same period brought a year before; not a number when the history does not reach back. The period begins `lead`
    days from `at` and ends with the horizon."""
    if at - YEAR < first or horizon > YEAR:
        return nan
    # Where nothing at all was won a year ago, the records did not yet tell of wins.
    return won_between(ledger, value, at - YEAR + lead, at - YEAR + horizon) or nan


def weighted_pipeline(said: Said, amount: Floats, expected: Floats) -> tuple[float, float]:
    """Each open deal's amount times the rate of its stage: the deals expected to close within the period, where days are
    known, else all of them, which says nothing of a later period. With the standard deviation that independent deals would
    have."""
    due = (expected <= said.at + said.horizon) & ((expected > said.at + said.lead) | (said.lead == 0))
    dated = len(due) > 0 and np.isfinite(expected).mean() > 0.5
    if said.lead > 0 and not dated:
        return nan, nan
    counted = due if dated else np.ones(len(due), bool)
    chance, worth = said.table.ever[counted], amount[counted]
    return float((chance * worth).sum()), float(np.sqrt((chance * (1 - chance) * worth**2).sum()))
