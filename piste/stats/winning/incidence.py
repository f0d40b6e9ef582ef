"""What deals that were found open came to, those still open counted as open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from piste.stats.ends import ends, staying
from piste.stats.history import Flags, Floats, Ints

from .ledger import WON, Ledger

#: Deals are looked for at so many past moments a horizon, and at no more than these.
A_HORIZON, MOMENTS = 3, 32
#: More deals found than these tell no more: every second, third … of them is asked.
MOST_FOUND = 20_000
#: How many closed deals of a stage all stages count for.
WEIGHT_OF_ALL = 20.0
#: A past as long as this many horizons is believed by half: what closed in one season may be that season's luck.
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Incidence:
    """At each of `times` the share of all that is won then; `left` is the share of which no end is seen."""

    times: Floats
    won: Floats
    left: float


@dataclass(frozen=True, slots=True)
class Found:
    """Deals found open at past moments (a row each, as often as found), and the stages that they were in."""

    at: Floats
    deal: Ints
    stage: Ints


def incidence(days: Floats, over: Flags, won: Flags) -> Incidence:
    """The cumulative incidence of wins (Aalen & Johansen 1978), losses competing: `days` watched, whether that was to its end
    (`over`) and whether the end was a win. What is still open is at risk as long as it was watched, and then forgotten."""
    found = ends(days, over, won)
    ended, wins = found.marked
    alive = staying(ended, found.at_risk)
    return Incidence(found.times, alive[:-1] * wins / found.at_risk, float(alive[-1]))


def find(ledger: Ledger, at: float, horizon: float) -> Iterator[Found]:
    """The deals open at each of the moments before `at`, the newest first."""
    first = ledger.began(at)
    for back in range(1, MOMENTS + 1):
        moment = at - back * horizon / A_HORIZON
        if moment < first:
            return
        deal = ledger.open_at(moment)
        when = np.full(len(deal), moment)
        yield Found(when, deal, ledger.stage_at(deal, when))


def ever_won(ledger: Ledger, at: float, horizon: float, found: list[Found], stage: Ints, table: Floats) -> Floats:
    """The chance of deals in `stage` to be won ever: as far as earlier deals of their stage were seen to end, the share of them
    that was won; of the rest, and of a short past, what the stage table says (`table`).

    A stage table is made of deals that have closed. Where losses come late it promises too much for as long as they have not
    come; those that are open are no evidence for it."""
    deal = np.concatenate([one.deal for one in found] or [np.zeros(0, np.int64)])
    step = 1 + len(deal) // MOST_FOUND
    deal = deal[::step]
    if not len(deal):
        return table
    when, place = (np.concatenate(parts)[::step] for parts in zip(*((one.at, one.stage) for one in found), strict=True))
    closed = np.where(ledger.closed[deal] <= at, ledger.closed[deal], np.inf)
    days, over = np.minimum(closed, at) - when, np.isfinite(closed)
    if not over.any():
        return table
    won = over & (ledger.status[deal] == WON)
    general = incidence(days, over, won)
    told, left = np.full(len(stage), general.won.sum()), np.full(len(stage), general.left)
    for code in np.unique(stage):
        of_it = place == code
        count = len(np.unique(deal[of_it & over]))
        if count:
            own, here = incidence(days[of_it], over[of_it], won[of_it]), stage == code
            told[here] = (count * own.won.sum() + WEIGHT_OF_ALL * general.won.sum()) / (count + WEIGHT_OF_ALL)
            left[here] = (count * own.left + WEIGHT_OF_ALL * general.left) / (count + WEIGHT_OF_ALL)
    horizons = (at - ledger.began(at)) / horizon
    believed = horizons / (horizons + HALF)
    chance: Floats = believed * (told + left * table) + (1 - believed) * table
    return chance
