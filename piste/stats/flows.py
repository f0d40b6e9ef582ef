"""Where deals went: forward, skipping, back, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .history import ELSEWHERE, Floats, History, Ints, firsts


@dataclass(frozen=True, slots=True)
class Flow:
    """The changes from one place to another (stages by place; negative as in `stats.history`): how many, by which deals, and
    the deal of each (`moved`)."""

    origin: int
    target: int
    count: int
    deals: Ints
    moved: Ints


def flows(history: History, *, since: float = float("-inf"), until: float = float("inf")) -> list[Flow]:
    """Every flow of a period, creations included, by origin and target. A deal that goes the same way twice counts twice, and
    is named once."""
    found = []
    for (origin, target), at, deal in history.once("ways", lambda: _ways(history)):
        deals = deal[(at >= since) & (at < until)]
        if len(deals):
            found.append(Flow(origin, target, len(deals), deals[firsts(deals)], deals))
    return found


def _ways(history: History) -> list[tuple[tuple[int, int], Floats, Ints]]:
    """The changes by origin and target: when, and of which deal, ascending. What every period is taken of."""
    rows, width = history.flows, history.stages - ELSEWHERE
    # Small numbers are sorted in one go.
    way = ((rows.origin - ELSEWHERE) * width + rows.target - ELSEWHERE).astype(np.int16)
    order = np.argsort(way, kind="stable")
    start = np.flatnonzero(firsts(way[order]))
    known = way[order[start]].tolist()
    parts = zip(known, np.split(rows.at[order], start[1:]), np.split(rows.deal[order], start[1:]), strict=True)
    return [((code // width + ELSEWHERE, code % width + ELSEWHERE), at, deal) for code, at, deal in parts] if known else []


def skipped(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that passed by a stage on their way forward within a period. Being won straight from a stage
    skips nothing."""

    def passing() -> tuple[Floats, Ints]:
        rows = history.flows
        there = np.flatnonzero(
            (rows.origin >= 0) & (rows.origin < stage) & (rows.target > stage) & (rows.target < history.selling)
        )
        return rows.at[there], rows.deal[there]

    return _named(*history.once(("skipped", stage), passing), since, until)


def returned(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that went back from a stage to an earlier one within a period."""

    def back() -> tuple[Floats, Ints]:
        rows = history.flows
        there = np.flatnonzero((rows.origin == stage) & (rows.target >= 0) & (rows.target < stage))
        return rows.at[there], rows.deal[there]

    return _named(*history.once(("returned", stage), back), since, until)


def _named(at: Floats, deal: Ints, since: float, until: float) -> Ints:
    deals = deal[(at >= since) & (at < until)]
    return deals[firsts(deals)]
