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

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .places import Places

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shorts = npt.NDArray[np.int16]

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
    of customers: who comes there has been won. `told` gives the visits and flows, which are made when they are asked for; `later`
    is a history of at least the same deals at a later moment that tells the same of all until `as_of`."""

    stages: int
    selling: int
    as_of: float
    deals: Deals
    told: Callable[[], tuple[Visits, Flows]] = field(repr=False, compare=False)
    later: History | None = field(default=None, repr=False, compare=False)
    #: What was worked out of it before, by whoever needs it again for another period.
    worked_out: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def visits(self) -> Visits:
        return self.once("told", self.told)[0]

    @property
    def flows(self) -> Flows:
        return self.once("told", self.told)[1]

    def once[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What was worked out of it before under a key, else what is worked out now."""
        if key not in self.worked_out:
            self.worked_out[key] = make()
        found: T = self.worked_out[key]
        return found

    @property
    def places(self) -> Places:
        """Where deals stand among `deals`."""
        return self.once("places", lambda: Places(self.deals.id))

    def visits_of(self, stage: int) -> Ints:
        """The rows of the visits to a stage."""
        return self.once(("visits", stage), lambda: np.flatnonzero(self.visits.stage == stage))

    @property
    def last_visits(self) -> Ints:
        """For each visit, the row of its deal's last one."""

        def made() -> Ints:
            start = np.flatnonzero(firsts(self.visits.deal))
            behind = np.append(start[1:], len(self.visits))[: len(start)]
            return np.repeat(behind - 1, behind - start)

        return self.once("last_visits", made)

    def among(self, ids: Ints) -> History:
        """What happened to these deals (ascending ids) alone."""
        deals = self.deals
        kept = np.isin(deals.id, ids, assume_unique=True)
        of_them = Deals(
            deals.id[kept], deals.created[kept], deals.status[kept], deals.stage[kept], deals.won[kept], deals.closed[kept]
        )

        def told() -> tuple[Visits, Flows]:
            visits, flows = self.visits, self.flows
            here = np.isin(flows.deal, ids)
            there = Flows(flows.deal[here], flows.origin[here], flows.target[here], flows.at[here])
            return visits.where(np.isin(visits.deal, ids)), there

        return History(self.stages, self.selling, self.as_of, of_them, told)


def firsts(ordered: npt.NDArray[Any]) -> Flags:
    """Which of ascending numbers are the first of their kind."""
    found = np.ones(len(ordered), dtype=np.bool_)
    found[1:] = ordered[1:] != ordered[:-1]
    return found


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

    def as_of(self, moment: float) -> History:
        """The history that the moves until a moment tell."""
        kept = self._counted(moment)
        deal, at, place, is_at, status = self.deal, self.at, self.place, self.is_at, self.status
        if not kept.all():
            deal, at, place, is_at, status = deal[kept], at[kept], place[kept], is_at[kept], status[kept]
        first = firsts(deal)
        deals = _deals(deal, at, place, status, np.flatnonzero(first))

        def told() -> tuple[Visits, Flows]:
            return _told(deal, at, is_at, status == Status.WON, first)

        return History(self.stages, self.selling, moment, deals, told)

    def tells_the_same(self, moment: float, later: float) -> bool:
        """Whether all that counted at a moment still does at a later one, and what came since came behind it, deal by deal."""
        if not self.is_ordered or moment > later:
            return False
        return self.until is None or not bool((self._counted(moment) & ~self._counted(later)).any())

    def _counted(self, moment: float) -> Flags:
        """The moves that counted at a moment."""
        kept: Flags = self.at <= moment
        if self.until is not None:
            kept &= self.until > moment
        return kept


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


def _deals(deal: Ints, at: Floats, place: Shorts, status: Shorts, first: Ints) -> Deals:
    """One row a deal, from its rows of the ledger that begin at `first`."""
    if not len(first):
        none: Ints = np.zeros(0, dtype=np.int64)
        nothing: Floats = np.zeros(0, dtype=np.float64)
        return Deals(none, nothing, none, none, nothing, nothing)
    end = np.append(first[1:], len(deal)) - 1
    ends = status[end].astype(np.int64)
    is_over = ends > Status.HELD
    over, over_first = end[is_over], first[is_over]
    runs = _Runs(status, first)
    closed, won = np.full(len(first), np.nan), np.full(len(first), np.nan)
    closed[is_over] = at[runs.began(over)]
    # What came after the last time it was being sold is its sale and its end: nothing in it but won and lost.
    tail = _Runs(status > Status.HELD, first).began(over)
    sale = np.where(status[tail] == Status.WON, tail, runs.next(tail, over))
    won[is_over] = np.where(sale >= over_first, at[sale], np.nan)
    stands = np.where(place[end] == ELSEWHERE, Status.LEFT, ends)
    return Deals(deal[first], at[first], stands, place[end].astype(np.int64), won, closed)


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
