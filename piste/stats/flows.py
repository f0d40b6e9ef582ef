"""Where deals went: forward, skipping, back, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import ELSEWHERE, History, Ints, firsts


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
    inside = np.flatnonzero((rows.at >= since) & (rows.at < until))
    width = history.stages - ELSEWHERE
    # Small numbers are sorted in one go.
    way = ((rows.origin[inside] - ELSEWHERE) * width + rows.target[inside] - ELSEWHERE).astype(np.int16)
    order = np.argsort(way, kind="stable")
    known, start, count = np.unique(way[order], return_index=True, return_counts=True)
    found = []
    for code, first, several in zip(known.tolist(), start.tolist(), count.tolist(), strict=True):
        deals = rows.deal[inside[order[first : first + several]]]
        origin, target = divmod(code, width)
        found.append(Flow(origin + ELSEWHERE, target + ELSEWHERE, several, deals[firsts(deals)]))
    return found


def skipped(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that passed by a stage on their way forward within a period. Being won straight from a stage
    skips nothing."""

    def passing() -> Ints:
        rows = history.flows
        return np.flatnonzero(
            (rows.origin >= 0) & (rows.origin < stage) & (rows.target > stage) & (rows.target < history.selling)
        )

    return _named(history, history.once(("skipped", stage), passing), since, until)


def returned(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that went back from a stage to an earlier one within a period."""

    def back() -> Ints:
        rows = history.flows
        return np.flatnonzero((rows.origin == stage) & (rows.target >= 0) & (rows.target < stage))

    return _named(history, history.once(("returned", stage), back), since, until)


def _named(history: History, of_it: Ints, since: float, until: float) -> Ints:
    at = history.flows.at[of_it]
    deals = history.flows.deal[of_it[(at >= since) & (at < until)]]
    return deals[firsts(deals)]
