"""The forecast through a history: at each origin what was known then, what was said then, and what has come since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np

from piste.stats.history import Floats
from piste.stats.winning.guard import Leak, leaks, without
from piste.stats.winning.hazard import Hazard, single_thread, train
from piste.stats.winning.ledger import Ledger
from piste.stats.winning.predict import Said, say, slim

from . import classic
from .coming import coming
from .interval import Band, Miss, around, combined, plain_band, spread_of, weights
from .simulate import simulate
from .value import amounts, expected_days, values

OURS, WEIGHTED, RUN_RATE, SEASON = "ours", "weighted_pipeline", "run_rate", "same_season"
METHODS = (OURS, WEIGHTED, RUN_RATE, SEASON)
#: The model is trained anew at so many of the origins, evenly; between them the last one speaks.
TRAININGS = 9
#: Horizons that a history should hold, and those it may have, by default.
HELD, USUAL = 6, (91, 30, 14, 7)


@dataclass(frozen=True, slots=True)
class Step:
    """One origin. `parts` are what the deals themselves, the run-rate and the season say, `shares` how much of each we took,
    `spread` the simulated one. `actual` is None while the period has not passed, `past` the misses that were known then."""

    at: float
    until: float
    bands: dict[str, Band]
    parts: tuple[float, float, float]
    shares: tuple[float, float, float]
    spread: float
    floor: float
    open_value: float
    coming_value: float
    arrivals: float
    actual: float | None
    past: tuple[Miss, ...]
    said: Said

    def as_miss(self) -> Miss | None:
        return None if self.actual is None else Miss(self.parts, self.bands[OURS].median, self.spread, self.actual)


@dataclass(frozen=True, slots=True)
class Walk:
    """All origins in order of time; the ledger is the one without the refused fields. What is forecast at each begins `lead` days
    later and ends with the horizon."""

    ledger: Ledger
    value: Floats
    measure: str
    first: float
    horizon: float
    lead: float
    every: float
    refused: tuple[Leak, ...]
    steps: tuple[Step, ...]
    hazard: Hazard | None


def usual_horizon(ledger: Ledger) -> float:
    """The longest usual horizon of which the history holds enough."""
    span = ledger.end - ledger.began()
    return float(next((days for days in USUAL if days * HELD <= span), USUAL[-1]))


def origins(ledger: Ledger, horizon: float, every: float, *, last: float | None = None) -> Floats:
    """The moments at which a forecast is made: back from the last whose period has passed, in even steps, as long as there was
    something to learn from."""
    stop = ledger.end - horizon if last is None else last
    first = ledger.began()
    start = first + max(horizon, 0.1 * (ledger.end - first))
    if stop < start:
        return np.zeros(0)
    count = int((stop - start) / every + 1e-9)
    found: Floats = stop - every * np.arange(count, -1, -1.0)
    return found


def walk(
    ledger: Ledger,
    moments: Sequence[float] | Floats,
    horizon: float,
    every: float,
    *,
    lead: float = 0.0,
    seed: int = 0,
    trusted: frozenset[str] = frozenset(),
    progress: Callable[[float], None] | None = None,
) -> Walk:
    """Goes through the origins in order. What one says rests on nothing later: the model on what had closed by then, its trust
    and its width on the forecasts of earlier origins whose periods had passed by then."""
    with single_thread():
        return _walk(ledger, moments, horizon, every, lead, seed, trusted, progress)


def _walk(
    ledger: Ledger,
    moments: Sequence[float] | Floats,
    horizon: float,
    every: float,
    lead: float,
    seed: int,
    trusted: frozenset[str],
    progress: Callable[[float], None] | None,
) -> Walk:
    refused = leaks(ledger, trusted=trusted)
    names = frozenset(leak.field for leak in refused)
    clean = without(ledger, refused)
    value, measure = values(clean)
    rng = np.random.default_rng(seed)
    steps: list[Step] = []
    hazard, trained = None, -inf
    gap = max(every, (float(moments[-1]) - float(moments[0])) / TRAININGS) if len(moments) else every
    for place, at in enumerate(moments):
        if hazard is None or at - trained >= gap - 1e-6 or place == len(moments) - 1:
            hazard, trained = train(clean, float(at), horizon, refused=names, rng=rng), float(at)
        said = say(clean, float(at), horizon, hazard, [step.said for step in steps], lead)
        scene = _Scene(clean, value, measure, clean.began(float(at)), horizon, lead, every, unknown="amount" in names)
        steps.append(scene.step(said if place == len(moments) - 1 else slim(said), steps, rng))
        if progress is not None:
            progress((place + 1) / len(moments))
    return Walk(clean, value, measure, clean.began(), horizon, lead, every, refused, tuple(steps), hazard)


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all origins share."""

    ledger: Ledger
    value: Floats
    measure: str
    first: float
    horizon: float
    lead: float
    every: float
    unknown: bool

    def step(self, said: Said, earlier: Sequence[Step], rng: np.random.Generator) -> Step:
        at, until = said.at, said.at + self.horizon
        length = self.horizon - self.lead
        amount = amounts(self.ledger, self.value, self.measure, said, refused=self.unknown)
        new = coming(self.ledger, self.value, at, self.horizon, self.first, self.lead)
        draws = simulate(said.inside, amount, new, rng)
        rate = classic.run_rate(self.ledger, self.value, at, length, self.first)
        season = classic.same_season(self.ledger, self.value, at, self.horizon, self.first, self.lead)
        # Without a model nothing is known of the open deals, and nothing is to be learned from that.
        parts = (float(draws.mean()) if said.facts is not None else nan, rate, season)
        past = tuple(miss for step in earlier if step.until <= at + 1e-6 and (miss := step.as_miss()) is not None)
        median, spread = combined(parts, past), spread_of(draws)
        floor = 0.02 * max(rate if isfinite(rate) else 0.0, median) + 1e-9
        ours = around(median, draws, past, floor=floor, apart=self.every / self.horizon)
        return Step(
            at=at,
            until=until,
            bands={OURS: ours} | self._classic(said, amount, rate, season),
            parts=parts,
            shares=weights(parts, past),
            spread=spread,
            floor=floor,
            open_value=float((said.inside * amount).sum()),
            coming_value=new.wins * float(new.amounts.mean()) if len(new.amounts) else 0.0,
            arrivals=new.arrivals,
            actual=self._won(at + self.lead, until) if until <= self.ledger.end + 1e-6 else None,
            past=past,
            said=said,
        )

    def _won(self, start: float, stop: float) -> float:
        return classic.won_between(self.ledger, self.value, start, stop)

    def _classic(self, said: Said, amount: Floats, rate: float, season: float) -> dict[str, Band]:
        """The classic methods with the intervals that they imply: deals independent of each other for the pipeline, the spread
        of the periods before for the others."""
        expected, length = expected_days(self.ledger, said), self.horizon - self.lead
        weighted, deviation = classic.weighted_pipeline(said, amount, expected)
        before = [
            self._won(said.at - (back + 1) * length, said.at - back * length)
            for back in range(2 * classic.PERIODS)
            if said.at - (back + 1) * length >= self.first
        ]
        spread = float(np.std(before, ddof=1)) if len(before) > 1 else 0.5 * (rate if isfinite(rate) else 0.0)
        said_now = {WEIGHTED: (weighted, deviation), RUN_RATE: (rate, spread), SEASON: (season, spread)}
        return {name: plain_band(median, wide) for name, (median, wide) in said_now.items() if isfinite(median)}
