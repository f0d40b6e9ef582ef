"""Where deals went: forward, skipping, back, out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from .history import ELSEWHERE, Flags, Floats, History, Ints, firsts


@dataclass(frozen=True, slots=True)
class Flow:
    """The changes from one place to another (stages by place; negative as in `stats.history`): how many, by how many deals. These
    are named when somebody asks, for pages count them alone."""

    origin: int
    target: int
    count: int
    deal_count: int
    _deal: Ints = field(repr=False, compare=False)
    _inside: Flags = field(repr=False, compare=False)

    @property
    def deals(self) -> Ints:
        """The deals, ascending."""
        return self.moved[firsts(self.moved)]

    @property
    def moved(self) -> Ints:
        """The deal of each change, ascending."""
        return self._deal[self._inside]


class _Way(NamedTuple):
    """The changes from one place to another: when, of which deal (ascending); `again` marks those of the deal before, and is not
    there where those of a deal do not stand in the order of time."""

    origin: int
    target: int
    at: Floats
    deal: Ints
    again: Flags | None

    def within(self, since: float, until: float) -> Flow:
        inside = (self.at >= since) & (self.at < until)
        flow = Flow(self.origin, self.target, int(np.count_nonzero(inside)), 0, self.deal, inside)
        if self.again is None:
            return replace(flow, deal_count=len(flow.deals))
        # Of a deal those within stand together.
        again = np.count_nonzero(inside[1:] & inside[:-1] & self.again[1:])
        return replace(flow, deal_count=flow.count - int(again))


def flows(history: History, *, since: float = float("-inf"), until: float = float("inf")) -> list[Flow]:
    """Every flow of a period, creations included, by origin and target. A deal that goes the same way twice counts twice, and
    is named once."""
    found = (way.within(since, until) for way in history.always("ways", lambda: _ways(history)))
    return [flow for flow in found if flow.count]


def _ways(history: History) -> list[_Way]:
    """The changes by origin and target: what every period is taken of."""
    rows, width = history.flows, history.stages - ELSEWHERE
    # Small numbers are sorted in one go.
    code = ((rows.origin - ELSEWHERE) * width + rows.target - ELSEWHERE).astype(np.int16)
    order = np.argsort(code, kind="stable")
    start = np.flatnonzero(firsts(code[order]))
    known = code[order[start]].tolist()
    parts = zip(known, np.split(rows.at[order], start[1:]), np.split(rows.deal[order], start[1:]), strict=True)
    return [_way(one // width + ELSEWHERE, one % width + ELSEWHERE, at, deal) for one, at, deal in parts] if known else []


def _way(origin: int, target: int, at: Floats, deal: Ints) -> _Way:
    again = ~firsts(deal)
    in_time = bool((~again[1:] | (at[1:] >= at[:-1])).all())
    return _Way(origin, target, at, deal, again if in_time else None)


def skipped(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that passed by a stage on their way forward within a period. Being won straight from a stage
    skips nothing."""

    def passing() -> tuple[Floats, Ints]:
        rows = history.flows
        there = np.flatnonzero(
            (rows.origin >= 0) & (rows.origin < stage) & (rows.target > stage) & (rows.target < history.selling)
        )
        return rows.at[there], rows.deal[there]

    return _named(*history.always(("skipped", stage), passing), since, until)


def returned(history: History, stage: int, *, since: float, until: float) -> Ints:
    """The deals that went back from a stage to an earlier one within a period."""

    def back() -> tuple[Floats, Ints]:
        rows = history.flows
        there = np.flatnonzero((rows.origin == stage) & (rows.target >= 0) & (rows.target < stage))
        return rows.at[there], rows.deal[there]

    return _named(*history.always(("returned", stage), back), since, until)


def _named(at: Floats, deal: Ints, since: float, until: float) -> Ints:
    deals = deal[(at >= since) & (at < until)]
    return deals[firsts(deals)]
