"""How many of those who entered a stage went on, while some are still on their way."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from .history import WON, Floats, History, Ints, Status, firsts
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
    whole = _cohort(history, stage)
    inside = (whole.since >= since) & (whole.since < until)
    entered, fate, status, days = whole.entered[inside], whole.fate[inside], whole.status[inside], whole.days[inside]
    advanced = fate == ADVANCED
    return Conversion(
        entered=entered,
        advanced=entered[advanced],
        lost=entered[~advanced & (status == Status.LOST)],
        held=entered[~advanced & (status == Status.HELD)],
        open=entered[~advanced & (status == Status.OPEN)],
        kept=entered[~advanced & (status == Status.WON)],
        left=entered[~advanced & (status == Status.LEFT)],
        plain=share(int(advanced.sum()), len(entered)),
        estimate=incidence(days, fate),
        days=days,
        fate=fate,
    )


@dataclass(frozen=True, slots=True)
class _Cohort:
    """All deals that ever entered a stage (ascending), when they first did, how they stand, and what became of them since."""

    entered: Ints
    since: Floats
    status: Ints
    days: Floats
    fate: Ints


def _cohort(history: History, stage: int) -> _Cohort:
    """What `conversion` takes a period of; worked out once a history."""
    found = history.worked_out.get(("cohort", stage))
    if found is None:
        found = history.worked_out["cohort", stage] = _of_all_times(history, stage)
    assert isinstance(found, _Cohort)
    return found


def _of_all_times(history: History, stage: int) -> _Cohort:
    visits, deals = history.visits, history.deals
    here = np.flatnonzero(visits.stage == stage)
    rows = here[firsts(visits.deal[here])]
    entered, since = visits.deal[rows], visits.entered[rows]
    reached = _reached_later(history, stage, entered, rows)
    place = np.searchsorted(deals.id, entered)
    won = deals.won[place]
    # Won without coming to a customers' stage: this alone tells of it.
    if stage < history.selling:
        reached = np.fmin(reached, np.where(won >= since, won, np.nan))
    status = deals.status[place]
    advanced = ~np.isnan(reached)
    out = ~advanced & ((status == Status.LOST) | (status == Status.LEFT))
    ended = np.where(advanced, reached, np.where(out, _gone(history, entered), history.as_of))
    fate = np.where(advanced, ADVANCED, np.where(out, OUT, STILL))
    return _Cohort(entered, since, status, np.maximum(ended - since, 0.0), fate)


def _reached_later(history: History, stage: int, deals: Ints, rows: Ints) -> Floats:
    """When each deal came first into a later stage after a row of its visits; NaN for never."""
    visits = history.visits
    later = np.flatnonzero(visits.stage > stage)
    found = np.full(len(deals), np.nan)
    if not len(deals) or not len(later):
        return found
    place = np.searchsorted(deals, visits.deal[later])
    place[place == len(deals)] = 0
    of_cohort = (deals[place] == visits.deal[later]) & (later > rows[place])
    later, place = later[of_cohort], place[of_cohort]
    first = firsts(place)
    found[place[first]] = visits.entered[later[first]]
    return found


def _gone(history: History, deals: Ints) -> Floats:
    """When each deal's last visit ended: for one that is out, the moment it went."""
    visits = history.visits
    last = np.searchsorted(visits.deal, deals, side="right") - 1
    return np.where(np.isnan(visits.left[last]), history.as_of, visits.left[last])


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
    at_risk: Floats


def cumulative(days: Floats, fate: Ints) -> Cumulative:
    """The share that had advanced by each time; empty while no fate is known."""
    times, place = np.unique(days, return_inverse=True)
    advanced = np.bincount(place, weights=fate == ADVANCED, minlength=len(times))
    ended = np.bincount(place, weights=fate != STILL, minlength=len(times))
    at_risk = len(days) - np.concatenate(([0], np.cumsum(np.bincount(place, minlength=len(times)))[:-1]))[: len(times)]
    kept = ended > 0
    times, advanced, ended, at_risk = times[kept], advanced[kept], ended[kept], at_risk[kept]
    before = np.concatenate(([1.0], np.cumprod(1 - ended / at_risk)[:-1]))[: len(times)]
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
