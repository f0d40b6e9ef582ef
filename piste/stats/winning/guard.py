"""Fields that would tell the outcome because they were written at or after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan, sqrt

import numpy as np

from piste.stats.history import Flags, Floats, Ints

from .ledger import LOST, OPEN, WON, Column, Ledger
from .scores import auc

#: Fewer deals than this on a side prove nothing about a field.
FEWEST = 20
#: A single field that ranks won above lost this well is not a cause, it is the outcome in other words.
PERFECT = 0.88
#: The share of deals with a value that is (nearly) always won or always lost.
NEARLY_CERTAIN, CERTAIN_SHARE = 0.95, 0.25
#: How much more often a field is filled on one side than on the other, before its being filled tells the outcome.
FILLED_APART, FILLED_LATER = 0.2, 0.25
NUMBER_BINS = 12


@dataclass(frozen=True, slots=True)
class Leak:
    """A field that is refused. `reason`: `filled_after` (its values are dated at or after the outcome), `filled_at_outcome`
    (filled for closed deals, empty for open ones), `missing_tells` (filled for one outcome more often than for the other),
    `predicts` (this field alone all but knows the outcome), `is_the_close` (an expected day that is the day of the close).
    `measure` is the number that decided."""

    field: str
    reason: str
    measure: float


def leaks(ledger: Ledger, *, trusted: frozenset[str] = frozenset()) -> tuple[Leak, ...]:
    """The fields to refuse, judged on all closed deals. A refusal can only take knowledge away, so that judging with hindsight
    lends a back-test nothing. Fields of `trusted` are known to be filled in time.

    Kaufman, Rosset & Perlich (2012), *Leakage in data mining*: what may be used is what was known at the moment of scoring;
    where no moment is on record the field must look like one that could have been known."""
    found = [_column_leak(ledger, column) for column in ledger.columns if column.name not in trusted]
    if "amount" not in trusted and not ledger.amounts_timed:
        found.append(_amount_leak(ledger))
    if "expected_close_on" not in trusted and not ledger.expected_timed:
        found.append(_expected_leak(ledger))
    return tuple(leak for leak in found if leak is not None)


def without(ledger: Ledger, refused: tuple[Leak, ...]) -> Ledger:
    """The ledger without the refused fields. A refused amount stays what a won deal brought; it is no knowledge of open ones."""
    names = {leak.field for leak in refused}
    kept = tuple(column for column in ledger.columns if column.name not in names)
    expected = np.full(len(ledger.id), nan) if "expected_close_on" in names else ledger.expected
    return replace(ledger, columns=kept, expected=expected)


def _column_leak(ledger: Ledger, column: Column) -> Leak | None:
    everyone = np.arange(len(ledger.id))
    if column.timed:
        return _dated_leak(ledger, column)
    late = np.full(len(everyone), np.inf)
    codes = column.codes(everyone, late) if column.words else _binned(column.numbers(everyone, late))
    return _judge(ledger, column.name, codes, numeric=not column.words)


def _dated_leak(ledger: Ledger, column: Column) -> Leak | None:
    """Of dated values none is used before its day; a field of which next to nothing is known before the close is named."""
    closed = np.flatnonzero(ledger.closed_by(ledger.end))
    ever = column.track.row(closed, np.full(len(closed), np.inf)) >= 0
    before = column.track.row(closed, ledger.closed[closed] - 1 / 86400) >= 0
    if ever.sum() < FEWEST:
        return None
    late = 1 - before.sum() / ever.sum()
    return Leak(column.name, "filled_after", float(late)) if late > 0.9 else None


def _binned(numbers: Floats) -> Ints:
    known = ~np.isnan(numbers)
    if not known.any():
        return np.full(len(numbers), -1)
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, NUMBER_BINS + 1)[1:-1]))
    return np.where(known, np.searchsorted(edges, numbers, side="right"), -1)


def _judge(ledger: Ledger, name: str, codes: Ints, *, numeric: bool) -> Leak | None:
    won, lost, still = (ledger.status == status for status in (WON, LOST, OPEN))
    filled = codes >= 0
    apart = _apart(filled, won, lost)
    if abs(apart) >= FILLED_APART:
        return Leak(name, "missing_tells", round(apart, 3))
    later = _apart(filled, won | lost, still)
    if later >= FILLED_LATER:
        return Leak(name, "filled_at_outcome", round(later, 3))
    if won.sum() < FEWEST or lost.sum() < FEWEST:
        return None
    closed = won | lost
    ranks = auc(won[closed], _out_of_fold(codes[closed], won[closed]))
    if ranks >= PERFECT:
        return Leak(name, "predicts", round(ranks, 3))
    certain = _certain(codes[closed], won[closed])
    return Leak(name, "predicts", round(certain, 3)) if certain >= CERTAIN_SHARE and not numeric else None


def _apart(filled: Flags, one: Flags, other: Flags) -> float:
    """How much more often a field is filled among the one than among the other; 0 when it may be chance."""
    if one.sum() < FEWEST or other.sum() < FEWEST:
        return 0.0
    first, second = float(filled[one].mean()), float(filled[other].mean())
    error = sqrt(first * (1 - first) / one.sum() + second * (1 - second) / other.sum()) + 1e-9
    return first - second if abs(first - second) > 4 * error else 0.0


def _out_of_fold(codes: Ints, won: Flags) -> Floats:
    """The share of won among others with the same value, deal by deal: one's own outcome does not vouch for one's value."""
    rate = float(won.mean())
    codes = codes - codes.min()
    count, wins = np.bincount(codes), np.bincount(codes, weights=won)
    return (wins[codes] - won + 5 * rate) / (count[codes] - 1 + 5)


def _certain(codes: Ints, won: Flags) -> float:
    """The share of deals whose value is nearly always won or nearly always lost, on a side that is not the usual one anyway."""
    rate, total = float(won.mean()), 0
    for code in np.unique(codes):
        of_it = codes == code
        share = float(won[of_it].mean())
        tells = (share >= NEARLY_CERTAIN and rate <= 0.8) or (share <= 1 - NEARLY_CERTAIN and rate >= 0.2)
        total += int(of_it.sum()) if tells and of_it.sum() >= FEWEST else 0
    return total / len(won)


def _amount_leak(ledger: Ledger) -> Leak | None:
    """An amount that is written with the sale is empty or nothing while open and when lost."""
    filled = np.nan_to_num(ledger.amount) > 0
    won, lost, still = (ledger.status == status for status in (WON, LOST, OPEN))
    for other in (lost, still):
        apart = _apart(filled, won, other)
        if apart >= FILLED_APART:
            return Leak("amount", "filled_at_outcome", round(apart, 3))
    return _judge(ledger, "amount", _binned(ledger.amount), numeric=True)


def _expected_leak(ledger: Ledger) -> Leak | None:
    """Many programs overwrite the expected day with the day of the close. Where the day is a real appointment it is never past
    for an open or lost deal; where it was overwritten, lost deals closed on it or after it."""
    told = ~np.isnan(ledger.expected)
    won, lost = (told & (ledger.status == status) & ledger.closed_by(ledger.end) for status in (WON, LOST))
    if won.sum() < FEWEST:
        return None
    same = np.abs(np.floor(ledger.expected) - np.floor(ledger.closed)) < 1
    passed = np.floor(ledger.closed) >= np.floor(ledger.expected)
    on_it = float(same[won].mean())
    if on_it > 0.9 and (lost.sum() < FEWEST or float(passed[lost].mean()) > 0.2):
        return Leak("expected_close_on", "is_the_close", round(on_it, 3))
    still = ledger.status == OPEN
    later = _apart(told, won | lost, still)
    return Leak("expected_close_on", "filled_at_outcome", round(later, 3)) if later >= FILLED_LATER else None
