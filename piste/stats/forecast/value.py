"""What deals are worth: those won, and those open as far as it is known of them."""

from __future__ import annotations

from math import nan

import numpy as np

from piste.stats.history import Floats
from piste.stats.winning.features import amount_at, expected_at
from piste.stats.winning.ledger import WON, Ledger
from piste.stats.winning.predict import Said

#: How many deals the general mean counts for against that of a value of a field.
WEIGHT_OF_ALL = 5.0
#: The share of the spread of amounts that a field has to explain before amounts are read from it.
EXPLAINS = 0.1


def values(ledger: Ledger) -> tuple[Floats, str]:
    """What each deal counts for, and the measure: `amount`, or `deals` where won deals mostly have none."""
    won = ledger.status == WON
    told = np.nan_to_num(ledger.amount) > 0
    if not won.any() or told[won].mean() < 0.5:
        return np.ones(len(ledger.id)), "deals"
    usual = float(ledger.amount[won & told].mean())
    return np.where(np.isfinite(ledger.amount), ledger.amount, usual), "amount"


def amounts(ledger: Ledger, value: Floats, measure: str, said: Said, *, refused: bool) -> Floats:
    """What each open deal would bring, as known then; where its amount is not known, what won deals like it brought."""
    if measure == "deals":
        return np.ones(len(said.deal))
    moment = np.full(len(said.deal), said.at)
    known = np.full(len(said.deal), nan)
    if not refused:
        known = amount_at(ledger, said.deal, ledger.path.track.row(said.deal, moment))
    missing = ~(known > 0)
    return np.where(missing, _like(ledger, value, said), known) if missing.any() else known


def expected_days(ledger: Ledger, said: Said) -> Floats:
    row = ledger.path.track.row(said.deal, np.full(len(said.deal), said.at))
    return expected_at(ledger, said.deal, row)


def _like(ledger: Ledger, value: Floats, said: Said) -> Floats:
    """The mean of won deals, by the field whose values explain most of it."""
    won = np.flatnonzero((ledger.status == WON) & (ledger.closed <= said.at))
    if not len(won):
        return np.full(len(said.deal), float(value.mean()))
    worth, overall = value[won], float(value[won].mean())
    best, found = EXPLAINS, np.full(len(said.deal), overall)
    for column in ledger.columns:
        if not column.words or len(column.words) > len(won) / 3:
            continue
        code = column.codes(won, np.full(len(won), np.inf if not column.timed else said.at))
        size = len(column.words)
        count = np.bincount(code + 1, minlength=size + 1)
        sums = np.bincount(code + 1, weights=worth, minlength=size + 1)
        mean = (sums + WEIGHT_OF_ALL * overall) / (count + WEIGHT_OF_ALL)
        explained = 1 - float(((worth - mean[code + 1]) ** 2).sum()) / max(float(((worth - overall) ** 2).sum()), 1e-9)
        if explained > best:
            best = explained
            asked = np.full(len(said.deal), np.inf if not column.timed else said.at)
            found = mean[column.codes(said.deal, asked) + 1]
    return found
