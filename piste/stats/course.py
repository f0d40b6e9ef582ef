"""From the moves of a ledger to a history as of any moment, by the rules that `history` states."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .history import (
    ELSEWHERE,
    LOST,
    NOWHERE,
    WON,
    Deals,
    Exit,
    Flags,
    Floats,
    Flows,
    History,
    Ints,
    Moves,
    Shorts,
    Status,
    Visits,
    firsts,
)
from .places import last_until


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The moves of a pipeline made ready to be read as of any moment: where each led, and, when any was ever taken back, `until`
    when each counted. Those that took back are not among them. `is_ordered`: none is dated before its deal's one before it."""

    stages: int
    selling: int
    deal: Ints
    at: Floats
    place: Shorts
    is_at: Shorts
    status: Shorts
    until: Floats | None
    is_ordered: bool

    #: The moves that counted at a moment, the last one asked for: whoever goes back from it needs them again.
    last_read: dict[float, _Counted] = field(default_factory=dict, repr=False)
    #: What follows from all moves, as long as all count.
    lasting: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def as_of(self, moment: float) -> History:
        """The history that the moves until a moment tell."""
        if not self._counts(moment).all():
            counted = self._counted(moment)
            return History(self.stages, self.selling, moment, counted.deals, counted.told)
        if "deals" not in self.lasting:
            self.lasting["deals"] = self._counted(moment).deals
        deals = self.lasting["deals"]
        return History(self.stages, self.selling, moment, deals, lambda: self._counted(moment).told(), lasting=self.lasting)

    def back_to(self, moment: float, later: float) -> History:
        """The history as of a moment, from what counts at a later one, where that tells the same."""
        if not self.tells_the_same(moment, later):
            return self.as_of(moment)
        counted = self.last_read.get(later)
        if counted is None:
            counted = self._counted(later)
            # Others may ask at once: what was found is held here, whatever they put in its place.
            self.last_read.clear()
            self.last_read[later] = counted
        return History(self.stages, self.selling, moment, counted.deals_until(moment), lambda: self._counted(moment).told())

    def tells_the_same(self, moment: float, later: float) -> bool:
        """Whether all that counted at a moment still does at a later one, and what came since came behind it, deal by deal."""
        if not self.is_ordered or moment > later:
            return False
        return self.until is None or not bool((self._counts(moment) & ~self._counts(later)).any())

    def _counts(self, moment: float) -> Flags:
        kept: Flags = self.at <= moment
        if self.until is not None:
            kept &= self.until > moment
        return kept

    def _counted(self, moment: float) -> _Counted:
        kept = self._counts(moment)
        if kept.all():
            return _Counted(self.deal, self.at, self.place, self.is_at, self.status)
        return _Counted(self.deal[kept], self.at[kept], self.place[kept], self.is_at[kept], self.status[kept])


class _Counted:
    """The moves that count at a moment, in the order of deals and numbers."""

    def __init__(self, deal: Ints, at: Floats, place: Shorts, is_at: Shorts, status: Shorts) -> None:
        self.deal, self.at, self.place, self.is_at, self.status = deal, at, place, is_at, status
        self.first = firsts(deal)

    def told(self) -> tuple[Visits, Flows]:
        """Visits and changes of place."""
        return _told(self.deal, self.at, self.is_at, self.status == Status.WON, self.first)

    @cached_property
    def start(self) -> Ints:
        """Where each deal begins."""
        return np.flatnonzero(self.first)

    @cached_property
    def runs(self) -> _Runs:
        """Moves of one status."""
        return _Runs(self.status, self.start)

    @cached_property
    def tails(self) -> _Runs:
        """Moves while it was being sold, and those while it was not."""
        return _Runs(self.status > Status.HELD, self.start)

    @cached_property
    def end(self) -> Ints:
        """Where each deal ends."""
        return np.append(self.start[1:], len(self.deal))[: len(self.start)] - 1

    @cached_property
    def moved_at(self) -> Floats:
        """When each deal was moved last."""
        return self.at[self.end]

    @cached_property
    def deals(self) -> Deals:
        """One row a deal."""
        return self._deals(self.start, self.end)

    def deals_until(self, moment: float) -> Deals:
        """The deals as they stood after the moves until a moment, which must come before the others: most stood then as they do
        now."""
        had = np.flatnonzero(self.deals.created <= moment)
        found = Deals(*(getattr(self.deals, one.name)[had] for one in fields(Deals)))
        moved = np.flatnonzero(self.moved_at[had] > moment)
        start = self.start[had[moved]]
        then = self._deals(start, last_until(self.at, start, self.end[had[moved]], moment))
        for one in fields(Deals):
            getattr(found, one.name)[moved] = getattr(then, one.name)
        return found

    def _deals(self, start: Ints, end: Ints) -> Deals:
        """Deals by the moves where they begin and where they end."""
        ends = self.status[end].astype(np.int64)
        is_over = ends > Status.HELD
        over, over_first = end[is_over], start[is_over]
        closed, won = np.full(len(start), np.nan), np.full(len(start), np.nan)
        closed[is_over] = self.at[self.runs.began(over)]
        # What came after the last time it was being sold is its sale and its end: nothing in it but won and lost.
        tail = self.tails.began(over)
        sale = np.where(self.status[tail] == Status.WON, tail, self.runs.next(tail, over))
        won[is_over] = np.where(sale >= over_first, self.at[sale], np.nan)
        stands = np.where(self.place[end] == ELSEWHERE, Status.LEFT, ends)
        return Deals(self.deal[start], self.at[start], stands, self.place[end].astype(np.int64), won, closed)


def _told(deal: Ints, at: Floats, is_at: Shorts, is_sale: Flags, first: Flags) -> tuple[Visits, Flows]:
    """Visits and changes of place of moves that count."""
    came = first.copy()
    came[1:] |= is_at[1:] != is_at[:-1]
    began = is_sale.copy()
    began[1:] &= first[1:] | ~is_sale[:-1]
    change = np.flatnonzero(came)
    is_at, opens = is_at[change], first[change]
    last = np.append(opens[1:], True)[: len(opens)]
    flows = _flows(deal[change], at[change], is_at, opens)
    return _visits(flows, is_at, last, began[change]), flows


def course(moves: Moves, places: Mapping[int, int], *, stages: int, selling: int) -> Course:
    """Makes moves ready. `places` gives the place of each stage of the pipeline by id (a stage folded into another has that one's
    place); what is not in it lies in another pipeline."""
    until = _counted_until(moves) if moves.undone.any() else None
    place, status = _placed(moves.stage, places), moves.status.astype(np.int16)
    is_at = _whereabouts(place, status, selling)
    deal, at = moves.deal, moves.at
    if until is not None:
        kept = ~moves.undone
        deal, at, until = deal[kept], at[kept], until[kept]
        place, is_at, status = place[kept], is_at[kept], status[kept]
    is_ordered = bool(((at[1:] >= at[:-1]) | (deal[1:] != deal[:-1])).all())
    return Course(stages, selling, deal, at, place, is_at, status, until, is_ordered)


def read(moves: Moves, places: Mapping[int, int], *, stages: int, selling: int, as_of: float) -> History:
    """The history that moves tell; those after `as_of` are not read."""
    return course(moves, places, stages=stages, selling=selling).as_of(as_of)


def _counted_until(moves: Moves) -> Floats:
    """Until when each move counted: the moment it was taken back, for ever otherwise."""
    until = np.full(len(moves), np.inf)
    touched = np.isin(moves.deal, moves.deal[moves.undone])
    before: list[int] = []
    deal = -1
    for row in np.flatnonzero(touched).tolist():
        if moves.deal[row] != deal:
            before, deal = [], int(moves.deal[row])
        if not moves.undone[row]:
            before.append(row)
        elif before:
            until[before.pop()] = moves.at[row]
    return until


def _placed(stage: Ints, places: Mapping[int, int]) -> Shorts:
    """The place of each stage named."""
    known, back = np.unique(stage, return_inverse=True)
    return np.array([places.get(key, ELSEWHERE) for key in known.tolist()], dtype=np.int16)[back]


def _whereabouts(place: Shorts, status: Shorts, selling: int) -> Shorts:
    """Where a deal is: in a stage, lost, won or elsewhere."""
    found = place.copy()
    found[(status == Status.WON) & (place < selling)] = WON
    found[status == Status.LOST] = LOST
    found[place == ELSEWHERE] = ELSEWHERE
    return found


def _flows(deal: Ints, at: Floats, is_at: Shorts, first: Flags) -> Flows:
    """The changes of place."""
    target = is_at.astype(np.int64)
    origin = np.append(NOWHERE, target[:-1])[: len(target)]
    origin[first] = NOWHERE
    return Flows(deal, origin, target, at)


def _visits(flows: Flows, is_at: Shorts, last: Flags, sold: Flags) -> Visits:
    """A visit for each flow into a stage, until the next flow of the deal; `sold` marks the flows that were its sale."""
    after = np.append(is_at[1:], np.int16(NOWHERE))[: len(flows)]
    left = np.append(flows.at[1:], np.nan)[: len(flows)]
    by_sale = np.append(sold[1:], False)[: len(flows)]
    how = np.where(after > is_at, np.int8(Exit.ADVANCED), np.int8(Exit.RETURNED))
    # Set in place: each array of its own would cost more than what is worked out.
    how[by_sale | (after == WON)] = Exit.WON
    how[after == ELSEWHERE] = Exit.LEFT
    how[after == LOST] = Exit.LOST
    how[last] = Exit.NOT_YET
    rows = np.flatnonzero(is_at >= 0)
    return Visits(
        flows.deal[rows],
        flows.target[rows],
        flows.at[rows],
        np.where(last[rows], np.nan, left[rows]),
        how[rows].astype(np.int64),
    )


class _Runs:
    """Rows of one deal that follow each other and say the same."""

    def __init__(self, said: npt.NDArray[Any], first: Ints) -> None:
        begins = firsts(said)
        begins[first] = True
        self._starts = np.flatnonzero(begins)
        self._run = np.cumsum(begins, dtype=np.int32) - 1

    def began(self, rows: Ints) -> Ints:
        """Where the run of each row began."""
        return self._starts[self._run[rows]]

    def next(self, rows: Ints, end: Ints) -> Ints:
        """Where the run behind that of each row begins; −1 for one that lasts until the end."""
        run = self._run[rows]
        return np.where(run < self._run[end], self._starts[np.minimum(run + 1, len(self._starts) - 1)], -1)
