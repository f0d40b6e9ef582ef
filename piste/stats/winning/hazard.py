"""When deals come to an end and how: competing risks in discrete time, seen from landmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from piste.stats.history import Flags, Floats, Ints

from .features import YEAR, Known, Layout, known, layout
from .ledger import WON, Ledger

#: Equal parts of the horizon, then the parts beyond it, in horizons.
PARTS = 6
BEYOND = (1.5, 2.0, 3.0, 4.0, 6.0, 8.0)
#: Landmarks go back in steps of a part of the horizon, at most this many, with at most so many rows in all.
STEPS, MOST_LANDMARKS, MOST_ROWS = 60, 9000, 12_000
#: Ends of each kind below which nothing can be learned.
LEAST = 12
#: Trees of a model: few, shallow, slow and shrunk, so that a small history does not learn its own noise.
TREES, RATE, LEAVES, LEAF, RIDGE = 50, 0.1, 8, 30, 5.0
#: Rows that are scored at once.
AT_ONCE = 60_000
#: Bins of a feature.
BINS = 40
#: The history that a season of quarters takes to be seen, and that of a year, in years.
QUARTERS, SEASONS = 0.3, 1.6


@dataclass(frozen=True, slots=True)
class Chances:
    """Per deal the chance of being won before the period asked of begins, within the horizon, and ever; and of being lost within
    the horizon."""

    before: Floats
    within: Floats
    lost: Floats
    ever: Floats


@dataclass(frozen=True, slots=True)
class Hazard:
    """A trained model: whether a deal ends within a part of time, and whether it then is won."""

    shape: Layout
    edges: Floats
    bins: tuple[Floats, ...]
    ends: Any
    wins: Any
    seasons: int
    parts: int

    def chances(self, facts: Known, lead: float = 0.0) -> Chances:
        """Follows each deal through the parts of time, as long as it may last. What is asked of begins `lead` days from now."""
        size = len(facts.deal)
        alive, won, last, before = np.ones(size), np.zeros(size), np.zeros(size), np.zeros(size)
        won_within, lost_within = np.zeros(size), np.zeros(size)
        for part, (end, last) in enumerate(self._parts(facts)):
            won = won + alive * end * last
            start, stop = self.edges[part], self.edges[part + 1]
            before = before + alive * end * last * np.clip((lead - start) / (stop - start), 0, 1)
            if part < PARTS:
                won_within, lost_within = won, lost_within + alive * end * (1 - last)
            alive = alive * (1 - end)
        # Of what lasts longer than anything seen, nobody knows more than the last part tells.
        return Chances(before, won_within, lost_within, np.clip(won + alive * last, 0, 1))

    def _parts(self, facts: Known) -> Iterator[tuple[Floats, Floats]]:
        """For each part of time the chance of an end in it and of that being a win, many rows at once."""
        size, parts = len(facts.deal), len(self.edges) - 1
        at_once = max(1, AT_ONCE // max(size, 1))
        for first in range(0, parts, at_once):
            count = min(at_once, parts - first)
            row = np.tile(np.arange(size), count)
            part = np.repeat(np.arange(first, first + count), size)
            raw = _with_time(_taken(facts, row), part, self.edges, seasons=self.seasons, parts=self.parts)
            table = _binned(raw, self.bins)
            end, win = _chance(self.ends, table), _chance(self.wins, table)
            yield from zip(end.reshape(count, size), win.reshape(count, size), strict=True)


@contextmanager
def single_thread() -> Iterator[None]:
    """Several threads for so small a model wait for each other longer than they compute, and take time from the pages."""
    import sklearn.ensemble  # noqa: F401 (its threads can be limited only once they are there)
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        yield


def _chance(model: Any, table: Floats) -> Floats:
    found: Floats = model.predict_proba(table)[:, 1]
    return found


def edges(horizon: float, span: float) -> Floats:
    """The parts of time that a history of `span` days can tell of."""
    inner = np.linspace(0, horizon, PARTS + 1)
    return np.concatenate((inner, [horizon * times for times in BEYOND if horizon * times <= span / 2]))


def landmarks(ledger: Ledger, at: float, horizon: float, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """Deals and the moments before `at` at which they were open, in steps back from it."""
    step = max(horizon / PARTS, 1.0) if horizon >= 6 else horizon / PARTS
    first = float(ledger.created.min()) if len(ledger.created) else at
    moments = at - step * np.arange(1, STEPS * PARTS)
    moments = moments[moments >= first]
    if len(moments) > STEPS:
        moments = moments[:: int(np.ceil(len(moments) / STEPS))]
    found = [(ledger.open_at(moment), moment) for moment in moments]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0)
    deal = np.concatenate([deals for deals, _moment in found])
    when = np.concatenate([np.full(len(deals), moment) for deals, moment in found])
    if len(deal) > MOST_LANDMARKS:
        chosen = np.sort(rng.choice(len(deal), MOST_LANDMARKS, replace=False))
        deal, when = deal[chosen], when[chosen]
    return deal, when


def train(ledger: Ledger, at: float, horizon: float, *, refused: frozenset[str], rng: np.random.Generator) -> Hazard | None:
    """Learns from landmarks before `at` what came of them by `at`; None when too little did.

    A discrete-time competing-risks model (Tutz & Schmid 2016) on stacked landmarks (van Houwelingen & Putter 2011): each landmark
    counts for every part of time that was watched to its end. What was still open then is censored there. Two models: does
    it end in this part; if so, is it won."""
    deal, when = landmarks(ledger, at, horizon, rng)
    if not len(deal):
        return None
    grid = edges(horizon, at - ledger.began(at))
    shape = layout(ledger, deal, when, refused=refused)
    facts = known(ledger, deal, when, shape)
    until = np.where(ledger.closed[deal] <= at, ledger.closed[deal], np.inf) - when
    row, part, ended, weight = _expand(until, at - when, grid, rng)
    won = ledger.status[deal[row]] == WON
    if min(ended.sum(), (ended & won).sum(), (ended & ~won).sum()) < LEAST:
        return None
    span = (at - ledger.began(at)) / YEAR
    seasons = (span > QUARTERS) + (span > SEASONS)
    parts = len(grid) - 1
    table = _with_time(_taken(facts, row), part, grid, seasons=seasons, parts=parts)
    bins = tuple(_edges(column) for column in table.T)
    table = _binned(table, bins)
    ends = _fitted(table, ended, weight)
    wins = _fitted(table[ended], won[ended], weight[ended])
    return Hazard(shape, grid, bins, ends, wins, seasons, parts)


def _expand(until: Floats, watched: Floats, grid: Floats, rng: np.random.Generator) -> tuple[Ints, Ints, Flags, Floats]:
    """A row for each landmark and each part of time that it reached and that was watched to its end."""
    start, stop = grid[:-1][None, :], grid[1:][None, :]
    reached = (until[:, None] > start) & (watched[:, None] >= stop)
    row, part = np.nonzero(reached)
    ended = until[row] <= grid[1:][part]
    weight = np.ones(len(row))
    if len(row) > MOST_ROWS:
        keep = []
        for kind in (ended, ~ended):
            of_it = np.flatnonzero(kind)
            room = min(len(of_it), max(MOST_ROWS // 2, MOST_ROWS - int((~kind).sum())))
            keep.append(rng.choice(of_it, room, replace=False))
            weight[of_it] = len(of_it) / max(room, 1)
        chosen = np.sort(np.concatenate(keep))
        row, part, ended, weight = row[chosen], part[chosen], ended[chosen], weight[chosen]
    return row, part, ended, weight


def _taken(facts: Known, row: Ints) -> Known:
    return Known(
        facts.deal[row], facts.at[row], facts.table[row], facts.names, facts.themes, facts.stage[row], facts.expected[row]
    )


def _with_time(facts: Known, part: Ints, grid: Floats, *, seasons: int, parts: int) -> Floats:
    """The features with those of the part of time: which it is, whether the expected day lies in it, the season."""
    start, stop = grid[part], grid[part + 1]
    length = stop - start
    columns = [part == which for which in range(parts)]
    columns.append(np.log(length))
    if "days_to_expected" in facts.names:
        left = np.nan_to_num(facts.expected - facts.at - start, nan=-1e4)
        told = np.isfinite(facts.expected)
        inside = (left > 0) & (left <= length)
        columns.append(inside)
        columns.append(np.where(inside, left / length, 0.0))
        columns.append(np.where(told, np.log1p(np.maximum(-left, 0.0)), 0.0))
        columns.append(np.where(told, np.log1p(np.maximum(left - length, 0.0)), 0.0))
        columns.append(told & (left > length))
    if seasons >= 1:
        begins, ends = _quarter(facts.at + start), _quarter(facts.at + stop)
        columns += [ends, ends < begins, (1 - begins) * 92 / length]
    if seasons >= 2:
        turn = 2 * np.pi * (facts.at + (start + stop) / 2) / YEAR
        columns += [np.sin(turn), np.cos(turn)]
    return np.column_stack([facts.table, *(np.asarray(column, float) for column in columns)])


def _quarter(at: Floats) -> Floats:
    """How far into its quarter a moment lies, from 0 to 1."""
    days = np.floor(at).astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    quarter = (month.astype(np.int64) // 3 * 3).astype("datetime64[M]").astype("datetime64[D]")
    return (at - quarter.astype(np.int64)) / 92


def _edges(column: Floats) -> Floats:
    """Where a feature is cut: between its values when they are few, else at its quantiles."""
    found = np.unique(column)
    if len(found) <= BINS:
        return (found[1:] + found[:-1]) / 2
    return np.unique(np.quantile(column, np.linspace(0, 1, BINS + 1)[1:-1]))


def _binned(table: Floats, bins: tuple[Floats, ...]) -> Floats:
    """Each number by the place of its bin: what the trees would do to weighted rows, much more slowly."""
    found = np.empty(table.shape)
    for place, cuts in enumerate(bins):
        found[:, place] = (
            np.searchsorted(cuts, table[:, place]) if len(cuts) > 1 else table[:, place] > (cuts[0] if len(cuts) else np.inf)
        )
    return found


def _fitted(table: Floats, came: Flags, weight: Floats) -> Any:
    """Shallow boosted trees (Friedman 2001; the histogram kind of Ke et al. 2017), each leaf of many rows and shrunk."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=TREES,
        learning_rate=RATE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAF,
        l2_regularization=RIDGE,
        max_bins=BINS + 1,
        early_stopping=False,
        random_state=0,
    )
    return model.fit(table, came, sample_weight=weight)
