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
from piste.insights.queries.facts import NO_AMOUNT
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
    worth = _worths(read, ask)
    won = _by_owner(worth, in_period)
    recent = deals.won >= now - RECENT
    window = now - RECENT if int(recent.sum()) >= ENOUGH else None
    ground = _ground(read, worth, window)
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
        elsewhere=int(np.sum(~worth.counts)),
    )


@dataclass(frozen=True, slots=True)
class _Worth:
    """What each deal of a reading counts for, row by row: `amount` (NaN where nobody said one), `owner`, and whether the deal
    `counts` at all."""

    amount: Floats
    owner: Ints
    counts: Flags


def _worths(read: Reading, ask: Ask) -> _Worth:
    """With amounts, deals in the company's currency count, and those of which nobody said one."""
    facts = read.facts
    if ask.measure == Measure.WINS:
        return _Worth(np.ones(len(facts)), facts.owner, np.ones(len(facts), dtype=np.bool_))
    said = facts.amount != NO_AMOUNT
    counts = ~said | (facts.currency == facts.texts.number(ask.currency))
    return _Worth(np.where(said, facts.amount, np.nan).astype(np.float64), facts.owner, counts)


def _by_owner(worth: _Worth, which: Flags) -> dict[int, int]:
    """What some deals count for, by owner."""
    rows = which & worth.counts & ~np.isnan(worth.amount)
    owners, place = np.unique(worth.owner[rows], return_inverse=True)
    sums = np.bincount(place, weights=worth.amount[rows], minlength=len(owners))
    return dict(zip(owners.tolist(), (round(one) for one in sums.tolist()), strict=True))


def _ground(read: Reading, worth: _Worth, window: float | None) -> Ground:
    """What the past and the present say, of the deals that count."""
    history, deals = read.history, read.history.deals
    start = window if window is not None else -np.inf
    amounts = worth.amount[worth.counts & (deals.won >= start)]
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
    lately = worth.counts & (deals.created >= history.as_of - ARRIVING)
    length = min(ARRIVING, history.as_of - float(deals.created.min())) if len(deals) else ARRIVING
    owners, counts = np.unique(worth.owner[lately], return_counts=True)
    came = int(lately.sum())
    return Ground(
        amounts=amounts[amounts > 0],
        steps=steps,
        standing=_standing(read, worth),
        arrivals=came / max(1.0, length),
        born=born,
        shares=dict(zip(owners.tolist(), (counts / max(1, came)).tolist(), strict=True)),
    )


def _fates(read: Reading, rows: Ints, since: Floats) -> tuple[Floats, Ints]:
    """Of deals by their rows, the days from a moment to their sale, their loss or the moment of reading, and which it was."""
    deals, now = read.history.deals, read.history.as_of
    won = deals.won[rows] >= since
    gone = ~won & ((deals.status[rows] == Status.LOST) | (deals.status[rows] == Status.LEFT))
    ended = np.where(won, deals.won[rows], np.where(gone, np.where(np.isnan(deals.closed[rows]), now, deals.closed[rows]), now))
    return np.maximum(0.0, ended - since), np.where(won, ADVANCED, np.where(gone, OUT, STILL)).astype(np.int64)


def _standing(read: Reading, worth: _Worth) -> list[Open]:
    """The open deals that count, by id."""
    deals, visits, now = read.history.deals, read.history.visits, read.history.as_of
    entered = np.full(len(deals), now)
    here = np.isnan(visits.left)
    entered[np.searchsorted(deals.id, visits.deal[here])] = visits.entered[here]
    rows = np.flatnonzero(worth.counts & (deals.status == Status.OPEN))
    amounts = [None if np.isnan(amount) else amount for amount in worth.amount[rows].tolist()]
    ages, owners = (now - entered[rows]).tolist(), worth.owner[rows].tolist()
    return [Open(*one) for one in zip(deals.stage[rows].tolist(), ages, amounts, owners, strict=True)]
