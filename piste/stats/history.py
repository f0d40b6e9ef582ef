"""From the moves of a ledger to the visits that deals paid to stages.

The rules, the same for every figure:

- A **visit** begins when a deal comes into a stage (created there, moved there, reopened there) and ends when it leaves it: for
  another stage, by being won or lost, or for another pipeline. Time on hold belongs to the visit.
- A **skip** is no visit of what it passes, but whoever comes into a later stage has reached every earlier one.
- A **return** begins one visit more; the deal entered its cohort with the first.
- A move that was undone never was.
- A deal that came to be already won or lost (imported without its past) has visited no stage on the way.
- A deal still in its stage, open or held, is an unfinished visit: censored, not failed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Places of a flow that are no stage.
NOWHERE, LOST, WON, ELSEWHERE = -1, -2, -3, -4


class Exit(IntEnum):
    """How a visit ended."""

    NOT_YET = 0
    ADVANCED = 1
    RETURNED = 2
    WON = 3
    LOST = 4
    LEFT = 5


class Status(IntEnum):
    """Where a deal stands at the moment of reading; `LEFT` is in another pipeline."""

    OPEN = 0
    HELD = 1
    WON = 2
    LOST = 3
    LEFT = 4


class MoveTuple(NamedTuple):
    """What is read of a move: `at` in days, stages by id, `undoes` the number of the move it takes back."""

    deal: int
    number: int
    kind: str
    to_stage: int
    to_status: str
    at: float
    undoes: int | None


@dataclass(frozen=True, slots=True)
class Visits:
    """One row a visit, in the order of deals and, within a deal, of time. `left` is NaN for a visit not ended."""

    deal: Ints
    stage: Ints
    entered: Floats
    left: Floats
    exit: Ints

    def __len__(self) -> int:
        return len(self.deal)

    def where(self, kept: Flags) -> Visits:
        return Visits(self.deal[kept], self.stage[kept], self.entered[kept], self.left[kept], self.exit[kept])


@dataclass(frozen=True, slots=True)
class Flows:
    """One row a change of place, in the order of deals and time. Places are stages by their place in the order, or the
    negative ones above; `origin` is `NOWHERE` for a deal that came to be."""

    deal: Ints
    origin: Ints
    target: Ints
    at: Floats

    def __len__(self) -> int:
        return len(self.deal)


@dataclass(frozen=True, slots=True)
class Deals:
    """One row a deal, by ascending id; `stage` is the place where it stands (-4 in another pipeline).

    `won` is the moment of its sale, NaN without one: a customer lost later was won all the same, a deal reopened to be sold
    again was not. `closed` is the moment it came to its present status of won or lost, NaN for others.
    """

    id: Ints
    created: Floats
    status: Ints
    stage: Ints
    won: Floats
    closed: Floats

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened in a pipeline of `stages` stages until `as_of`. The stages from the place `selling` on are those
    of customers: who comes there has been won."""

    stages: int
    selling: int
    as_of: float
    visits: Visits
    flows: Flows
    deals: Deals

    def among(self, ids: Ints) -> History:
        """What happened to these deals (ascending ids) alone."""
        visits, flows, deals = self.visits, self.flows, self.deals
        kept = np.isin(deals.id, ids, assume_unique=True)
        in_flows = np.isin(flows.deal, ids)
        return History(
            self.stages,
            self.selling,
            self.as_of,
            visits.where(np.isin(visits.deal, ids)),
            Flows(flows.deal[in_flows], flows.origin[in_flows], flows.target[in_flows], flows.at[in_flows]),
            Deals(
                deals.id[kept], deals.created[kept], deals.status[kept], deals.stage[kept], deals.won[kept], deals.closed[kept]
            ),
        )


def read(moves: Iterable[MoveTuple], places: Mapping[int, int], *, stages: int, selling: int, as_of: float) -> History:
    """The history that moves tell, in any order of deals but each deal's in the order of its numbers.

    `places` gives the place of each stage of the pipeline by id (a stage folded into another has that one's place); what is not
    in it lies in another pipeline. Moves after `as_of` are not read. Deals that were never in the pipeline are left out.
    """
    by_deal: dict[int, list[MoveTuple]] = {}
    for move in moves:
        if move.at <= as_of:
            by_deal.setdefault(move.deal, []).append(move)
    visits: list[tuple[int, int, float, float, int]] = []
    flows: list[tuple[int, int, int, float]] = []
    deals: list[tuple[int, float, int, int, float, float]] = []
    for deal in sorted(by_deal):
        one = _Journey(deal, places, selling)
        for move in _effective(by_deal[deal]):
            one.take(move)
        if one.flows:
            visits += one.visits
            flows += one.flows
            deals.append(one.row())
    return History(stages, selling, as_of, _visits(visits), _flows(flows), _deals(deals))


def _deals(rows: list[tuple[int, float, int, int, float, float]]) -> Deals:
    ids, created, status, stage, won, closed = np.array(rows, dtype=np.float64).reshape(len(rows), 6).T
    return Deals(ids.astype(np.int64), created, status.astype(np.int64), stage.astype(np.int64), won, closed)


def _visits(rows: list[tuple[int, int, float, float, int]]) -> Visits:
    deal, stage, entered, left, how = np.array(rows, dtype=np.float64).reshape(len(rows), 5).T
    return Visits(deal.astype(np.int64), stage.astype(np.int64), entered, left, how.astype(np.int64))


def _flows(rows: list[tuple[int, int, int, float]]) -> Flows:
    deal, origin, target, at = np.array(rows, dtype=np.float64).reshape(len(rows), 4).T
    return Flows(deal.astype(np.int64), origin.astype(np.int64), target.astype(np.int64), at)


def _effective(moves: list[MoveTuple]) -> list[MoveTuple]:
    kept: list[MoveTuple] = []
    for move in moves:
        if move.kind != "undone":
            kept.append(move)
        elif kept and kept[-1].number == move.undoes:
            kept.pop()
    return kept


class _Journey:
    """One deal's way, move by move."""

    def __init__(self, deal: int, places: Mapping[int, int], selling: int) -> None:
        self.deal, self.places, self.selling = deal, places, selling
        self.visits: list[tuple[int, int, float, float, int]] = []
        self.flows: list[tuple[int, int, int, float]] = []
        self.status = ""
        self.raw_stage = 0
        self.where = NOWHERE
        self.at_stage = NOWHERE
        self.created = self.closed = self.first_won = float("nan")

    def take(self, move: MoveTuple) -> None:
        place = self.places.get(move.to_stage, ELSEWHERE)
        first = self.where == NOWHERE
        if first:
            self.created = move.at
        comes_in = first or move.kind == "reopened" or place != self.at_stage
        won = move.to_status == "won" and self.status != "won"
        lost = move.to_status == "lost" and (move.to_stage == self.raw_stage or first)
        if lost:
            self._leave(move.at, Exit.LOST)
            self._flow(LOST, move.at)
        elif comes_in:
            if won:
                self._leave(move.at, Exit.WON)
            elif place == ELSEWHERE:
                self._leave(move.at, Exit.LEFT)
            else:
                self._leave(move.at, Exit.ADVANCED if place > self.at_stage else Exit.RETURNED)
            if won and first and place < self.selling:
                self._flow(WON, move.at)
            else:
                self._enter(place, move.at)
                self._flow(place, move.at)
        elif won:
            self._leave(move.at, Exit.WON)
            self._flow(WON, move.at)
        if won and math.isnan(self.first_won):
            self.first_won = move.at
        elif move.to_status == "open" and self.status == "won":
            self.first_won = float("nan")
        if move.to_status in ("won", "lost"):
            if self.status != move.to_status:
                self.closed = move.at
        else:
            self.closed = float("nan")
        self.status, self.at_stage, self.raw_stage = move.to_status, place, move.to_stage

    def _enter(self, place: int, at: float) -> None:
        if place != ELSEWHERE:
            self.visits.append((self.deal, place, at, float("nan"), Exit.NOT_YET))

    def _leave(self, at: float, how: Exit) -> None:
        if self.visits and self.visits[-1][4] == Exit.NOT_YET:
            deal, stage, entered, _, _ = self.visits[-1]
            self.visits[-1] = (deal, stage, entered, at, how)

    def _flow(self, target: int, at: float) -> None:
        self.flows.append((self.deal, self.where, target, at))
        self.where = target

    def row(self) -> tuple[int, float, int, int, float, float]:
        status = Status.LEFT if self.at_stage == ELSEWHERE else Status[self.status.upper()]
        return self.deal, self.created, status, self.at_stage, self.first_won, self.closed
