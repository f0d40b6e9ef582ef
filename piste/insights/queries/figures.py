"""The figures of a pipeline, made from one reading: what pages, exports and the command line all tell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from piste.stats import flows as flow_figures
from piste.stats.conversion import Conversion, Incidence, conversion, estimated
from piste.stats.durations import Durations, durations
from piste.stats.history import Flags, Floats, History, Ints, Status
from piste.stats.outcomes import Cycle, Outcome, closed, cohort, cycle, velocity
from piste.stats.places import parted, told_apart
from piste.stats.shares import Share, share

from .facts import NO_AMOUNT
from .reading import Reading, StagePlace, once
from .whole_numbers import in_days

FOREVER = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Within:
    """A period: from the first moment to the second, which is no longer in it; None is without bound."""

    since: datetime | None = None
    until: datetime | None = None

    @property
    def days(self) -> tuple[float, float]:
        since = in_days(self.since) if self.since else FOREVER[0]
        return since, in_days(self.until) if self.until else FOREVER[1]


#: Money by currency, in minor units, largest first.
ByCurrency = dict[str, int]


@dataclass(frozen=True, slots=True)
class StageFigures:
    """All about one stage within a period. `conversion` is of the deals whose first visit began in it, `durations` of the visits
    that did; `skipped` and `returned` name deals that passed it by or went back from it in the period; `standing` those that are
    there, open, at the moment of reading."""

    stage: StagePlace
    conversion: Conversion
    durations: Durations
    skipped: Ints
    returned: Ints
    standing: Ints
    standing_value: ByCurrency


@dataclass(frozen=True, slots=True)
class Group[K: Hashable]:
    """The deals that belong together by owner, source, product or whatever else: `created` in the period, `won` and `lost` in it
    by closing, `open` now. `value` is that of the won; `name` is what a page calls it."""

    key: K
    created: Ints
    won: Ints
    lost: Ints
    open: Ints
    rate: Share
    value: ByCurrency
    open_value: ByCurrency
    cycle: Cycle
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Wins, losses and money of a pipeline within a period."""

    by_creation: Outcome
    by_closing: Outcome
    won_value: ByCurrency
    mean_won: dict[str, float]
    open_value: ByCurrency
    open: Ints
    velocity: dict[str, float]


@once
def conversions(read: Reading, within: Within) -> dict[int, Conversion]:
    """By the place of each stage, what became of the deals that first entered it within a period."""
    since, until = within.days
    return {stage.place: conversion(read.history, stage.place, since=since, until=until) for stage in read.stages}


@once
def estimates(read: Reading, within: Within) -> dict[int, Incidence]:
    """By the place of each stage, the estimate of its conversion alone."""
    since, until = within.days
    return {stage.place: estimated(read.history, stage.place, since=since, until=until) for stage in read.stages}


@once
def flows(read: Reading, within: Within) -> list[flow_figures.Flow]:
    """Where deals went within a period."""
    since, until = within.days
    return flow_figures.flows(read.history, since=since, until=until)


class _Stays(NamedTuple):
    """The visits to a stage, the shortest first."""

    entered: Floats
    days: Floats
    ended: Flags


def _stays(history: History, stage: int) -> _Stays:
    """How long each visit to a stage lasts; worked out once a history."""

    def apart() -> tuple[Floats, Floats, Floats]:
        """Those that ended, and when the others began, the last first."""
        rows = history.visits_of(stage)
        entered, days = history.visits.entered[rows], history.visits.left[rows] - history.visits.entered[rows]
        ended = np.flatnonzero(~np.isnan(days))
        order = ended[np.argsort(days[ended])]
        return entered[order], days[order], np.sort(entered[np.isnan(days)])[::-1]

    def made() -> _Stays:
        entered, days, still = history.always(("stays", stage), apart)
        lasting = history.as_of - still
        place = np.searchsorted(days, lasting)
        ended = np.insert(np.ones(len(days), dtype=np.bool_), place, values=False)
        return _Stays(np.insert(entered, place, still), np.insert(days, place, lasting), ended)

    return history.once(("stays", stage), made)


@once
def stage_figures(read: Reading, within: Within) -> list[StageFigures]:
    """The figures of each stage, in order; a stage out of use is there when a deal visited it within the period."""
    since, until = within.days
    deals, rates = read.history.deals, conversions(read, within)
    is_open = deals.status == Status.OPEN
    found = []
    for stage in read.stages:
        stays = _stays(read.history, stage.place)
        here = (stays.entered >= since) & (stays.entered < until)
        if not stage.in_use and not here.any():
            continue
        there = deals.id[(deals.stage == stage.place) & is_open]
        found.append(
            StageFigures(
                stage=stage,
                conversion=rates[stage.place],
                durations=durations(stays.days[here], stays.ended[here]),
                skipped=flow_figures.skipped(read.history, stage.place, since=since, until=until),
                returned=flow_figures.returned(read.history, stage.place, since=since, until=until),
                standing=there,
                standing_value=value(read, there),
            )
        )
    return found


@once
def outcomes(read: Reading, within: Within) -> Outcomes:
    """The wins and losses of a period, both ways, with what they were worth and what is still open."""
    since, until = within.days
    deals = read.history.deals
    by_closing = closed(deals, since=since, until=until)
    still = deals.id[deals.status == Status.OPEN]
    means = mean_value(read, by_closing.won)
    pace = {
        code: velocity(
            open_deals=int(np.sum(read.facts.currency[read.facts.rows(still)] == read.facts.texts.number(code))),
            win_rate=by_closing.rate.rate,
            mean_value=mean,
            mean_cycle_days=by_closing.cycle_won.mean,
        )
        for code, mean in means.items()
    }
    return Outcomes(
        by_creation=cohort(deals, since=since, until=until),
        by_closing=by_closing,
        won_value=value(read, by_closing.won),
        mean_won=means,
        open_value=value(read, still),
        open=still,
        velocity={code: found for code, found in pace.items() if found is not None},
    )


def value(read: Reading, deals: Ints) -> ByCurrency:
    """What deals are worth, by currency; those without an amount add nothing."""
    found = {code: int(amounts.sum()) for code, amounts in _amounts(read, deals).items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def mean_value(read: Reading, deals: Ints) -> dict[str, float]:
    """The mean amount in minor units of the deals that have one, by currency."""
    return {code: int(amounts.sum()) / len(amounts) for code, amounts in _amounts(read, deals).items()}


def _amounts(read: Reading, deals: Ints) -> dict[str, Ints]:
    """The amounts of the deals that have one, by currency."""
    facts = read.facts
    rows = facts.rows(deals)
    rows = rows[facts.amount[rows] != NO_AMOUNT]
    codes = facts.currency[rows]
    # Numbers of texts, from nought: counted much sooner than told apart.
    return {facts.texts[code]: facts.amount[rows[codes == code]] for code in np.flatnonzero(np.bincount(codes)).tolist()}


@dataclass(frozen=True, slots=True, eq=False)
class Belonging[K: Hashable]:
    """To what deals belong: rows of deals, and for each the place of its key among `keys`. A deal may belong to several."""

    row: Ints
    place: Ints
    keys: Sequence[K]


def belonging[K: Hashable](numbers: Ints, named: Callable[[int], K]) -> Belonging[K]:
    """To what each deal of a reading belongs by a column of its facts."""
    known, place = told_apart(numbers)
    return Belonging(np.arange(len(numbers)), place, [named(number) for number in known.tolist()])


def by_product(read: Reading, without: int | None = None) -> Belonging[int]:
    """To which products deals belong; those without any to `without`, when told."""
    row, product = read.products
    if without is not None:
        bare = np.setdiff1d(np.arange(len(read.facts)), row)
        row, product = np.concatenate([row, bare]), np.concatenate([product, np.full(len(bare), without)])
    known, place = told_apart(product)
    return Belonging(row, place, known.tolist())


def groups[K: Hashable](read: Reading, within: Within, of: Belonging[K]) -> list[Group[K]]:
    """The figures of a period by whatever deals belong to, most value won first."""
    found = outcomes(read, within)
    born = found.by_creation
    created = np.sort(np.concatenate([born.won, born.lost, born.open, born.held, born.left]))
    parts = {"created": created, "won": found.by_closing.won, "lost": found.by_closing.lost, "open": found.open}
    of_each = {name: _of_each(read, of, ids) for name, ids in parts.items()}
    rows = [
        group(read, key, {name: deals[place] for name, deals in of_each.items()})
        for place, key in enumerate(of.keys)
        if any(len(deals[place]) for deals in of_each.values())
    ]
    return sorted(rows, key=lambda row: (-sum(row.value.values()), -len(row.won), -len(row.lost)))


def _of_each[K: Hashable](read: Reading, of: Belonging[K], deals: Ints) -> list[Ints]:
    """Those among deals that belong to each key."""
    asked = np.zeros(len(read.facts), dtype=np.bool_)
    asked[read.facts.rows(deals)] = True
    here = np.flatnonzero(asked[of.row])
    ids = read.facts.id[of.row[here]]
    return [ids[rows] for rows in parted(of.place[here], len(of.keys))]


def once_each(deals: Ints) -> Ints:
    """Deals in ascending order, each once: mostly as they are."""
    return deals if bool((deals[1:] > deals[:-1]).all()) else np.unique(deals)


def group[K: Hashable](read: Reading, key: K, parts: Mapping[str, Ints]) -> Group[K]:
    """The figures of one group; what `parts` does not name is empty."""
    none: Ints = np.zeros(0, dtype=np.int64)
    made, won, lost, still = (once_each(parts.get(part, none)) for part in ("created", "won", "lost", "open"))
    deals = read.history.deals
    place = read.history.places.of(won)
    return Group(
        key=key,
        created=made,
        won=won,
        lost=lost,
        open=still,
        rate=share(len(won), len(won) + len(lost)),
        value=value(read, won),
        open_value=value(read, still),
        cycle=cycle(deals.won[place] - deals.created[place]),
    )
