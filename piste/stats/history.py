"""From the moves of a ledger to the visits that deals paid to stages.

The rules, the same for every figure:

- Where a deal **is** follows from its stage and status: in its stage while it is open, on hold or a customer there; else lost,
  won, or in another pipeline. A stage that a closed deal is filed under is not visited.
- A **visit** begins when a deal comes to be in a stage (created, moved or reopened there) and ends when it is elsewhere.
  Time on hold belongs to the visit.
- A **skip** is no visit of what it passes, but whoever comes into a later stage has reached every earlier one.
- A **return** begins one visit more; the deal entered its cohort with the first.
- A move that was undone never was.
- A deal that came to be already won or lost (imported without its past) has visited no stage on the way.
- A deal still in its stage, open or held, is an unfinished visit: censored, not failed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

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
    """One move of a deal's ledger: `at` in days, the stage it led to by id."""

    deal: int
    number: int
    kind: str
    to_stage: int
    to_status: str
    at: float


#: The statuses of a ledger by the code they have in `Moves`.
CODES = {"open": Status.OPEN, "held": Status.HELD, "won": Status.WON, "lost": Status.LOST}


@dataclass(frozen=True, slots=True)
class Moves:
    """Moves as arrays, in the order of deals and, within a deal, of their numbers. `undone` marks one that takes back the last
    one before it that still counts; `status` is a `Status`."""

    deal: Ints
    stage: Ints
    status: Ints
    undone: Flags
    at: Floats

    def __len__(self) -> int:
        return len(self.deal)

    def where(self, kept: Flags) -> Moves:
        return Moves(self.deal[kept], self.stage[kept], self.status[kept], self.undone[kept], self.at[kept])


def as_moves(rows: Iterable[MoveTuple]) -> Moves:
    """Moves in any order as arrays."""
    told = sorted(rows)
    return Moves(
        np.array([move.deal for move in told], dtype=np.int64),
        np.array([move.to_stage for move in told], dtype=np.int64),
        np.array([CODES[move.to_status] for move in told], dtype=np.int64),
        np.array([move.kind == "undone" for move in told], dtype=np.bool_),
        np.array([move.at for move in told], dtype=np.float64),
    )


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
    #: What was worked out of it before, by whoever needs it again for another period.
    worked_out: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

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


def firsts(ordered: Ints) -> Flags:
    """Which of ascending numbers are the first of their kind."""
    found = np.ones(len(ordered), dtype=np.bool_)
    found[1:] = ordered[1:] != ordered[:-1]
    return found


def read(moves: Moves, places: Mapping[int, int], *, stages: int, selling: int, as_of: float) -> History:
    """The history that moves tell. `places` gives the place of each stage of the pipeline by id (a stage folded into another has
    that one's place); what is not in it lies in another pipeline. Moves after `as_of` are not read."""
    moves = _effective(moves.where(moves.at <= as_of))
    place = _placed(moves.stage, places)
    first = firsts(moves.deal)
    is_at = _whereabouts(place, moves.status, selling)
    came = first.copy()
    came[1:] |= is_at[1:] != is_at[:-1]
    began = (moves.status == Status.WON) & (first | np.append(False, moves.status[1:] != moves.status[:-1])[: len(moves)])
    change = np.flatnonzero(came)
    flows, opens = _flows(moves, is_at, first, change)
    return History(
        stages, selling, as_of, _visits(flows, opens, began[change]), flows, _deals(moves, place, np.flatnonzero(first))
    )


def _effective(moves: Moves) -> Moves:
    """Without the moves that were taken back, and those that took them back."""
    if not moves.undone.any():
        return moves
    kept = ~moves.undone
    touched = np.isin(moves.deal, moves.deal[moves.undone])
    before: list[int] = []
    deal = -1
    for row in np.flatnonzero(touched).tolist():
        if moves.deal[row] != deal:
            before, deal = [], int(moves.deal[row])
        if not moves.undone[row]:
            before.append(row)
        elif before:
            kept[before.pop()] = False
    return moves.where(kept)


def _placed(stage: Ints, places: Mapping[int, int]) -> Ints:
    """The place of each stage named."""
    known, back = np.unique(stage, return_inverse=True)
    return np.array([places.get(key, ELSEWHERE) for key in known.tolist()], dtype=np.int64)[back]


def _whereabouts(place: Ints, status: Ints, selling: int) -> Ints:
    """Where a deal is: in a stage, lost, won or elsewhere."""
    ends = [place == ELSEWHERE, status == Status.LOST, (status == Status.WON) & (place < selling)]
    return np.select(ends, [ELSEWHERE, LOST, WON], place)


def _flows(moves: Moves, is_at: Ints, first: Flags, change: Ints) -> tuple[Flows, Flags]:
    """The changes of place, and which of them are the last of their deal."""
    target = is_at[change]
    origin = np.append(NOWHERE, target[:-1])[: len(change)]
    origin[first[change]] = NOWHERE
    last = np.append(first[change][1:], True)[: len(change)]
    return Flows(moves.deal[change], origin, target, moves.at[change]), last


def _visits(flows: Flows, last: Flags, sold: Flags) -> Visits:
    """A visit for each flow into a stage, until the next flow of the deal; `sold` marks the flows that were its sale."""
    after = np.append(flows.target[1:], NOWHERE)[: len(flows)]
    left = np.where(last, np.nan, np.append(flows.at[1:], np.nan)[: len(flows)])
    by_sale = np.append(sold[1:], False)[: len(flows)]
    how = np.select(
        [last, after == LOST, after == ELSEWHERE, by_sale | (after == WON), after > flows.target],
        [Exit.NOT_YET, Exit.LOST, Exit.LEFT, Exit.WON, Exit.ADVANCED],
        Exit.RETURNED,
    )
    return Visits(flows.deal, flows.target, flows.at, left, how).where(flows.target >= 0)


def _deals(moves: Moves, place: Ints, first: Ints) -> Deals:
    """One row a deal, from its rows of the ledger that begin at `first`."""
    if not len(first):
        none: Ints = np.zeros(0, dtype=np.int64)
        nothing: Floats = np.zeros(0, dtype=np.float64)
        return Deals(none, nothing, none, none, nothing, nothing)
    rows = np.arange(len(moves))
    end = np.append(first[1:], len(moves)) - 1
    # What came after the last time it was being sold is its sale and its end.
    sold_at = np.maximum.reduceat(np.where(moves.status <= Status.HELD, rows, -1), first)
    lasting = np.repeat(np.maximum(sold_at, first - 1), end - first + 1)
    won = _first_since(rows, (moves.status == Status.WON) & (rows > lasting), first, moves.at)
    status = moves.status[end]
    other = np.maximum.reduceat(np.where(moves.status != np.repeat(status, end - first + 1), rows, -1), first)
    closed = np.where(status >= Status.WON, moves.at[np.maximum(other + 1, first)], np.nan)
    stands = np.where(place[end] == ELSEWHERE, Status.LEFT, status)
    return Deals(moves.deal[first], moves.at[first], stands, place[end], won, closed)


def _first_since(rows: Ints, found: Flags, first: Ints, at: Floats) -> Floats:
    """By deal, the moment of the first row that is marked; NaN without one."""
    row = np.minimum.reduceat(np.where(found, rows, len(rows)), first)
    return np.where(row < len(rows), at[np.minimum(row, len(rows) - 1)], np.nan)
