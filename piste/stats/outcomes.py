"""Wins and losses, how long a sale takes, and what flows through a pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import Deals, Flags, Floats, Ints, Status
from .shares import Share, share


@dataclass(frozen=True, slots=True)
class Cycle:
    """Days from creation to the close, of `n` deals; None without any."""

    n: int
    mean: float | None
    median: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a group of deals came to: ids, each in exactly one group; `rate` is the share of won among won and lost."""

    won: Ints
    lost: Ints
    open: Ints
    held: Ints
    left: Ints
    rate: Share
    cycle_won: Cycle
    cycle_lost: Cycle


def cohort(deals: Deals, *, since: float = float("-inf"), until: float = float("inf")) -> Outcome:
    """By creation: the deals created within a period, as they stand at the moment of reading. Those still open are named, not
    counted as lost: the younger the period, the more of its wins are still to come."""
    return _outcome(deals, (deals.created >= since) & (deals.created < until))


def closed(deals: Deals, *, since: float = float("-inf"), until: float = float("inf")) -> Outcome:
    """By closing: the deals won within a period, and those lost within it that never were customers."""
    ended = np.where(np.isnan(deals.won), deals.closed, deals.won)
    return _outcome(deals, (ended >= since) & (ended < until))


def _outcome(deals: Deals, of_it: Flags) -> Outcome:
    rows = np.flatnonzero(of_it)
    is_won = ~np.isnan(deals.won[rows])
    won, others = rows[is_won], rows[~is_won]
    status = deals.status[others]
    groups = {one: others[status == one] for one in Status}
    lost = groups[Status.LOST]
    return Outcome(
        won=deals.id[won],
        lost=deals.id[lost],
        open=deals.id[groups[Status.OPEN]],
        held=deals.id[groups[Status.HELD]],
        left=deals.id[groups[Status.LEFT]],
        rate=share(len(won), len(won) + len(lost)),
        cycle_won=cycle(deals.won[won] - deals.created[won]),
        cycle_lost=cycle(deals.closed[lost] - deals.created[lost]),
    )


def cycle(days: Floats) -> Cycle:
    """Mean and median of days."""
    if not len(days):
        return Cycle(0, None, None)
    return Cycle(len(days), float(np.mean(days)), float(np.median(days)))


def velocity(*, open_deals: int, win_rate: float | None, mean_value: float | None, mean_cycle_days: float | None) -> float | None:
    """Revenue a day that the pipeline brings: open deals × win rate × mean value of a won deal ÷ mean cycle in days.

    None when a factor is not known or the cycle is shorter than an hour.
    """
    if win_rate is None or mean_value is None or mean_cycle_days is None or mean_cycle_days < 1 / 24:
        return None
    return open_deals * win_rate * mean_value / mean_cycle_days


def coverage(*, open_value: float, target: float, won: float) -> float | None:
    """Open value ÷ what is left of the target; None when nothing is left."""
    left = target - won
    return open_value / left if left > 0 else None
