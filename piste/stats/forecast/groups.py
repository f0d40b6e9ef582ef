"""The forecast of some of the deals: a rep's, a team's, a product's."""

from __future__ import annotations

import numpy as np

from piste.stats.history import Flags

from . import classic
from .coming import Coming, coming
from .interval import Band, around, combined
from .simulate import simulate
from .value import amounts
from .walk import Step, Walk

YEAR = 365.0


def of_group(walk: Walk, step: Step, member: Flags, *, rng: np.random.Generator) -> Band:
    """What the deals marked in `member` (one flag a deal of the ledger) bring within the period of a step.

    The chances and the trust in each method are those of the whole; the open deals are the group's own, of the deals yet to come
    it has the share that it had of the wins of the last year. The width is that of the group's own draws times what the whole
    has missed by: a group alone has too short a past to be judged by."""
    ledger, at, horizon = walk.ledger, step.at, walk.horizon
    value = np.where(member, walk.value, 0.0)
    of_it = member[step.said.deal]
    refused = any(leak.field == "amount" for leak in walk.refused)
    amount = amounts(ledger, walk.value, walk.measure, step.said, refused=refused)
    new = coming(ledger, walk.value, at, horizon, walk.first, walk.lead)
    lately, all_lately = (
        classic.won_between(ledger, worth, at - YEAR, at) for worth in (member.astype(float), np.ones(len(member)))
    )
    part = lately / all_lately if all_lately > 0 else 0.0
    own = Coming(new.arrivals * part, new.wins * part, new.amounts)
    draws = simulate(step.said.inside[of_it], amount[of_it], own, rng)
    rate = classic.run_rate(ledger, value, at, horizon - walk.lead, walk.first)
    season = classic.same_season(ledger, value, at, horizon, walk.first, walk.lead)
    parts = (float(draws.mean()) if np.isfinite(step.parts[0]) else np.nan, rate, season)
    median = combined(parts, step.past)
    floor = 0.02 * max(rate if np.isfinite(rate) else 0.0, median) + 1e-9
    return around(median, draws, step.past, floor=floor, apart=walk.every / horizon)
