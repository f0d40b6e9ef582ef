"""The chance of each open deal, with its range, the deals it is like, and what speaks for and against it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from piste.stats.history import Floats, Ints

from .features import Known
from .hazard import Hazard, single_thread
from .ledger import WON, Ledger
from .predict import Said

#: Deals are like each other when they were given chances this close.
LIKE = 0.05
#: The chance itself counts for so many deals beside those that are like it.
OWN_WEIGHT = 10.0
#: Other deals that a theme is borrowed from, and the effect in points below which nothing is a reason.
BORROWED, SLIGHTEST = 4, 0.5


@dataclass(frozen=True, slots=True)
class Reason:
    """By how many points (hundredths) a theme lifts or lowers the chance against what it would be with that of other deals:
    `stage`, `time_in_stage`, `path`, `age`, `expected`, `slips`, `amount`, or `field:NAME`."""

    theme: str
    points: float


@dataclass(frozen=True, slots=True)
class Chance:
    """What is said of one open deal: the chance to be won `ever`, with an interval of 80 %, and `within` the horizon; `like` is
    the number of closed deals that were once given about the same chance."""

    deal: str
    ever: float
    low: float
    high: float
    within: float
    like: int
    reasons: tuple[Reason, ...]


def chances(
    ledger: Ledger, said: Said, hazard: Hazard | None, past: Sequence[Said], *, explained: Collection[str] | None = None
) -> tuple[Chance, ...]:
    """What is said of all deals open at a moment; reasons for those of `explained` (all when None), strongest first."""
    like, low, high = _ranges(ledger, said, past)
    asked = np.array([explained is None or ledger.id[deal] in explained for deal in said.deal], bool)
    with single_thread():
        reasons = _reasons(said, hazard, np.flatnonzero(asked)) if len(said.deal) else {}
    return tuple(
        Chance(
            deal=ledger.id[deal],
            ever=float(said.ours.ever[place]),
            low=float(low[place]),
            high=float(high[place]),
            within=float(said.ours.within[place]),
            like=int(like[place]),
            reasons=reasons.get(place, ()),
        )
        for place, deal in enumerate(said.deal)
    )


def _ranges(ledger: Ledger, said: Said, past: Sequence[Said]) -> tuple[Ints, Floats, Floats]:
    """How deals fared that were given about the same chance: a beta distribution, the chance itself as its prior."""
    from scipy.special import betaincinv

    deal = np.concatenate([one.deal for one in past] or [np.zeros(0, np.int64)]).astype(np.int64)
    told = np.concatenate([one.ours.ever for one in past] or [np.zeros(0)])
    closed = ledger.closed[deal] <= said.at
    deal, told = deal[closed], told[closed]
    grid = np.linspace(0, 1, 101)
    count, won = np.zeros(len(grid), np.int64), np.zeros(len(grid))
    for place, level in enumerate(grid):
        near = np.unique(deal[np.abs(told - level) <= LIKE])
        count[place], won[place] = len(near), float((ledger.status[near] == WON).sum())
    ever = np.clip(said.ours.ever, 1e-3, 1 - 1e-3)
    nearest: Ints = np.rint(ever * 100).astype(np.int64)
    like, wins = count[nearest], won[nearest]
    first, second = OWN_WEIGHT * ever + wins, OWN_WEIGHT * (1 - ever) + like - wins
    low, high = betaincinv(first, second, 0.1), betaincinv(first, second, 0.9)
    return like, np.minimum(low, said.ours.ever), np.maximum(high, said.ours.ever)


def _reasons(said: Said, hazard: Hazard | None, asked: Ints) -> dict[int, tuple[Reason, ...]]:
    """The effect of each theme: the chance against the mean of what it were with the theme of other open deals (Štrumbelj &
    Kononenko 2014, one theme at a time). Only what the model contributes has reasons, in the share that is believed."""
    if hazard is None or said.facts is None or not len(asked) or said.ever.share == 0:
        return {}
    facts, rng, size = said.facts, np.random.default_rng(0), len(asked)
    themes = list(dict.fromkeys(facts.themes))
    # All at once: each deal asked for, once with each theme of several other deals.
    all_rows = _rows(facts, np.tile(asked, len(themes) * BORROWED))
    table, expected = all_rows.table.copy(), all_rows.expected.copy()
    for number, theme in enumerate(themes):
        rows = slice(number * BORROWED * size, (number + 1) * BORROWED * size)
        other = rng.integers(0, len(facts.deal), BORROWED * size)
        places = [one == theme for one in facts.themes]
        table[rows, places] = facts.table[other][:, places]
        if theme == "expected":
            expected[rows] = facts.expected[other]
    borrowed = hazard.chances(replace(all_rows, table=table, expected=expected)).ever
    now = hazard.chances(_rows(facts, asked)).ever
    lifted = now - borrowed.reshape(len(themes), BORROWED, size).mean(axis=1)
    effects = dict(zip(themes, lifted * said.ever.share * 100, strict=True))
    return {
        int(place): tuple(
            Reason(theme, round(float(effect[row]), 1))
            for theme, effect in sorted(effects.items(), key=lambda pair: -abs(pair[1][row]))
            if abs(effect[row]) >= SLIGHTEST
        )
        for row, place in enumerate(asked)
    }


def _rows(facts: Known, row: Ints) -> Known:
    return replace(
        facts,
        deal=facts.deal[row],
        at=facts.at[row],
        table=facts.table[row],
        stage=facts.stage[row],
        expected=facts.expected[row],
    )
