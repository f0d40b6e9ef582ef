"""Counting back: from what is still to be won to the deals that each stage must hold, with the chance of getting there.

The model: a deal that enters a stage is won in time with the share that the past says (Aalen–Johansen, so that those still on
their way count as unknown), drawn anew in each run from what so many known fates allow (a Beta law); what it brings is the amount
of some past sale, so that the tail is as heavy as it was, around a mean drawn as uncertain as so many sales leave it. Open deals
are judged by how long they have stood where they stand, deals yet to come by the pace at which they came. A fixed seed gives
every question the same draws: a higher target never needs fewer deals, better conversion never more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf

import numpy as np

from .conversion import OUT, STILL, cumulative
from .history import Floats, Ints

#: Runs of the simulation; sales of one run drawn one by one, those beyond count with their mean.
RUNS, DRAWN = 2000, 300
#: Sales that most questions are about: fewer are drawn at first.
FEW = 40
#: Open deals drawn at once.
AT_ONCE = 256
#: With fewer past sales there is nothing to count back with.
LEAST_WINS = 5
#: A landmark (so many days already in a stage) that fewer deals came to tells nothing of its own.
LEAST_STANDING = 20
#: Of a stage's sales, the share that must still come in time; below it the stage is too late for the period.
TOO_LATE = 0.1
#: Nothing is certain of a rate.
SUREST = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Curve:
    """The share of deals won within so many days; `n` deals, those with no fate yet were watched for `still` days (ascending)."""

    times: Floats
    share: Floats
    n: int
    still: Floats

    @property
    def ever(self) -> float:
        return float(self.share[-1]) if len(self.share) else 0.0

    def by(self, days: float) -> float:
        """The share won within so many days."""
        place = int(np.searchsorted(self.times, days, side="right"))
        return float(self.share[place - 1]) if place else 0.0

    def known(self, days: float) -> int:
        """Of how many deals it is known whether they were won within so many days."""
        return self.n - int(np.searchsorted(self.still, days, side="left"))

    def within(self, part: float) -> float | None:
        """The days within which a part of the sales came; None without any."""
        if not self.ever:
            return None
        return float(self.times[int(np.argmax(self.share >= part * self.ever - 1e-12))])


def curve(days: Floats, fate: Ints) -> Curve:
    """The curve of deals by how long they were watched and what became of them (`ADVANCED` for won, `OUT`, `STILL`)."""
    found = cumulative(days, fate)
    return Curve(found.times, np.minimum(found.share, 1.0), len(days), np.sort(days[fate == STILL]))


def exact(rate: float, days: float = 0.0) -> Curve:
    """A curve that is known for certain: so many are won after exactly so many days."""
    return Curve(np.array([days]), np.array([rate]), 10**12, np.zeros(0))


@dataclass(frozen=True, slots=True)
class Step:
    """A stage by its place: the curve from the moment of entering it, and those of deals that have stood there for so many days,
    by the days, ascending."""

    place: int
    entered: Curve
    after: Sequence[tuple[float, Curve]] = ()

    def at(self, age: float) -> tuple[int, Curve]:
        """What is known of a deal that has stood there for so long: the last landmark it has passed, and its curve."""
        found = (0, self.entered)
        for number, (days, one) in enumerate(self.after, start=1):
            if days <= age:
                found = (number, one)
        return found


@dataclass(frozen=True, slots=True)
class Open:
    """A deal that may still be won: where it stands, for how many days, what it would bring (None: nobody said), whose it is."""

    place: int
    age: float
    amount: float | None
    owner: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What one supposes: each rate, amount, delay and number of arrivals times so much."""

    conversion: float = 1.0
    amount: float = 1.0
    delay: float = 1.0
    arrivals: float = 1.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What the past and the present say: amounts of past sales, the stages, what stands open, and the arrivals: how many a day,
    what becomes of them from their first day on, and each owner's share of them."""

    amounts: Floats
    steps: Sequence[Step]
    standing: Sequence[Open]
    arrivals: float
    born: Curve
    shares: dict[int, float]


@dataclass(frozen=True, slots=True)
class Need:
    """What a stage must hold. `needed` deals entering today would alone bring what is to be won; `missing` more are needed with
    those that stand open and are yet to come; None where no number would do. `rate` is the share ever won with 8 chances in 10 of
    lying between `low` and `high`, `in_time` the share won in time; half of the sales come within `median` days, one in ten
    within `soonest`."""

    place: int
    standing: int
    needed: int | None
    missing: int | None
    rate: float
    low: float
    high: float
    in_time: float
    median: float | None
    soonest: float | None
    is_late: bool
    is_too_late: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What it takes. `wins` more sales are needed, with the wanted chance, to bring the gap; `reach` is the chance as things
    stand; `expected` what the open deals and those to come bring in the median run, between `low` and `high` in 8 of 10."""

    gap: float
    days: float
    chance: float
    wins: int
    reach: float
    expected: float
    low: float
    high: float
    needs: Sequence[Need]


@lru_cache(maxsize=2)
def _draws(seed: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Of each run and sale: which past sale it repeats, how many deals it takes, when the next one to come is won; and how far
    the mean amount lies from the past one."""
    chance = np.random.default_rng(seed)
    shape = (RUNS, DRAWN)
    picks, takes, comes = chance.random(shape), chance.standard_exponential(shape), chance.standard_exponential(shape)
    return picks, takes, np.cumsum(comes, axis=1), chance.standard_normal(RUNS)


class Simulation:
    """Every question about one ground and one number of days left, answered from the same draws. A period that has not begun
    begins after `wait` days: what is won before does not count, and deals needed are needed when it begins."""

    def __init__(self, ground: Ground, *, days: float, wait: float = 0.0, suppose: WhatIf | None = None, seed: int = 1) -> None:
        if len(ground.amounts) < LEAST_WINS:
            raise ValueError("too few sales to count back with")
        self.ground, self.days, self.wait, self.seed = ground, max(0.0, days), max(0.0, wait), seed
        self.suppose = suppose or WhatIf()
        self._picks, self._takes, self._comes, lean = _draws(seed)
        self._past = np.sort(ground.amounts)
        # A mean of heavy-tailed amounts is known to within its own spread.
        spread = float(np.std(self._past) / max(1e-12, np.mean(self._past)) / np.sqrt(len(self._past)))
        self._scale = np.exp(spread * lean) * self.suppose.amount
        self._summed: dict[int, Floats] = {}
        self._mean = float(np.mean(self._past)) * self._scale
        self._steps = {step.place: step for step in ground.steps}
        self._rates = {step.place: self._rate(step.entered, step.place, 0, self.days) for step in ground.steps}
        self._sure = {step.place: self._bounds(step) for step in ground.steps}
        self._tries: dict[tuple[int, int], Floats] = {}
        self._brought = self._open()
        self._to_come = self._arriving()

    def _repeated(self, picks: Floats) -> Floats:
        """What sales bring that repeat past ones."""
        return self._past[(picks * len(self._past)).astype(np.int64)] * self._scale[:, None]

    def _sums(self, width: int) -> Floats:
        """In each run, what the first sale brings, the first two, and so on."""
        if width not in self._summed:
            self._summed[width] = np.cumsum(self._repeated(self._picks[:, :width]), axis=1)
        return self._summed[width]

    def plan(self, gap: float, *, chance: float = 0.8, owner: int | None = None) -> Plan:
        """What it takes to win the gap: of everybody, or of one owner with their own deals and their share of the arrivals."""
        brought = self._brings(owner)
        alone, more = self._wins(np.full(RUNS, gap)), self._wins(np.maximum(0.0, gap - brought))
        low, middle, high = (float(np.quantile(brought, part)) for part in (0.1, 0.5, 0.9))
        needs = [self._need(step, alone, more, chance, owner) for step in self.ground.steps]
        wins = _quantile(alone, chance)
        reach = float(np.mean(brought >= gap))
        return Plan(gap, self.days, chance, 0 if wins is None else wins, reach, middle, low, high, needs)

    def _brings(self, owner: int | None) -> Floats:
        """What the open deals and those to come bring in each run."""
        if owner is None:
            return sum(self._brought.values(), self._to_come.copy())
        share = self.ground.shares.get(owner, 0.0)
        return self._brought.get(owner, np.zeros(RUNS)) + share * self._to_come

    def _need(self, step: Step, alone: Floats, more: Floats, chance: float, owner: int | None) -> Need:
        rate, found, delay = self._rates[step.place], step.entered, self.suppose.delay
        median, soonest = (None if days is None else days * delay for days in (found.within(0.5), found.within(0.1)))
        in_time, ever = found.by(self.days / delay), found.ever
        too_late = in_time < TOO_LATE * ever or not in_time
        low, high = self._sure[step.place]
        needed = missing = None
        if not too_late:
            needed, missing = (_quantile(self._deals(wins, rate, step.place), chance) for wins in (alone, more))
        elif not _quantile(more, chance):
            missing = 0
        return Need(
            place=step.place,
            standing=sum(one.place == step.place and owner in (None, one.owner) for one in self.ground.standing),
            needed=needed,
            missing=missing,
            rate=min(1.0, ever * self.suppose.conversion),
            low=low,
            high=high,
            in_time=min(1.0, in_time * self.suppose.conversion),
            median=median,
            soonest=soonest,
            is_late=median is not None and median > self.days,
            is_too_late=too_late,
        )

    def _bounds(self, step: Step) -> tuple[float, float]:
        """Between what the share ever won lies in 8 runs of 10."""
        low, high = np.quantile(self._rate(step.entered, step.place, 0, inf), (0.1, 0.9))
        return float(low), float(high)

    def _rate(self, found: Curve, place: int, landmark: int, days: float, after: float = 0.0) -> Floats:
        """The share won within so many days and not before, in each run as another share that the known fates allow."""
        until = days / self.suppose.delay
        share, known = found.by(until) - (found.by(after / self.suppose.delay) if after else 0.0), max(1, found.known(until))
        chance = np.random.default_rng([self.seed, place + 2, landmark])
        drawn = chance.beta(share * known + 0.5, (1 - share) * known + 0.5, RUNS)
        return np.minimum(drawn * self.suppose.conversion, SUREST)

    def _open(self) -> dict[int, Floats]:
        """What the open deals of each owner bring in each run."""
        known = sorted((one for one in self.ground.standing if one.place in self._steps), key=lambda one: one.owner)
        rates, which = self._rates_of(known)
        amounts = np.array([np.nan if one.amount is None else one.amount * self.suppose.amount for one in known])
        owners = np.array([one.owner for one in known], dtype=np.int64)
        chance = np.random.default_rng([self.seed, 0])
        found: dict[int, Floats] = {}
        for start in range(0, len(known), AT_ONCE):
            part = slice(start, start + AT_ONCE)
            luck, repeats = chance.random((RUNS, AT_ONCE), dtype=np.float32), chance.integers(0, DRAWN, AT_ONCE)
            width = len(which[part])
            brought = (luck[:, :width] < rates[:, which[part]]) * np.nan_to_num(amounts[part])
            unsaid = np.flatnonzero(np.isnan(amounts[part]))
            if len(unsaid):
                won = luck[:, unsaid] < rates[:, which[part][unsaid]]
                brought[:, unsaid] = won * self._repeated(self._picks[:, repeats[unsaid]])
            whose, first = np.unique(owners[part], return_index=True)
            for owner, sums in zip(whose.tolist(), np.add.reduceat(brought, first, axis=1).T, strict=True):
                found[owner] = found.get(owner, 0.0) + sums
        return found

    def _rates_of(self, standing: Sequence[Open]) -> tuple[Floats, Ints]:
        """In each run, the share won in time of each kind of open deal (a stage and a landmark), and the kind of each deal."""
        kinds: dict[tuple[int, int], int] = {}
        columns: list[Floats] = []
        which = []
        for one in standing:
            landmark, found = self._steps[one.place].at(one.age)
            if (one.place, landmark) not in kinds:
                kinds[one.place, landmark] = len(columns)
                columns.append(self._rate(found, one.place, landmark, self.wait + self.days, self.wait).astype(np.float32))
            which.append(kinds[one.place, landmark])
        rates = np.stack(columns, axis=1) if columns else np.zeros((RUNS, 0))
        return rates, np.array(which, dtype=np.int64)

    def _arriving(self) -> Floats:
        """What deals yet to come bring in each run: they come evenly, and each has the days left from then on."""
        whole = self.wait + self.days
        come = self.ground.arrivals * whole * self.suppose.arrivals
        if come <= 0:
            return np.zeros(RUNS)
        born, delay = self.ground.born, self.suppose.delay
        left = (np.arange(50) + 0.5) / 50 * whole
        share = float(
            np.mean([born.by(days / delay) - (born.by((days - self.days) / delay) if self.wait else 0.0) for days in left])
        )
        known = max(1, born.known(whole / 2 / delay))
        chance = np.random.default_rng([self.seed, 1])
        drawn = chance.beta(share * known + 0.5, (1 - share) * known + 0.5, RUNS)
        mean = come * np.minimum(drawn * self.suppose.conversion, SUREST)
        wins = np.sum(self._comes <= mean[:, None], axis=1)
        rest = np.where(wins == DRAWN, np.maximum(0.0, mean - DRAWN), 0.0)
        # Other sales than those a stage would bring: read from the other end.
        most = max(1, int(wins.max()))
        sums = np.cumsum(self._repeated(self._picks[:, ::-1][:, :most]), axis=1)
        return np.where(wins > 0, sums[np.arange(RUNS), np.maximum(wins - 1, 0)], 0.0) + rest * self._mean

    def _wins(self, gap: Floats) -> Floats:
        """In each run, how many sales bring the gap."""
        width = FEW if np.all(self._sums(FEW)[:, -1] >= gap) else DRAWN
        sums = self._sums(width)
        found = np.sum(sums < gap[:, None], axis=1) + 1.0
        beyond = np.ceil(np.maximum(0.0, gap - sums[:, -1]) / np.maximum(self._mean, 1e-12))
        return np.where(gap > 0, np.where(found > DRAWN, DRAWN + beyond, found), 0.0)

    def _deals(self, wins: Floats, rate: Floats, place: int) -> Floats:
        """In each run, how many deals that many sales take: the sum of as many geometric numbers."""
        width = FEW if wins.max() <= FEW else DRAWN
        sums = self._tries.get((place, width))
        if sums is None:
            takes = np.ceil(self._takes[:, :width] / -np.log1p(-rate)[:, None])
            sums = self._tries[place, width] = np.cumsum(np.maximum(takes, 1.0), axis=1)
        at = np.minimum(wins, width).astype(np.int64)
        found = np.where(at > 0, sums[np.arange(RUNS), np.maximum(at - 1, 0)], 0.0)
        return found + np.ceil(np.maximum(0.0, wins - DRAWN) / rate)


def _quantile(numbers: Floats, chance: float) -> int | None:
    """The smallest number that suffices in so many of the runs; None beyond a million."""
    place = min(RUNS - 1, max(0, int(np.ceil(chance * RUNS)) - 1))
    found = float(np.partition(numbers, place)[place])
    return int(found) if found < 1_000_000 else None


def landmarks(days: Floats, left: Floats, fate: Ints) -> list[tuple[float, Curve]]:
    """The curves of those who had stood for a while: `days` until the fate of each visit, `left` how long it stood in the stage
    itself. The landmarks are quarters of how long visits last."""
    found: list[tuple[float, Curve]] = []
    for part in (0.25, 0.5, 0.75, 0.9):
        if len(left) < LEAST_STANDING:
            break
        mark = float(np.quantile(left, part))
        there = left >= mark
        if mark <= 0 or np.sum(there & (fate != STILL)) < LEAST_STANDING:
            continue
        found.append((mark, curve(days[there] - mark, fate[there])))
    return found


__all__ = [
    "LEAST_WINS", "OUT", "Curve", "Ground", "Need", "Open", "Plan", "Simulation", "Step", "WhatIf", "curve", "exact", "landmarks",
]  # fmt: skip
