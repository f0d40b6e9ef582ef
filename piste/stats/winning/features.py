"""What was known of a deal at a landmark, as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from piste.stats.history import Flags, Floats, Ints

from .ledger import WON, Column, Ledger

#: A value of its own column needs this many landmarks, and a field has at most so many of them.
LEAST_OF_A_VALUE, MOST_VALUES = 15, 12
#: A field with more values than this is told by how its values fared so far.
MANY_VALUES = 3
#: And with more than this, by that alone.
TOO_MANY_VALUES = 6
#: How many deals the general rate counts for against a value's own.
WEIGHT_OF_ALL = 12.0
YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Known:
    """What was known of `deal` at `at` (a row each): numbers by feature, and the theme each feature belongs to."""

    deal: Ints
    at: Floats
    table: Floats
    names: tuple[str, ...]
    themes: tuple[str, ...]
    stage: Ints
    expected: Floats


@dataclass(frozen=True, slots=True)
class Layout:
    """Which values get a feature of their own, decided on what was known when the model was trained."""

    stages: tuple[int, ...]
    before: tuple[int, ...]
    values: dict[str, tuple[int, ...]]
    expected: bool
    amount: bool


def layout(ledger: Ledger, deal: Ints, at: Floats, *, refused: frozenset[str]) -> Layout:
    """The features that the landmarks given can bear."""
    row = ledger.path.track.row(deal, at)
    values = {column.name: _frequent(column.codes(deal, at)) for column in ledger.columns if column.words}
    return Layout(
        stages=_frequent(_of(ledger.path.stage, row, -1)),
        before=_frequent(_of(ledger.path.before, row, -1)),
        values=values,
        expected=bool(np.isfinite(expected_at(ledger, deal, row)).mean() > 0.02),
        amount="amount" not in refused and bool(np.isfinite(amount_at(ledger, deal, row)).mean() > 0.02),
    )


def _frequent(codes: Ints) -> tuple[int, ...]:
    found, count = np.unique(codes[codes >= 0], return_counts=True)
    order = np.argsort(-count)[:MOST_VALUES]
    return tuple(sorted(int(found[place]) for place in order if count[place] >= LEAST_OF_A_VALUE))


def _of(values: Ints, row: Ints, nothing: int) -> Ints:
    return np.where(row >= 0, values[row], nothing) if len(values) else np.full(len(row), nothing)


def _number_of(values: Floats, row: Ints) -> Floats:
    return np.where(row >= 0, values[row], nan) if len(values) else np.full(len(row), nan)


def expected_at(ledger: Ledger, deal: Ints, row: Ints) -> Floats:
    """The expected day as it was; that of the deal itself where moves say none."""
    return _number_of(ledger.path.expected, row) if ledger.expected_timed else ledger.expected[deal]


def amount_at(ledger: Ledger, deal: Ints, row: Ints) -> Floats:
    if not ledger.amounts_timed:
        return ledger.amount[deal]
    return _number_of(ledger.path.amount, row)


class _Table:
    """Features as they are gathered."""

    def __init__(self) -> None:
        self.columns: list[Floats] = []
        self.names: list[str] = []
        self.themes: list[str] = []

    def add(self, name: str, theme: str, values: Floats | Flags) -> None:
        self.columns.append(np.asarray(values, float))
        self.names.append(name)
        self.themes.append(theme)

    def add_known(self, name: str, theme: str, values: Floats) -> None:
        """A number that may be missing: nothing and a mark then."""
        missing = ~np.isfinite(values)
        self.add(name, theme, np.where(missing, 0.0, values))
        self.add(f"{name}:missing", theme, missing)


def known(ledger: Ledger, deal: Ints, at: Floats, shape: Layout) -> Known:
    """The features of deals at moments: nothing in them became known later, fields without dates apart (see `guard`)."""
    path, table = ledger.path, _Table()
    row = path.track.row(deal, at)
    stage, expected = _of(path.stage, row, -1), expected_at(ledger, deal, row)
    age = np.maximum(at - ledger.created[deal], 0.0)
    table.add("age", "age", np.log1p(age))
    if shape.stages:
        since = np.where(np.isnan(_number_of(path.since, row)), ledger.created[deal], _number_of(path.since, row))
        waited = np.log1p(np.maximum(at - since, 0.0))
        table.add("in_stage", "time_in_stage", waited)
        for code in shape.stages:
            table.add(f"stage:{ledger.stages[code]}", "stage", stage == code)
            table.add(f"in_stage:{ledger.stages[code]}", "time_in_stage", np.where(stage == code, waited, 0.0))
        table.add("stage_rate", "stage", _logit(stage_rates(ledger, stage, at)))
        before = _of(path.before, row, -1)
        for code in shape.before:
            table.add(f"before:{ledger.stages[code]}", "path", before == code)
        table.add("moves", "path", np.log1p(np.nan_to_num(_number_of(path.moves, row))))
        table.add("returns", "path", np.log1p(np.nan_to_num(_number_of(path.returns, row))))
    if shape.expected:
        _add_expected(table, ledger, row, expected - at)
    if shape.amount:
        table.add_known("amount", "amount", np.log1p(np.maximum(amount_at(ledger, deal, row), 0.0)))
    for column in ledger.columns:
        _add_column(table, ledger, column, deal, at, shape)
    return Known(deal, at, np.column_stack(table.columns), tuple(table.names), tuple(table.themes), stage, expected)


def _add_expected(table: _Table, ledger: Ledger, row: Ints, left: Floats) -> None:
    table.add_known("days_to_expected", "expected", np.arcsinh(np.clip(left, -1000, 1000) / 7))
    table.add("overdue", "expected", np.nan_to_num(left) < 0)
    if ledger.expected_timed:
        table.add("slips", "slips", np.log1p(np.nan_to_num(_number_of(ledger.path.slips, row))))
        table.add("slipped", "slips", np.log1p(np.clip(np.nan_to_num(_number_of(ledger.path.slipped, row)), 0, 1000)))


def _add_column(table: _Table, ledger: Ledger, column: Column, deal: Ints, at: Floats, shape: Layout) -> None:
    theme = f"field:{column.name}"
    moment = at if column.timed else np.full(len(at), np.inf)
    if not column.words:
        numbers = column.numbers(deal, moment)
        table.add_known(column.name, theme, np.arcsinh(numbers))
        return
    codes = column.codes(deal, moment)
    own = shape.values[column.name] if len(column.words) <= TOO_MANY_VALUES else ()
    for code in own:
        table.add(f"{column.name}:{column.words[code]}", theme, codes == code)
    if len(column.words) > MANY_VALUES:
        table.add(f"{column.name}:rate", theme, _logit(_value_rates(ledger, column, codes, at)))


def _value_rates(ledger: Ledger, column: Column, codes: Ints, at: Floats) -> Floats:
    """How deals with the same value had fared by then, drawn to the general rate: ordered target statistics (Prokhorenkova et
    al. 2018, CatBoost), the order being that of the closes, so that no deal ever vouches for itself."""
    closed = np.flatnonzero(np.isfinite(ledger.closed))
    closed = closed[np.argsort(ledger.closed[closed], kind="stable")]
    final = (
        column.codes(closed, np.full(len(closed), np.inf)) if not column.timed else column.codes(closed, ledger.closed[closed])
    )
    return _running(final, ledger.status[closed] == WON, ledger.closed[closed], codes, at)


def stage_rates(ledger: Ledger, stage: Ints, at: Floats) -> Floats:
    """The stage table as it stood: of the deals that had visited a stage and closed by then, the share won."""
    closed = np.flatnonzero(np.isfinite(ledger.closed))
    closed = closed[np.argsort(ledger.closed[closed], kind="stable")]
    overall = _running(np.zeros(len(closed), np.int64), ledger.status[closed] == WON, ledger.closed[closed], stage * 0, at)
    found = overall.copy()
    for code, (deals, _first) in enumerate(ledger.visits):
        here = stage == code
        if here.any():
            of_it = np.isin(closed, deals)
            wins = ledger.status[closed][of_it] == WON
            ends = ledger.closed[closed][of_it]
            place = np.searchsorted(ends, at[here], side="right")
            won = np.concatenate(([0], np.cumsum(wins)))[place]
            found[here] = (won + 2 * overall[here]) / (place + 2)
    return found


def _running(code: Ints, won: Flags, when: Floats, asked: Ints, at: Floats) -> Floats:
    """Per value the rate of wins by a moment; `when` ascends."""
    overall = np.concatenate(([0.0], np.cumsum(won)))
    place = np.searchsorted(when, at, side="right")
    general = (overall[place] + 1) / (place + 2)
    order = np.lexsort((when, code))
    code, won, when = code[order], won[order], when[order]
    sums = np.concatenate(([0.0], np.cumsum(won)))
    keys = _keys(code, when)
    start = np.searchsorted(code, asked, side="left")
    stop = np.maximum(np.searchsorted(keys, _keys(asked, at), side="right"), start)
    count, wins = stop - start, sums[stop] - sums[start]
    rate: Floats = (wins + WEIGHT_OF_ALL * general) / (count + WEIGHT_OF_ALL)
    return np.where(asked >= 0, rate, general)


def _keys(code: Ints, when: Floats) -> Ints:
    return (code.astype(np.int64) << 37) + np.clip(np.floor(when * 86400), -(1 << 35), 1 << 35).astype(np.int64) + (1 << 36)


def _logit(rate: Floats) -> Floats:
    rate = np.clip(rate, 1e-3, 1 - 1e-3)
    return np.log(rate / (1 - rate))
