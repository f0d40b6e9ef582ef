"""When the past stops telling the future: a break in what comes in or in what was forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from piste.stats.winning.ledger import Ledger

from .interval import scale
from .walk import OURS, Step, Walk

#: A miss this many spreads outside is a break at once (far less than once in a hundred periods by chance); two in a row
#: outside the 80 % on the same side as well.
ALONE = 3.0
#: Arrivals of a period against the periods before: in spreads, and as a share.
ARRIVALS, CHANGED, PERIODS = 3.0, 0.3, 8


@dataclass(frozen=True, slots=True)
class Drift:
    """A warning that could be given at `at`. `what`: `forecast` (periods came out unlike all before) or `arrivals` (deals are
    created at another pace); `change` is the share by which it was more or less than expected."""

    at: float
    what: str
    change: float


def drifts(walk: Walk) -> tuple[Drift, ...]:
    """The warnings of a history, in order of time. Page (1954) on detecting a change; here with the plain rules of Western
    Electric (1956): one point far out, or two in succession outside on one side, judged each day by what was known that day."""
    found = _of_forecasts(walk.steps, walk.horizon) + _of_arrivals(walk.ledger, walk)
    told: list[Drift] = []
    for drift in sorted(found, key=lambda one: one.at):
        # A break is told once, not again each week that it lasts.
        if not any(one.what == drift.what and drift.at - one.at <= 2 * walk.horizon for one in told):
            told.append(drift)
    return tuple(told)


def _of_forecasts(steps: Sequence[Step], horizon: float) -> list[Drift]:
    found: list[Drift] = []
    judged: list[tuple[Step, float, bool]] = []
    for step in steps:
        if step.actual is None:
            continue
        said = step.bands[OURS]
        times, freedom = scale(step.past, step.floor, 1.0)
        off = log(max(step.actual, step.floor) / max(said.median, step.floor)) / (step.spread * times)
        outside = not said.low80 <= step.actual <= said.high80
        earlier = [one for one in judged if abs(one[0].at - (step.at - horizon)) <= horizon / 2]
        again = outside and any(out and off * before > 0 for _one, before, out in earlier)
        limit = ALONE * sqrt(freedom / (freedom - 2))
        if len(step.past) >= 4 and (abs(off) > limit or again):
            found.append(Drift(step.until, "forecast", step.actual / max(said.median, step.floor) - 1))
        judged.append((step, off, outside))
    return found


def _of_arrivals(ledger: Ledger, walk: Walk) -> list[Drift]:
    """Deals created within a horizon against those of the horizons before, on the scale of square roots, where a count varies by
    the same everywhere."""
    created = np.sort(ledger.created)
    found: list[Drift] = []
    for at in np.arange(walk.first + 6 * walk.horizon, walk.ledger.end + 1e-6, walk.horizon / 2):
        edges = at - walk.horizon * np.arange(PERIODS + 1, -1, -1)
        edges = edges[edges >= walk.first - 1e-6]
        if len(edges) < 6:
            continue
        counts = np.diff(np.searchsorted(created, edges, side="right")).astype(float)
        roots, now = np.sqrt(counts[:-1]), sqrt(counts[-1])
        steps = np.diff(roots)
        usual = float(np.median(counts[-7:-1]))
        spread = max(float(np.sqrt(np.mean(steps**2))), 0.5)
        change = counts[-1] / max(usual, 1.0) - 1
        if abs(now - sqrt(usual)) > ARRIVALS * spread and abs(change) >= CHANGED:
            found.append(Drift(float(at), "arrivals", float(change)))
    return found
