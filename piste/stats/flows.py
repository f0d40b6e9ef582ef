"""Where deals went: forward, skipping, back, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import Flags, History, Ints


@dataclass(frozen=True, slots=True)
class Flow:
    """The changes from one place to another (stages by place; negative as in `stats.history`): how many, by which deals."""

    origin: int
    target: int
    count: int
    deals: Ints


def flows(history: History, *, since: float = float("-inf"), until: float = float("inf")) -> list[Flow]:
    """Every flow of a period, creations included, by origin and target. A deal that goes the same way twice counts twice, and
    is named once."""
    rows = history.flows
    inside = (rows.at >= since) & (rows.at < until)
    found = []
    pairs = np.unique(np.column_stack([rows.origin[inside], rows.target[inside]]), axis=0)
    for origin, target in pairs.tolist():
        of_it = inside & (rows.origin == origin) & (rows.target == target)
        found.append(Flow(origin, target, int(of_it.sum()), np.unique(rows.deal[of_it])))
    return found


def skipped(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that passed by a stage on their way forward within a period. Being won straight from a stage
    skips nothing."""
    rows = history.flows
    passing = (rows.origin >= 0) & (rows.origin < stage) & (rows.target > stage) & (rows.target < history.selling)
    return _named(history, passing, since, until)


def returned(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that went back from a stage to an earlier one within a period."""
    rows = history.flows
    return _named(history, (rows.origin == stage) & (rows.target >= 0) & (rows.target < stage), since, until)


def _named(history: History, of_it: Flags, since: float, until: float) -> Ints:
    rows = history.flows
    return np.unique(rows.deal[of_it & (rows.at >= since) & (rows.at < until)])
