"""The forecasts of a pipeline, computed from its past: what the worker writes down as said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from piste.company.models import Settings
from piste.forecasting.models import Whose
from piste.foundations.calendar import Period, Span, period
from piste.insights.queries.whole_numbers import EPOCH, in_days
from piste.pipelines.models import Pipeline
from piste.stats.backtest import Backtest, Errors, Probabilities, Verdict, judge
from piste.stats.forecast.groups import of_group
from piste.stats.forecast.interval import Band
from piste.stats.forecast.value import amounts
from piste.stats.forecast.walk import Step
from piste.stats.history import Flags, Floats
from piste.stats.winning.ledger import WON, Ledger, gather
from piste.stats.winning.predict import Said
from piste.stats.winning.reasons import reasons
from piste.stats.winning.scores import Scores

from .past import Past, past_of
from .progress import by_subject

SPANS = (Span.QUARTER, Span.MONTH, Span.YEAR)
#: Past origins told with a forecast, and those a history is judged by at most.
ORIGINS, MOST_ORIGINS = 12, 30
#: Warnings younger than this are told.
FRESH = timedelta(days=180)
#: So many groups are told of, those with most deals first.
MOST_GROUPS = 60
LEAST_HORIZON = 0.5
SEED = 20


@dataclass(frozen=True, slots=True)
class ChanceSaid:
    """The chance of one open deal; as `models.Chance`."""

    deal_id: int
    ever: float
    within: float
    table: float
    low: float
    high: float
    like: int
    reasons: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast for a period as values for JSON, and, of quarters, the chances of the open deals (the deal, within it, ever); of
    the running one also what they rest on."""

    period: Period
    said: dict[str, Any]
    by_deal: list[tuple[int, float, float]] | None = None
    chances: list[ChanceSaid] = field(default_factory=list)


def make(
    pipeline: Pipeline, settings: Settings, *, at: datetime, progress: Callable[[float], None] = lambda _done: None
) -> list[Made]:
    """The forecasts of the running month, quarter and fiscal year and of those that follow, the running quarter's first. Takes
    seconds to minutes; `progress` is told from 0 to 1."""
    zone = ZoneInfo(settings.time_zone)
    today = at.astimezone(zone).date()
    past = past_of(pipeline, currency=settings.currency, as_of=at)
    ledger = gather(past.deals, end=in_days(at))
    # Of many deals these take most of the memory, and are in the ledger now.
    past = replace(past, deals=[])
    made: list[Made] = []
    judged: dict[tuple[float, float], Backtest] = {}
    running = [period(span, today, year_starts=settings.fiscal_year_month) for span in SPANS]
    periods = [*running, *(whole.next for whole in running)]
    for place, whole in enumerate(periods):

        def tell(done: float, place: int = place) -> None:
            progress((place + done) / len(periods))

        made.append(_Forecast(ledger, past, whole, zone, judged, tell).made())
    return made


class _Forecast:
    """One period's forecast."""

    def __init__(
        self,
        ledger: Ledger,
        past: Past,
        whole: Period,
        zone: ZoneInfo,
        judged: dict[tuple[float, float], Backtest],
        progress: Callable[[float], None],
    ) -> None:
        self.ledger, self.past, self.whole = ledger, past, whole
        self.since, self.until = (in_days(moment) for moment in whole.moments(zone))
        self.lead = max(0.0, self.since - ledger.end)
        self.horizon = max(LEAST_HORIZON, self.until - ledger.end)
        self.zone, self.progress = zone, progress
        #: Back-tests by where the period begins and ends: the last quarter of a year has one with it.
        self.known = judged

    def made(self) -> Made:
        ledger = self.ledger
        won = (ledger.status == WON) & (ledger.closed >= self.since) & (ledger.closed < self.until)
        said: dict[str, Any] = {
            "horizon_days": round(self.horizon, 2),
            "lead_days": round(self.lead, 2),
            "won": float(np.nansum(ledger.amount[won])),
            "won_deals": int(won.sum()),
            "elsewhere": self.past.elsewhere,
        }
        if not len(ledger.id):
            return Made(self.whole, said | {"verdict": _verdict(Verdict("base_rate", None, 0))})
        every = max(self.horizon / 2, (ledger.end - float(ledger.created.min())) / MOST_ORIGINS, LEAST_HORIZON)
        found = self.known.get((self.lead, self.horizon))
        if found is None:
            # What the running quarter, the first, says of single deals is said everywhere.
            first = next(iter(self.known.values()), None)
            found = judge(
                ledger,
                horizon=self.horizon,
                lead=self.lead,
                every=every,
                seed=SEED,
                verdict=first.verdict if first is not None else None,
                progress=self.progress,
            )
            self.known[self.lead, self.horizon] = found
        step = found.next
        said |= self._judged(found) | {"verdict": _verdict(found.verdict)}
        base = said["won_deals"] if found.measure == "deals" else said["won"]
        said |= self._ahead(found, step, base)
        # Without a closed deal there is not even a base rate.
        if self.whole.span is not Span.QUARTER or not found.verdict.closed:
            return Made(self.whole, said)
        return Made(self.whole, said, _by_deal(found, step.said), [] if self.lead else self._chances(found, step))

    def _judged(self, found: Backtest) -> dict[str, Any]:
        """What the same would have said before, and what came of it."""
        day = self._day
        fresh = self.ledger.end - FRESH / timedelta(days=1)
        return {
            "measure": found.measure,
            "errors": {name: _errors(one) for name, one in found.methods.items()},
            "origins": [
                [day(one.at), day(one.until), round(one.actual, 2), {name: _band(band) for name, band in one.methods.items()}]
                for one in found.origins[-ORIGINS:]
            ],
            "ever": _probabilities(found.ever),
            "within": _probabilities(found.within),
            "leaks": [[leak.field, leak.reason] for leak in found.leaks],
            "drifts": [[day(one.at), one.what, round(one.change, 3)] for one in found.drifts if one.at >= fresh],
        }

    def _ahead(self, found: Backtest, step: Step, base: float) -> dict[str, Any]:
        """What is said now; bands hold what is won already."""
        rng = np.random.default_rng(SEED)
        refused = any(leak.field == "amount" for leak in found.walk.refused)
        worth = amounts(found.walk.ledger, found.walk.value, found.measure, step.said, refused=refused)
        stages = []
        for stage, key in enumerate(found.walk.ledger.stages):
            here = step.said.stage == stage
            if here.any():
                expected = float((step.said.inside[here] * worth[here]).sum())
                stages.append([int(key), int(here.sum()), round(float(worth[here].sum()), 2), round(expected, 2)])
        return {
            "bands": {name: _band(band, base) for name, band in step.bands.items()},
            "shares": [round(share, 4) for share in step.shares],
            "open_deals": len(step.said.deal),
            "open_value": round(float(worth.sum()), 2),
            "open_expected": round(step.open_value, 2),
            "coming_deals": round(step.arrivals, 1),
            "coming_value": round(step.coming_value, 2),
            "stages": stages,
            "groups": {name: [round(won, 2), *_band(band, won)] for name, won, band in self._groups(found, step, rng)},
        }

    def _groups(self, found: Backtest, step: Step, rng: np.random.Generator) -> Iterable[tuple[str, float, Band]]:
        """The reps, teams and products that deals belong to now, with what each has won in the period and its forecast."""
        ledger = found.walk.ledger
        ids = np.array([int(key) for key in ledger.id])
        subjects = by_subject(self.past.read, ids)
        members = {f"{whose}:{key}": deals for (whose, key), deals in subjects.items() if whose != Whose.COMPANY}
        won = (ledger.status == WON) & (ledger.closed >= self.since) & (ledger.closed < self.until)
        worth = np.ones(len(ids)) if found.measure == "deals" else np.nan_to_num(ledger.amount)
        for name, deals in sorted(members.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:MOST_GROUPS]:
            flags: Flags = np.isin(ids, deals)
            yield name, float(worth[flags & won].sum()), of_group(found.walk, step, flags, rng=rng)

    def _chances(self, found: Backtest, step: Step) -> list[ChanceSaid]:
        ledger, said = found.walk.ledger, step.said
        near = found.near(np.arange(len(said.deal)))
        within = _within(said)
        why = reasons(said, found.walk.hazard, rng=np.random.default_rng(SEED))
        return [
            ChanceSaid(
                deal_id=int(ledger.id[deal]),
                ever=float(said.ours.ever[row]),
                within=float(within[row]),
                table=float(said.table.ever[row]),
                low=float(near.low[row]),
                high=float(near.high[row]),
                like=int(near.n[row]),
                reasons=[(one.theme, round(one.points, 4)) for one in why[row]],
            )
            for row, deal in enumerate(said.deal.tolist())
        ]

    def _day(self, at: float) -> str:
        return (EPOCH + timedelta(days=at)).astimezone(self.zone).date().isoformat()


def _within(said: Said) -> Floats:
    """The chances within the horizon: trusted apart from those of ever by how right they were, and no more than those."""
    return np.minimum(said.ours.within, said.ours.ever)


def _inside(said: Said) -> Floats:
    """The chances within the period: of one that begins later, by the model, and no more than those of ever."""
    return np.minimum(said.inside, said.ours.ever) if said.lead > 0 else _within(said)


def _by_deal(found: Backtest, said: Said) -> list[tuple[int, float, float]]:
    rows = zip(said.deal.tolist(), _inside(said).tolist(), said.ours.ever.tolist(), strict=True)
    return [(int(found.walk.ledger.id[deal]), round(within, 4), round(ever, 4)) for deal, within, ever in rows]


def _band(band: Band, base: float = 0.0) -> list[float]:
    """Median, the 80 % interval, the 50 % interval."""
    return [round(base + value, 2) for value in (band.median, band.low80, band.high80, band.low50, band.high50)]


def _errors(found: Errors) -> list[float | None]:
    return [found.n, *(None if one is None else round(one, 4) for one in (found.wape, found.bias, found.coverage, found.width))]


def _verdict(found: Verdict) -> dict[str, Any]:
    gain = None if found.gain is None else round(found.gain, 4)
    return {"code": found.code, "by": found.by, "gain": gain, "closed": found.closed}


def _probabilities(found: Probabilities) -> dict[str, Any]:
    return {"n": found.n, "deals": found.deals, "left_out": found.left_out} | {
        name: _scores(getattr(found, name)) for name in ("ours", "stage_table", "prior")
    }


def _scores(found: Scores | None) -> dict[str, Any] | None:
    if found is None:
        return None
    bins: Sequence[Sequence[float]] = [[round(one.said, 4), round(one.came, 4), one.n] for one in found.reliability]
    return {
        "brier": round(found.brier, 5),
        "auc": None if found.auc is None or np.isnan(found.auc) else round(found.auc, 4),
        "ece": round(found.ece, 5),
        "bins": [list(one) for one in bins],
    }
