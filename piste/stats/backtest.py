"""What the forecast would have said at each past moment from what was known then, held against what came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .forecast.drift import Drift, drifts
from .forecast.interval import Band
from .forecast.walk import METHODS, OURS, Step, Walk, origins, usual_horizon, walk
from .history import Flags, Floats, Ints
from .winning.guard import Leak
from .winning.hazard import Hazard
from .winning.ledger import LOST, WON, Deal, Ledger, gather
from .winning.likeness import Like, like, like_all
from .winning.predict import Pair, Said, believed
from .winning.scores import Scores, scores

STAGE_TABLE, PRIOR = "stage_table", "prior"
#: Without a day to begin at, the first of the origins only teach: how far to be believed, how wide to be.
TEACHING = 0.25
#: A score is reliable when it beats the base rate by this share of Brier's score and by twice the error of that.
GAIN, ERRORS = 0.01, 2.0
#: A history is long enough to deny every signal when a gain of this share would stand out of its error.
SEEN = 0.1
#: Closed deals, and wins and losses among them, below which there is only a base rate.
FEWEST, FEWEST_OF_A_KIND = 30, 8


@dataclass(frozen=True, slots=True)
class Origin:
    """One past moment: by method what was said of the period that ended `until`, and what it brought."""

    at: float
    until: float
    actual: float
    methods: dict[str, Band]


@dataclass(frozen=True, slots=True)
class Errors:
    """Of `n` origins at which a method said something: the weighted absolute percentage error, the bias (both as shares of what
    came), how often the 80 % interval held, and its mean width as a share of what came on average."""

    n: int
    wape: float | None
    bias: float | None
    coverage: float | None
    width: float | None


@dataclass(frozen=True, slots=True)
class Probabilities:
    """The scores of ours, the stage table and the base rate on the same `n` predictions of `deals` deals. `left_out` predictions
    have no outcome yet: they are of deals still open."""

    n: int
    deals: int
    left_out: int
    ours: Scores | None
    stage_table: Scores | None
    prior: Scores | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a score can be relied on: `reliable`, `no_signal` (nothing known of deals tells the outcome better than the base
    rate), `base_rate` (too short a history). `gain` is the share of Brier's score by which ours beats the base rate. `by` says
    what deals are given: `ours`, the rate of their stage (`stage_table`) where that told more than the base rate (`prior`)."""

    code: str
    gain: float | None
    closed: int
    by: str = "prior"


@dataclass(frozen=True, slots=True)
class Backtest:
    """Everything that is said of a history. `verdict` is on the chances of being won ever, `soon` on those within the horizon;
    where they cannot be relied on, `next` gives each deal the base rate."""

    walk: Walk
    horizon: float
    every: float
    began: float
    ended: float
    measure: str
    origins: tuple[Origin, ...]
    methods: dict[str, Errors]
    ever: Probabilities
    within: Probabilities
    verdict: Verdict
    soon: Verdict
    leaks: tuple[Leak, ...]
    drifts: tuple[Drift, ...]
    next: Step

    def near(self, rows: Ints) -> Like:
        """What became of earlier deals of which the same was said as of those of `next` in these rows."""
        chances = self.next.said.ours.ever[rows]
        if self.verdict.by != "ours":
            said = self.next.said
            stages = said.stage[rows] if self.verdict.by == "stage_table" else None
            return like_all(self.walk.ledger, chances, stages)
        return like(self.walk.ledger, chances, [step.said for step in self.walk.steps[:-1]])


def backtest(
    deals: Sequence[Deal],
    *,
    horizon: float | None = None,
    every: float | None = None,
    since: float | None = None,
    end: float | None = None,
    seed: int = 0,
    trusted: frozenset[str] = frozenset(),
    progress: Callable[[float], None] | None = None,
) -> Backtest:
    """Forecasts at each past origin and judges them. `horizon` and `every` are days, `since` the first origin judged, `end` the
    day the records speak up to (the last moment in them by default). The last step forecasts the period after the end."""
    return judge(gather(deals, end=end), horizon=horizon, every=every, since=since, seed=seed, trusted=trusted, progress=progress)


def judge(
    ledger: Ledger,
    *,
    horizon: float | None = None,
    lead: float = 0.0,
    every: float | None = None,
    since: float | None = None,
    seed: int = 0,
    trusted: frozenset[str] = frozenset(),
    verdict: Verdict | None = None,
    progress: Callable[[float], None] | None = None,
) -> Backtest:
    """As `backtest`, for deals already gathered; of periods that begin `lead` days after each origin and end with the horizon. A
    `verdict` that was given on these deals before stands: there is one, whatever period is asked of."""
    horizon = usual_horizon(ledger) if horizon is None else horizon
    every = _usual_step(ledger, horizon) if every is None else every
    moments = origins(ledger, horizon, every)
    gone = walk(ledger, np.append(moments, ledger.end), horizon, every, lead=lead, seed=seed, trusted=trusted, progress=progress)
    past, ahead = gone.steps[:-1], gone.steps[-1]
    judged = _judged(past, since)
    said = [step.said for step in judged]
    verdict = verdict or _verdict(gone.ledger, said, gone.hazard, ever=True)
    soon = _verdict(gone.ledger, said, gone.hazard, ever=False)
    told = believed(ahead.said, ever=verdict.by, within=soon.by)
    return Backtest(
        walk=gone,
        horizon=horizon,
        every=every,
        began=ledger.began(),
        ended=ledger.end,
        measure=gone.measure,
        origins=tuple(Origin(step.at, step.until, step.actual or 0.0, step.bands) for step in judged),
        methods={name: _errors(judged, name) for name in METHODS},
        ever=_probabilities(gone.ledger, said, ever=True),
        within=_probabilities(gone.ledger, said, ever=False),
        verdict=verdict,
        soon=soon,
        leaks=gone.refused,
        drifts=drifts(replace(gone, steps=past)) if past else (),
        next=replace(ahead, said=told),
    )


def _usual_step(ledger: Ledger, horizon: float) -> float:
    """Half a horizon, or what makes two dozen origins."""
    return max(horizon / 2, (ledger.end - ledger.began()) / 30, 1.0) if horizon >= 2 else horizon


def _judged(past: Sequence[Step], since: float | None) -> list[Step]:
    """The steps that count: from a day on, or after the first of them have taught."""
    if since is not None:
        return [step for step in past if step.at >= since - 1e-6]
    spoke = [step for step in past if step.said.facts is not None]
    return spoke[int(TEACHING * len(spoke)) :] or list(past)


def _errors(steps: Sequence[Step], method: str) -> Errors:
    rows = [(step.bands[method], step.actual or 0.0) for step in steps if method in step.bands]
    total = sum(actual for _band, actual in rows)
    if not rows or total <= 0:
        return Errors(len(rows), None, None, None, None)
    return Errors(
        n=len(rows),
        wape=sum(abs(band.median - actual) for band, actual in rows) / total,
        bias=sum(band.median - actual for band, actual in rows) / total,
        coverage=sum(band.low80 <= actual <= band.high80 for band, actual in rows) / len(rows),
        width=sum(band.high80 - band.low80 for band, _actual in rows) / total,
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Predictions one beneath the other, those with an outcome."""

    deal: Ints
    came: Flags
    ours: Floats
    table: Floats
    prior: Floats
    left_out: int


def _rows(ledger: Ledger, said: Sequence[Said], *, ever: bool) -> _Rows:
    def stacked(pairs: Sequence[Pair]) -> Floats:
        return np.concatenate([pair.ever if ever else pair.within for pair in pairs] or [np.zeros(0)])[known]

    deal = np.concatenate([one.deal for one in said] or [np.zeros(0, np.int64)]).astype(np.int64)
    until = np.concatenate([np.full(len(one.deal), np.inf if ever else one.at + one.horizon) for one in said] or [np.zeros(0)])
    known = np.isfinite(ledger.closed[deal]) if ever else np.ones(len(deal), bool)
    came = (ledger.status[deal] == WON) & (ledger.closed[deal] <= until)
    return _Rows(
        deal=deal[known],
        came=came[known],
        ours=stacked([one.ours for one in said]),
        table=stacked([one.table for one in said]),
        prior=stacked([one.prior for one in said]),
        left_out=int((~known).sum()),
    )


def _probabilities(ledger: Ledger, said: Sequence[Said], *, ever: bool) -> Probabilities:
    rows = _rows(ledger, said, ever=ever)
    return Probabilities(
        n=len(rows.deal),
        deals=len(np.unique(rows.deal)),
        left_out=rows.left_out,
        ours=scores(rows.ours, rows.came),
        stage_table=scores(rows.table, rows.came),
        prior=scores(rows.prior, rows.came),
    )


def _verdict(ledger: Ledger, said: Sequence[Said], hazard: Hazard | None, *, ever: bool) -> Verdict:
    """A gain that chance could bring is no gain: errors clustered by deal, since a deal is judged at several origins."""
    won, lost = int((ledger.status == WON).sum()), int((ledger.status == LOST).sum())
    rows = _rows(ledger, [one for one in said if one.facts is not None], ever=ever)
    if won + lost < FEWEST or min(won, lost) < FEWEST_OF_A_KIND or hazard is None or len(rows.deal) < FEWEST:
        return Verdict("base_rate", None, won + lost)
    gain = (rows.prior - rows.came) ** 2 - (rows.ours - rows.came) ** 2
    _deals, place = np.unique(rows.deal, return_inverse=True)
    error = float(np.sqrt((np.bincount(place, weights=gain - gain.mean()) ** 2).sum())) / len(gain)
    base = float(((rows.prior - rows.came) ** 2).mean())
    share = float(gain.mean()) / base if base > 0 else 0.0
    if share >= GAIN and gain.mean() > ERRORS * error:
        return Verdict("reliable", share, won + lost, "ours")
    by = "stage_table" if float(((rows.table - rows.came) ** 2).mean()) < base else "prior"
    # That there is nothing may be said only where something would have shown.
    return Verdict("no_signal" if ERRORS * error <= SEEN * base else "base_rate", share, won + lost, by)


__all__ = ["OURS", "PRIOR", "STAGE_TABLE", "Backtest", "backtest", "judge"]
