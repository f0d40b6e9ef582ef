"""What it takes to reach a target: the ground that the ledger gives, and the plan of everybody and of each rep.

One answer for the page, its JSON and `piste plan`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from piste.forecasting.models import Measure
from piste.insights.queries import Reading, StagePlace
from piste.insights.queries.figures import Within
from piste.stats.conversion import ADVANCED, OUT, STILL
from piste.stats.history import Flags, Floats, Ints, Status
from piste.stats.reverse import LEAST_WINS, Ground, Need, Open, Plan, Simulation, Step, WhatIf, curve, landmarks

DAY = timedelta(days=1)
#: The past that rates, delays and amounts are measured on: a year, if it holds so many sales; else all there is.
RECENT, ENOUGH = 365.0, 30
#: Days over which arrivals are counted.
ARRIVING = 90.0
#: The chance one plans for unless another is asked.
CHANCE = 0.8


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: a target (minor units or wins) for the days from `first` to `last`, both counted, and what one supposes."""

    target: int
    measure: str
    currency: str
    first: date
    last: date
    chance: float = CHANCE
    suppose: WhatIf = field(default_factory=WhatIf)
    #: Targets of reps by member.
    by_rep: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RepPlan:
    """What a rep has won, is to win, and what it takes."""

    member_id: int
    target: int
    won: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Planned:
    """The answer: `won` of the target so far, the plan of everybody (None: too few past sales), the plans of the reps with a
    target; measured on `sales` sales since `since` (None: since the first deal). `arrivals` prospects come a month."""

    ask: Ask
    stages: Sequence[StagePlace]
    won: int
    won_count: int
    plan: Plan | None
    reps: Sequence[RepPlan]
    sales: int
    since: float | None
    arrivals: float
    elsewhere: int

    @property
    def gap(self) -> int:
        return max(0, self.ask.target - self.won)

    @property
    def lever(self) -> Need | None:
        """The stage nearest to the sale that still helps in time and lacks deals; None when nothing lacks or nothing helps."""
        needs = self.plan.needs if self.plan is not None else ()
        return next((need for need in reversed(needs) if not need.is_too_late and need.missing), None)

    @property
    def too_late(self) -> list[Need]:
        return [need for need in self.plan.needs if need.is_too_late] if self.plan is not None else []


def planned(read: Reading, ask: Ask, *, zone: ZoneInfo) -> Planned:
    """What it takes, from what a reading knows at its moment."""
    since, until = Within(datetime.combine(ask.first, time(), zone), datetime.combine(ask.last + DAY, time(), zone)).days
    deals, now = read.history.deals, read.history.as_of
    in_period = (deals.won >= since) & (deals.won < until)
    counts = _counting(read, ask)
    won = _worth(read, deals.id[in_period], ask)
    recent = deals.won >= now - RECENT
    window = now - RECENT if int(recent.sum()) >= ENOUGH else None
    ground = _ground(read, ask, counts, window)
    plan, reps = None, []
    if len(ground.amounts) >= LEAST_WINS:
        simulation = Simulation(ground, days=until - max(now, since), wait=since - now, suppose=ask.suppose)
        plan = simulation.plan(max(0, ask.target - sum(won.values())), chance=ask.chance)
        for member, target in ask.by_rep.items():
            got = won.get(member, 0)
            reps.append(RepPlan(member, target, got, simulation.plan(max(0, target - got), chance=ask.chance, owner=member)))
    return Planned(
        ask=ask,
        stages=[stage for stage in read.stages if stage.place < read.history.selling and stage.in_use],
        won=sum(won.values()),
        won_count=int(in_period.sum()),
        plan=plan,
        reps=reps,
        sales=len(ground.amounts),
        since=window,
        arrivals=ground.arrivals * 365 / 12,
        elsewhere=int(np.sum(~counts)),
    )


def _counting(read: Reading, ask: Ask) -> Flags:
    """Which deals count: with amounts, those in the company's currency and those of which nobody said one."""
    facts = (read.facts[key] for key in read.history.deals.id.tolist())
    wins = ask.measure == Measure.WINS
    return np.array([wins or fact.amount_minor is None or fact.currency == ask.currency for fact in facts], dtype=np.bool_)


def _worth(read: Reading, deals: Ints, ask: Ask) -> dict[int, int]:
    """What deals count for, by owner."""
    found: dict[int, int] = {}
    for key in deals.tolist():
        fact = read.facts[key]
        if ask.measure == Measure.WINS:
            found[fact.owner_id] = found.get(fact.owner_id, 0) + 1
        elif fact.amount_minor is not None and fact.currency == ask.currency:
            found[fact.owner_id] = found.get(fact.owner_id, 0) + fact.amount_minor
    return found


def _ground(read: Reading, ask: Ask, counts: Flags, window: float | None) -> Ground:
    """What the past and the present say, of the deals that count."""
    history, deals = read.history, read.history.deals
    start = window if window is not None else -np.inf
    wins = ask.measure == Measure.WINS
    sold = deals.id[counts & (deals.won >= start)].tolist()
    amounts = [1.0 if wins else float(read.facts[key].amount_minor or 0) for key in sold]
    visits = history.visits
    place = np.searchsorted(deals.id, visits.deal)
    steps = []
    for stage in read.stages:
        if stage.place >= history.selling or not stage.in_use:
            continue
        here = np.flatnonzero((visits.stage == stage.place) & (visits.entered >= start))
        days, fate = _fates(read, place[here], visits.entered[here])
        stood = np.where(np.isnan(visits.left[here]), history.as_of, visits.left[here]) - visits.entered[here]
        steps.append(Step(stage.place, curve(days, fate), landmarks(days, stood, fate)))
    everybody = np.flatnonzero(deals.created >= start)
    born = curve(*_fates(read, everybody, deals.created[everybody]))
    lately = counts & (deals.created >= history.as_of - ARRIVING)
    length = min(ARRIVING, history.as_of - float(deals.created.min())) if len(deals) else ARRIVING
    owners = [read.facts[key].owner_id for key in deals.id[lately].tolist()]
    shares = {owner: owners.count(owner) / len(owners) for owner in set(owners)}
    return Ground(
        amounts=np.array([amount for amount in amounts if amount > 0]),
        steps=steps,
        standing=_standing(read, counts, wins=wins),
        arrivals=len(owners) / max(1.0, length),
        born=born,
        shares=shares,
    )


def _fates(read: Reading, rows: Ints, since: Floats) -> tuple[Floats, Ints]:
    """Of deals by their rows, the days from a moment to their sale, their loss or the moment of reading, and which it was."""
    deals, now = read.history.deals, read.history.as_of
    won = deals.won[rows] >= since
    gone = ~won & ((deals.status[rows] == Status.LOST) | (deals.status[rows] == Status.LEFT))
    ended = np.where(won, deals.won[rows], np.where(gone, np.where(np.isnan(deals.closed[rows]), now, deals.closed[rows]), now))
    return np.maximum(0.0, ended - since), np.where(won, ADVANCED, np.where(gone, OUT, STILL)).astype(np.int64)


def _standing(read: Reading, counts: Flags, *, wins: bool) -> list[Open]:
    """The open deals that count, by id."""
    deals, visits, now = read.history.deals, read.history.visits, read.history.as_of
    here = np.isnan(visits.left)
    entered = dict(zip(visits.deal[here].tolist(), visits.entered[here].tolist(), strict=True))
    found = []
    still = counts & (deals.status == Status.OPEN)
    for key, place in zip(deals.id[still].tolist(), deals.stage[still].tolist(), strict=True):
        fact = read.facts[key]
        amount = 1.0 if wins else (None if fact.amount_minor is None else float(fact.amount_minor))
        found.append(Open(place, now - entered.get(key, now), amount, fact.owner_id))
    return found
