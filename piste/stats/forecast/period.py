"""The forecast of one period: what was won of it so far, what the open deals will bring, and what those yet to come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from piste.stats.winning.chances import Chance, chances
from piste.stats.winning.ledger import Deal, gather

from .classic import won_between
from .drift import Drift, drifts
from .interval import Band
from .walk import Walk, origins, walk

#: So many earlier moments are forecast from as well, to know by how much such forecasts miss.
MOMENTS = 12


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast at `at` of a period: by method (`ours`, `weighted_pipeline`, `run_rate`, `same_season`) the whole of it, `won`
    included. `measure` is `amount` or `deals`; `judged` past forecasts say how wide ours is."""

    at: float
    start: float
    end: float
    measure: str
    won: float
    from_open: float
    from_coming: float
    bands: dict[str, Band]
    judged: int
    drifts: tuple[Drift, ...]
    walk: Walk

    def chances(self) -> tuple[Chance, ...]:
        """The win probabilities of the open deals, `within` being the rest of the period."""
        *past, now = [step.said for step in self.walk.steps]
        return chances(self.walk.ledger, now, self.walk.hazard, past)


def forecast(
    deals: Sequence[Deal],
    *,
    at: float,
    start: float,
    end: float,
    seed: int = 0,
    trusted: frozenset[str] = frozenset(),
    progress: Callable[[float], None] | None = None,
) -> Forecast:
    """Forecasts what the period from `start` to `end` brings, as known at `at`, from the deals given (those of a pipeline, a
    team, a rep, a product). Raises `ValueError` when the period is over or begins after `at`.

    The rest of the period is forecast at earlier moments too, as many days ahead; how those missed makes the interval."""
    if not start <= at < end:
        raise ValueError("the moment of a forecast lies within its period")
    ledger = gather(deals, end=at)
    horizon = end - at
    every = max(horizon / 2, (at - ledger.began()) / (MOMENTS + 4), 1.0)
    moments = origins(ledger, horizon, every)[-MOMENTS:]
    gone = walk(ledger, [*moments, at], horizon, every, seed=seed, trusted=trusted, progress=progress)
    last = gone.steps[-1]
    won = won_between(gone.ledger, gone.value, start, at)
    return Forecast(
        at=at,
        start=start,
        end=end,
        measure=gone.measure,
        won=won,
        from_open=last.open_value,
        from_coming=last.coming_value,
        bands={name: _with(band, won) for name, band in last.bands.items()},
        judged=len(last.past),
        drifts=drifts(gone),
        walk=gone,
    )


def _with(band: Band, won: float) -> Band:
    return Band(band.median + won, band.low80 + won, band.high80 + won, band.low50 + won, band.high50 + won)
