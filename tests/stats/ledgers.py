"""Random ledgers that deals can have, and a plain reading of them, move by move, to hold the fast one against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isnan, nan

from hypothesis import strategies as st

from piste.deals import rules
from piste.stats.course import read
from piste.stats.history import ELSEWHERE, LOST, NOWHERE, WON, Exit, History, MoveTuple, Status, as_moves

#: Stages of the pipeline by id: four of selling, two of customers; 90 and 91 are those of another pipeline.
ORDER = [10, 20, 30, 40, 50, 60]
RETENTION = (50, 60)
PLACES = {key: place for place, key in enumerate(ORDER)}
OTHERS = [90, 91]
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = 86400.0

WISHES = ("go", "go", "go", "go", "win", "lose", "hold", "resume", "undo", "undo")
wishes = st.tuples(st.sampled_from(WISHES), st.sampled_from([*ORDER, *OTHERS]), st.integers(0, 20))
beginnings = st.tuples(
    st.sampled_from(ORDER), st.sampled_from(["open", "open", "open", "open", "won", "lost"]), st.integers(0, 30)
)
ledgers = st.lists(st.tuples(beginnings, st.lists(wishes, max_size=10)), max_size=6)
type Told = Sequence[tuple[tuple[int, str, int], Sequence[tuple[str, int, int]]]]


@dataclass
class Grown:
    """One deal's whole ledger as steps of `deals.rules`, grown by wishes as the operations would."""

    steps: list[rules.Step] = field(default_factory=list)

    def add(self, kind: str, stage: int, status: str, at: datetime, undoes: int | None = None) -> None:
        self.steps.append(rules.Step(len(self.steps) + 1, kind, stage, status, at, undoes=undoes))
        rules.replay(self.steps)

    def wish(self, what: str, stage: int, at: datetime) -> None:
        effective = rules.states(self.steps)
        now = effective[-1][1]
        if what == "undo":
            if len(effective) > 1:
                before = effective[-2][1]
                self.add("undone", before.stage_id, before.status, at, effective[-1][0])
        elif what == "go":
            self._go(now, stage, at)
        elif what == "win" and now.status != "won":
            self.add("won", now.stage_id if now.stage_id in (*RETENTION, *OTHERS) else RETENTION[0], "won", at)
        elif what == "lose" and now.status != "lost":
            self.add("lost", now.stage_id, "lost", at)
        elif what == "hold" and now.status in ("open", "held"):
            self.add("held", now.stage_id, "held", at)
        elif what == "resume" and now.status == "held":
            self.add("resumed", now.stage_id, "open", at)

    def _go(self, now: rules.State, stage: int, at: datetime) -> None:
        own = ORDER if now.stage_id in ORDER else OTHERS
        role = "retention" if stage in RETENTION else "meeting"
        kind = rules.kind_of_going(now.status, own, now.stage_id, stage, role=role)
        if kind:
            self.add(kind, stage, "won" if now.status == "won" and kind != "reopened" else "open", at)


def grown(told: Told) -> list[MoveTuple]:
    """The moves of deals 1, 2, … that touch the pipeline, as they are read from the table."""
    found = []
    for deal, (beginning, wanted) in enumerate(told, start=1):
        stage, status, day = beginning
        at = START + timedelta(days=day)
        ledger = Grown()
        ledger.add("created", stage, status, at)
        for what, where, hours in wanted:
            at += timedelta(hours=hours)
            ledger.wish(what, where, at)
        origin = None
        for step in ledger.steps:
            if step.to_stage_id in ORDER or origin in ORDER:
                day_ = step.at.timestamp() / DAY
                found.append(MoveTuple(deal, step.number, step.kind, step.to_stage_id, step.to_status, day_))
            origin = step.to_stage_id
    return found


def history(moves: Sequence[MoveTuple], *, places: Mapping[int, int] = PLACES, as_of: float | None = None) -> History:
    stages = max(places.values()) + 1
    selling = places[RETENTION[0]]
    end = as_of if as_of is not None else START.timestamp() / DAY + 100
    return read(as_moves(moves), places, stages=stages, selling=selling, as_of=end)


@dataclass
class Plain:
    """What the rules say of one deal, one move after the other."""

    visits: list[tuple[int, float, float, int]] = field(default_factory=list)
    flows: list[tuple[int, int, float]] = field(default_factory=list)
    created: float = nan
    status: int = -1
    stage: int = NOWHERE
    won: float = nan
    closed: float = nan

    def take(self, move: MoveTuple, places: Mapping[int, int], selling: int) -> None:
        place = places.get(move.to_stage, ELSEWHERE)
        status = Status[move.to_status.upper()]
        if isnan(self.created):
            self.created = move.at
        sold = status == Status.WON and self.said != Status.WON
        if place == ELSEWHERE:
            target = ELSEWHERE
        elif status == Status.LOST:
            target = LOST
        elif status == Status.WON and place < selling:
            target = WON
        else:
            target = place
        self._come(target, move.at, sold=sold)
        if status in (Status.OPEN, Status.HELD):
            self.won = nan
        elif sold and isnan(self.won):
            self.won = move.at
        if status in (Status.OPEN, Status.HELD):
            self.closed = nan
        elif status != self.said:
            self.closed = move.at
        self.said, self.stage = status, place
        self.status = Status.LEFT if place == ELSEWHERE else status

    said: int = -1

    def _come(self, target: int, at: float, *, sold: bool) -> None:
        where = self.flows[-1][1] if self.flows else NOWHERE
        if where == target:
            return
        if where >= 0:
            stage, entered, _, _ = self.visits[-1]
            if target == LOST:
                how = Exit.LOST
            elif target == ELSEWHERE:
                how = Exit.LEFT
            elif target == WON or sold:
                how = Exit.WON
            else:
                how = Exit.ADVANCED if target > where else Exit.RETURNED
            self.visits[-1] = (stage, entered, at, how)
        self.flows.append((where, target, at))
        if target >= 0:
            self.visits.append((target, at, nan, Exit.NOT_YET))


def plain(moves: Sequence[MoveTuple], *, places: Mapping[int, int] = PLACES, selling: int = 4) -> dict[int, Plain]:
    """The same by hand, deal by deal."""
    found: dict[int, Plain] = {}
    kept: dict[int, list[MoveTuple]] = {}
    for move in sorted(moves):
        before = kept.setdefault(move.deal, [])
        if move.kind == "undone":
            before.pop()
        else:
            before.append(move)
    for deal, mine in kept.items():
        for move in mine:
            found.setdefault(deal, Plain()).take(move, places, selling)
    return found
