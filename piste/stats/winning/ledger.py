"""Deals with their past, as arrays that can be asked what was known at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite, nan
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from piste.stats.history import Flags, Floats, Ints

#: Seconds that one deal's moments span in a key of deal and moment.
SPAN = 1 << 37
OFFSET = 1 << 36
DAY = 86400.0
#: A column of texts that are all numbers is one of amounts when it has more different ones than this.
FEW = 8
#: The share of the closes before which records are taken not to have begun: a lone early deal does not begin them.
BEFORE = 0.002
OPEN, WON, LOST = 0, 1, 2
STATUSES = {"open": OPEN, "won": WON, "lost": LOST}


class Change(NamedTuple):
    """What a deal's ledger says from a moment on (in days): its stage, the day it is expected to close and its amount; None
    where nothing was said of it."""

    at: float
    stage: str | None
    expected: float | None = None
    amount: float | None = None


class Fact(NamedTuple):
    """A field's value and the moment it became known (in days); None when nobody wrote down when."""

    name: str
    value: str | float
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal: its outcome, its amount as last known, and what is on record of its past, in order of time.

    `expected` is a day of expected close whose own moment is not known; with `changes` that say it, it is not needed.
    """

    id: str
    created: float
    status: str
    closed: float | None = None
    amount: float | None = None
    changes: Sequence[Change] = ()
    facts: Sequence[Fact] = ()
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """Values that hold from a moment on, by deal: asked for deals and moments, the row that held then, or -1."""

    keys: Ints

    def row(self, deal: Ints, at: Floats) -> Ints:
        place = np.searchsorted(self.keys, keys_of(deal, at), side="right") - 1
        of_deal = self.keys[np.maximum(place, 0)] // SPAN if len(self.keys) else np.full(len(place), -1)
        return np.where((place >= 0) & (of_deal == deal), place, -1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the deals over time: `code` (a place in `words`) or `number`; `timed` when the moments are on record."""

    name: str
    track: Track
    words: tuple[str, ...]
    code: Ints
    number: Floats
    timed: bool

    def codes(self, deal: Ints, at: Floats) -> Ints:
        """The place in `words` that held then; -1 for nothing."""
        row = self.track.row(deal, at)
        return np.where(row >= 0, self.code[row], -1) if len(self.code) else row

    def numbers(self, deal: Ints, at: Floats) -> Floats:
        row = self.track.row(deal, at)
        return np.where(row >= 0, self.number[row], nan) if len(self.number) else np.full(len(deal), nan)


@dataclass(frozen=True, slots=True)
class Path:
    """The changes of stage, expected day and amount, one row each with what had gathered up to it."""

    track: Track
    stage: Ints
    before: Ints
    since: Floats
    moves: Floats
    returns: Floats
    expected: Floats
    slips: Floats
    slipped: Floats
    amount: Floats


@dataclass(frozen=True, slots=True)
class Ledger:
    """All deals, in the order given. `expected` and `amount` are as last known."""

    id: tuple[str, ...]
    created: Floats
    closed: Floats
    status: Ints
    amount: Floats
    expected: Floats
    path: Path
    stages: tuple[str, ...]
    columns: tuple[Column, ...]
    end: float
    #: Whether the moves themselves say amounts and expected days, with their moment.
    amounts_timed: bool
    expected_timed: bool
    #: Per stage, deals that ever visited it, with the moment of the first visit.
    visits: tuple[tuple[Ints, Floats], ...] = field(default=())

    def open_at(self, at: float) -> Ints:
        """Deals open at a moment."""
        return np.flatnonzero((self.created <= at) & ~(self.closed <= at))

    def stage_at(self, deal: Ints, at: Floats) -> Ints:
        """The stages that deals were in at moments; -1 for none."""
        row = self.path.track.row(deal, at)
        return np.where(row >= 0, self.path.stage[row], -1) if len(self.path.stage) else row

    def began(self, at: float = inf) -> float:
        """When the records begin to tell of outcomes, as far as it was known at a moment: before that no deal is seen to close,
        whatever became of it."""
        closed = self.closed[self.closed <= at]
        first = float(self.created.min()) if len(self.created) else 0.0
        return max(first, float(np.quantile(closed, BEFORE))) if len(closed) else first

    def closed_by(self, at: float) -> Flags:
        return self.closed <= at


def keys_of(deal: Ints, at: Floats) -> Ints:
    """One number for a deal and a moment, in order of both; exact to the second."""
    seconds = np.clip(np.floor(at * DAY), -OFFSET + 1, OFFSET - 1).astype(np.int64)
    return deal.astype(np.int64) * SPAN + seconds + OFFSET


def gather(deals: Sequence[Deal], *, end: float | None = None) -> Ledger:
    """The deals as arrays, as known at `end` (by default the last moment they speak of)."""
    last = max((max(_moments(deal)) for deal in deals), default=0.0)
    created = np.array([deal.created for deal in deals], float)
    closed = np.array([nan if deal.closed is None or deal.status == "open" else deal.closed for deal in deals], float)
    path, stages, visits = _path(deals)
    return Ledger(
        id=tuple(deal.id for deal in deals),
        created=created,
        closed=np.maximum(closed, created),
        status=np.array([STATUSES[deal.status] for deal in deals], np.int64),
        amount=np.array([_number(deal.amount) for deal in deals], float),
        expected=np.array([_number(deal.expected) for deal in deals], float),
        path=path,
        stages=stages,
        columns=_columns(deals),
        end=last if end is None else end,
        amounts_timed=any(change.amount is not None for deal in deals for change in deal.changes),
        expected_timed=any(change.expected is not None for deal in deals for change in deal.changes),
        visits=visits,
    )


def _moments(deal: Deal) -> Iterable[float]:
    yield deal.created
    if deal.closed is not None:
        yield deal.closed
    if deal.changes:
        yield deal.changes[-1].at


def _number(value: float | None) -> float:
    return nan if value is None or not isfinite(value) else float(value)


@dataclass(slots=True)
class _Walk:
    """A deal's state while its changes are read."""

    stage: int = -1
    before: int = -1
    since: float = nan
    moves: int = 0
    returns: int = 0
    expected: float = nan
    slips: int = 0
    slipped: float = 0.0
    amount: float = nan

    def take(self, change: Change, stage: int, seen: set[int]) -> None:
        if stage >= 0 and stage != self.stage:
            self.before, self.stage, self.since = self.stage, stage, change.at
            self.moves += 1
            self.returns += stage in seen
            seen.add(stage)
        if change.expected is not None:
            if change.expected > self.expected:
                self.slips += 1
                self.slipped += change.expected - self.expected
            self.expected = change.expected
        if change.amount is not None:
            self.amount = change.amount

    def row(self) -> tuple[float, ...]:
        return (
            self.stage,
            self.before,
            self.since,
            self.moves,
            self.returns,
            self.expected,
            self.slips,
            self.slipped,
            self.amount,
        )


def _path(deals: Sequence[Deal]) -> tuple[Path, tuple[str, ...], tuple[tuple[Ints, Floats], ...]]:
    """The path of all deals. What a deal's ledger says after its close belongs to no open deal and is left out."""
    codes: dict[str, int] = {}
    rows: list[tuple[float, ...]] = []
    whose: list[int] = []
    when: list[float] = []
    first: dict[int, dict[int, float]] = {}
    for place, deal in enumerate(deals):
        walk, seen = _Walk(), set[int]()
        limit = deal.closed if deal.closed is not None else float("inf")
        for change in deal.changes:
            if change.at >= limit and change.at > deal.created:
                break
            stage = codes.setdefault(change.stage, len(codes)) if change.stage else -1
            walk.take(change, stage, seen)
            if stage >= 0:
                first.setdefault(stage, {}).setdefault(place, change.at)
            rows.append(walk.row())
            whose.append(place)
            when.append(change.at)
    table = np.array(rows, float).reshape(len(rows), 9)
    keys = keys_of(np.array(whose, np.int64), np.array(when, float))
    whole = [table[:, place].astype(np.int64) for place in (0, 1)]
    path = Path(Track(keys), whole[0], whole[1], *(table[:, place] for place in range(2, 9)))
    visits = tuple(
        (np.fromiter(first[stage], np.int64), np.fromiter(first[stage].values(), float)) for stage in range(len(codes))
    )
    return path, tuple(codes), visits


def _columns(deals: Sequence[Deal]) -> tuple[Column, ...]:
    found: dict[str, list[tuple[int, float, str | float, bool]]] = {}
    for place, deal in enumerate(deals):
        for fact in deal.facts:
            told = fact.at if fact.at is not None else deal.created
            found.setdefault(fact.name, []).append((place, told, fact.value, fact.at is not None))
    return tuple(_column(name, rows) for name, rows in found.items())


def _column(name: str, rows: list[tuple[int, float, str | float, bool]]) -> Column:
    rows.sort(key=lambda row: row[:2])
    track = Track(keys_of(np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], float)))
    values = [row[2] for row in rows]
    timed = all(row[3] for row in rows)
    numbers = _as_numbers(values)
    if numbers is not None:
        return Column(name, track, (), np.zeros(0, np.int64), numbers, timed)
    words: dict[str, int] = {}
    code = np.array([words.setdefault(str(value), len(words)) for value in values], np.int64)
    return Column(name, track, tuple(words), code, np.zeros(0), timed)


def _as_numbers(values: list[str | float]) -> Floats | None:
    try:
        numbers: npt.NDArray[np.float64] = np.array([float(value) for value in values])
    except ValueError:
        return None
    return numbers if len(np.unique(numbers)) > FEW and bool(np.isfinite(numbers).all()) else None
