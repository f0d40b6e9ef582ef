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

from collections.abc import Callable, Hashable, Iterable
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
    #: What follows from the moves alone, whenever they are read: histories of the same ones have it in common.
    lasting: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def visits(self) -> Visits:
        return self.always("told", self.told)[0]

    @property
    def flows(self) -> Flows:
        return self.always("told", self.told)[1]

    def once[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """What was worked out of it before under a key, else what is worked out now."""
        if key not in self.worked_out:
            self.worked_out[key] = make()
        found: T = self.worked_out[key]
        return found

    def always[T](self, key: Hashable, make: Callable[[], T]) -> T:
        """The same of what does not depend on the moment of reading."""
        if key not in self.lasting:
            self.lasting[key] = make()
        found: T = self.lasting[key]
        return found

    @property
    def places(self) -> Places:
        """Where deals stand among `deals`."""
        return self.always("places", lambda: Places(self.deals.id))

    def visits_of(self, stage: int) -> Ints:
        """The rows of the visits to a stage."""
        return self.always(("visits", stage), lambda: np.flatnonzero(self.visits.stage == stage))

    @property
    def last_visits(self) -> Ints:
        """For each visit, the row of its deal's last one."""

        def made() -> Ints:
            start = np.flatnonzero(firsts(self.visits.deal))
            behind = np.append(start[1:], len(self.visits))[: len(start)]
            return np.repeat(behind - 1, behind - start)

        return self.always("last_visits", made)

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
