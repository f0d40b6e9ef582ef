"""How many of those who entered a stage went on, while some are still on their way."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from .ends import ends, staying
from .history import WON, Floats, History, Ints, Status, firsts
from .places import last_until
from .shares import Share, Z, share, wilson

#: What became of a deal since it entered, as handed to `incidence`.
STILL, ADVANCED, OUT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Incidence:
    """The share that will have gone on, estimated with those still on their way counted as unknown, not as failed.

    The rate is None while no fate is known. `within_days` is how long the deals were watched at most: beyond it nothing is known.
    """

    rate: float | None
    low: float | None
    high: float | None
    within_days: float | None


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of the deals whose first visit to a stage began within a period: ids, each in exactly one group.

    `advanced` reached any later stage or were won; `lost`, `held`, `open`, `left` (for another pipeline) and `kept` (customers,
    won before) are the others as they stand at the end.
    `plain` counts the advanced among all, `estimate` is the Aalen–Johansen one.
    """

    entered: Ints
    advanced: Ints
    lost: Ints
    held: Ints
    open: Ints
    kept: Ints
    left: Ints
    plain: Share
    estimate: Incidence
    days: Floats
    fate: Ints


def conversion(history: History, stage: int, *, since: float = float("-inf"), until: float = float("inf")) -> Conversion:
    """The conversion from the stage at a place, for deals that entered it first at `since` or later and before `until`.

    Whoever skips from before the stage to behind it is not of the cohort (it never entered), whoever skips from it has advanced;
    a deal that went back and came again is counted once, from its first visit.
    """
    whole = _cohort(history, stage, since, until)
    inside = (whole.since >= since) & (whole.since < until)
    ordered, rows = whole.by_days[inside[whole.by_days]], np.flatnonzero(inside)
    entered, fate, days = whole.entered[rows], whole.fate[rows], whole.days[rows]
    advanced = fate == ADVANCED
    others, status = entered[~advanced], whole.status[rows[~advanced]]
    return Conversion(
        entered=entered,
        advanced=entered[advanced],
        lost=others[status == Status.LOST],
        held=others[status == Status.HELD],
        open=others[status == Status.OPEN],
        kept=others[status == Status.WON],
        left=others[status == Status.LEFT],
        plain=share(len(entered) - len(others), len(entered)),
        estimate=incidence(whole.days[ordered], whole.fate[ordered]),
        days=days,
        fate=fate,
    )


def estimated(history: History, stage: int, *, since: float = float("-inf"), until: float = float("inf")) -> Incidence:
    """The estimate of `conversion` without the rest of it."""
    whole = _cohort(history, stage, since, until)
    ordered = whole.by_days[((whole.since >= since) & (whole.since < until))[whole.by_days]]
    return incidence(whole.days[ordered], whole.fate[ordered])


@dataclass(frozen=True, slots=True)
class _Cohort:
    """Deals that entered a stage (ascending), when they first did, how they stand, and what became of them since;
    `by_days` has their rows in the order of how long that took."""

    entered: Ints
    since: Floats
    status: Ints
    days: Floats
    fate: Ints
    by_days: Ints


@dataclass(frozen=True, slots=True)
class First:
    """The first visit of each deal to a stage: its row (ascending), its beginning, and when the deal came into a later stage
    after it, NaN for never."""

    row: Ints
    since: Floats
    reached: Floats


def first_visits(history: History, stage: int) -> First:
    """The first visits to a stage, whenever they were; worked out once."""

    def made() -> First:
        visits, here = history.visits, history.visits_of(stage)
        row = here[firsts(visits.deal[here])]
        return First(row, visits.entered[row], _reached_later(history, stage, row))

    return history.always(("first", stage), made)


def _cohort(history: History, stage: int, since: float, until: float) -> _Cohort:
    """What `conversion` takes a period of. The first period asked is worked out alone, for a history of a period before is asked
    nothing else; with the second all are, once."""
    first = first_visits(history.later or history, stage)
    if history.later is None and ("asked", stage) in history.worked_out:
        return history.once(("cohort", stage), lambda: _of(history, stage, first))
    history.worked_out["asked", stage] = True
    here = np.flatnonzero((first.since >= since) & (first.since < until) & (first.since <= history.as_of))
    return _of(history, stage, First(first.row[here], first.since[here], first.reached[here]))


def _of(history: History, stage: int, first: First) -> _Cohort:
    """The cohort of deals by their first visits to a stage."""
    deals, source = history.deals, history.later or history
    entered, since, reached = source.visits.deal[first.row], first.since, first.reached
    if history.later is not None:
        # What a later history tells was not yet known then.
        reached = np.where(reached <= history.as_of, reached, np.nan)
    place = history.places.of(entered)
    won = deals.won[place]
    # Won without coming to a customers' stage: this alone tells of it.
    if stage < history.selling:
        reached = np.fmin(reached, np.where(won >= since, won, np.nan))
    status = deals.status[place]
    advanced = ~np.isnan(reached)
    out = ~advanced & ((status == Status.LOST) | (status == Status.LEFT))
    ended = np.where(advanced, reached, history.as_of)
    # One that is out went with its last visit.
    gone = source.visits.left[_last_visits(history, first.row[out])]
    ended[out] = np.where(gone <= history.as_of, gone, history.as_of)
    fate = np.where(advanced, ADVANCED, np.where(out, OUT, STILL))
    days = np.maximum(ended - since, 0.0)
    return _Cohort(entered, since, status, days, fate, np.argsort(days))


def _last_visits(history: History, rows: Ints) -> Ints:
    """The row of the last visit, as of a history, of the deals of some rows of its visits, or of those of its later one."""
    if history.later is None:
        return history.last_visits[rows]
    later = history.later
    return last_until(later.visits.entered, rows, later.last_visits[rows], history.as_of)


def _reached_later(history: History, stage: int, rows: Ints) -> Floats:
    """When each deal came first into a later stage after a row of its visits; NaN for never."""
    visits = history.visits
    beyond = visits.stage > stage
    there = np.append(np.flatnonzero(beyond), len(visits))
    # As many lie before each row: the next one is that of its deal, or of another behind it.
    following = there[np.cumsum(beyond)[rows]]
    found = np.full(len(rows), np.nan)
    comes = following <= history.last_visits[rows]
    found[comes] = visits.entered[following[comes]]
    return found


def incidence(days: Floats, fate: Ints) -> Incidence:
    """The Aalen–Johansen estimate of ever advancing, with `OUT` as the competing end and `STILL` as censored.

    Aalen & Johansen (1978); variance by the delta method (Marubini & Valsecchi 1995, ch. 10), interval on the
    log-log scale. Without censoring it is the plain share; at 0 and 1 the interval is Wilson's, on the known fates alone: the
    many who have just come in prove nothing.
    """
    n, known = len(days), int(np.sum(fate != STILL))
    if known == 0:
        return Incidence(None, None, None, float(days.max()) if n else None)
    found = cumulative(days, fate)
    rate = min(1.0, float(found.share[-1]))
    low, high = _interval(rate, _variance(found, rate), known)
    return Incidence(rate, low, high, float(days.max()))


@dataclass(frozen=True, slots=True)
class Cumulative:
    """The Aalen–Johansen curve: at each time a fate became known, the `share` that had advanced by then; `before` had no fate yet
    just before, of `at_risk` there `advanced` did then and `ended` either way."""

    times: Floats
    share: Floats
    before: Floats
    advanced: Floats
    ended: Floats
    at_risk: Ints


def cumulative(days: Floats, fate: Ints) -> Cumulative:
    """The share that had advanced by each time; empty while no fate is known."""
    found = ends(days, fate == ADVANCED, fate != STILL)
    kept = found.marked[1] > 0
    times, at_risk = found.times[kept], found.at_risk[kept]
    advanced, ended = (mark[kept] for mark in found.marked)
    before = staying(ended, at_risk)[:-1]
    return Cumulative(times, np.cumsum(before * advanced / at_risk), before, advanced, ended, at_risk)


def _variance(found: Cumulative, rate: float) -> float:
    gap = rate - found.share
    before, advanced, ended, at_risk = found.before, found.advanced, found.ended, found.at_risk
    left = at_risk - ended
    first = np.where(left > 0, gap**2 * ended / (at_risk * np.maximum(left, 1)), 0.0)
    second = before**2 * advanced * (at_risk - advanced) / at_risk**3
    third = 2 * gap * before * advanced / at_risk**2
    return max(0.0, float(np.sum(first + second - third)))


def _interval(rate: float, variance: float, known: int) -> tuple[float, float]:
    if variance <= 1e-15 or not 0 < rate < 1:
        return wilson(rate, known)
    swing = exp(Z * sqrt(variance) / abs(rate * log(rate)))
    return rate**swing, rate ** (1 / swing)


def reached_by_pair(history: History) -> Ints:
    """At [a, b]: how many of the deals that visited stage a came to stage b first at a later time; the diagonal holds how many
    visited it at all, the last column how many were first won at or after their first visit to a, reopened later or not.
    Without any period."""
    visits, rows = history.visits, history.flows
    sales = np.flatnonzero((rows.target == WON) | (rows.target >= history.selling))
    sold, first_sale = np.unique(rows.deal[sales], return_index=True)
    sold_at = rows.at[sales[first_sale]]
    table = np.zeros((history.stages, history.stages + 1), dtype=np.int64)
    entries: list[tuple[Ints, Ints]] = []
    for stage in range(history.stages):
        here = np.flatnonzero(visits.stage == stage)
        rows_of = here[firsts(visits.deal[here])]
        entries.append((visits.deal[rows_of], rows_of))
    for a, (ids, first) in enumerate(entries):
        table[a, a] = len(ids)
        _, left, right = np.intersect1d(ids, sold, assume_unique=True, return_indices=True)
        table[a, -1] = int(np.sum(sold_at[right] >= visits.entered[first[left]]))
        for b in range(history.stages):
            if a == b:
                continue
            _, left, right = np.intersect1d(ids, entries[b][0], assume_unique=True, return_indices=True)
            table[a, b] = int(np.sum(entries[b][1][right] > first[left]))
    return table
