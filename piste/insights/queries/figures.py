"""The figures of a pipeline, made from one reading: what pages, exports and the command line all tell."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from piste.stats import flows as flow_figures
from piste.stats.conversion import Conversion, conversion
from piste.stats.durations import Durations, durations
from piste.stats.history import Ints, Status
from piste.stats.outcomes import Outcome, closed, cohort, velocity

from .ledger import in_days
from .reading import Reading, StagePlace

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
class Group:
    """What the deals of one owner, source or product came to within a period, by closing."""

    key: Hashable
    won: Ints
    lost: Ints
    value: ByCurrency


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


def stage_figures(read: Reading, within: Within) -> list[StageFigures]:
    """The figures of each stage, in order; a stage out of use is there when a deal visited it within the period."""
    since, until = within.days
    visits, deals = read.history.visits, read.history.deals
    found = []
    for stage in read.stages:
        here = (visits.stage == stage.place) & (visits.entered >= since) & (visits.entered < until)
        if not stage.in_use and not here.any():
            continue
        ended = ~np.isnan(visits.left[here])
        days = np.where(ended, visits.left[here], read.history.as_of) - visits.entered[here]
        there = deals.id[(deals.stage == stage.place) & (deals.status == Status.OPEN)]
        found.append(
            StageFigures(
                stage=stage,
                conversion=conversion(read.history, stage.place, since=since, until=until),
                durations=durations(days, ended),
                skipped=flow_figures.skipped(read.history, stage.place, since=since, until=until),
                returned=flow_figures.returned(read.history, stage.place, since=since, until=until),
                standing=there,
                standing_value=value(read, there),
            )
        )
    return found


def outcomes(read: Reading, within: Within) -> Outcomes:
    """The wins and losses of a period, both ways, with what they were worth and what is still open."""
    since, until = within.days
    deals = read.history.deals
    by_closing = closed(deals, since=since, until=until)
    still = deals.id[deals.status == Status.OPEN]
    means = mean_value(read, by_closing.won)
    pace = {
        code: velocity(
            open_deals=sum(read.facts[key].currency == code for key in still.tolist()),
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
    found: ByCurrency = {}
    for key in deals.tolist():
        fact = read.facts[key]
        if fact.amount_minor is not None:
            found[fact.currency] = found.get(fact.currency, 0) + fact.amount_minor
    return dict(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def mean_value(read: Reading, deals: Ints) -> dict[str, float]:
    """The mean amount in minor units of the deals that have one, by currency."""
    sums: dict[str, list[int]] = {}
    for key in deals.tolist():
        fact = read.facts[key]
        if fact.amount_minor is not None:
            sums.setdefault(fact.currency, []).append(fact.amount_minor)
    return {code: sum(amounts) / len(amounts) for code, amounts in sums.items()}


def groups(read: Reading, within: Within, keys_of: Callable[[int], Iterable[Hashable]]) -> list[Group]:
    """Wins, losses and won value of a period by whatever a deal belongs to, most value first. A deal may belong to several."""
    since, until = within.days
    outcome = closed(read.history.deals, since=since, until=until)
    won: dict[Hashable, list[int]] = {}
    lost: dict[Hashable, list[int]] = {}
    for ids, into in ((outcome.won, won), (outcome.lost, lost)):
        for deal in ids.tolist():
            for key in keys_of(deal):
                into.setdefault(key, []).append(deal)
    found = []
    for key in {**won, **lost}:
        of_won = np.array(won.get(key, []), dtype=np.int64)
        found.append(Group(key, of_won, np.array(lost.get(key, []), dtype=np.int64), value(read, of_won)))
    return sorted(found, key=lambda group: (-sum(group.value.values()), -len(group.won), -len(group.lost)))
