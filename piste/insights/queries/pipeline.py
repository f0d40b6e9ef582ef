"""The page of a pipeline as a whole: where its deals ended, stage by stage, and which stage holds most back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from piste.foundations.calendar import Period
from piste.stats.bottleneck import Ranked, Stake, rank, stake
from piste.stats.conversion import Incidence, conversion
from piste.stats.history import History, Ints, Status

from .figures import ByCurrency, StageFigures, Within, mean_value, value
from .reading import Reading, made_once, once
from .whole_numbers import in_days

#: A month that fewer deals entered in gives no point of its trend.
LEAST_A_MONTH = 5


@dataclass(frozen=True, slots=True)
class Level:
    """A place of the glass: deals created in the period that came at least so far (`reached`), and of those that came no
    further: `lost`, `open`, `held`, `left`. Each deal is in exactly one of the groups of one level, or won."""

    place: int
    reached: Ints
    lost: Ints
    open: Ints
    held: Ints
    left: Ints


@dataclass(frozen=True, slots=True)
class Glass:
    """Where the deals created in a period have come to: the selling stages in order, who was `won`, and who is a customer
    still (`kept`)."""

    created: Ints
    levels: list[Level]
    won: Ints
    kept: Ints

    def all(self, group: str) -> int:
        """How many are `lost`, `open`, `held` or `left`, over all levels."""
        return sum(len(getattr(level, group)) for level in self.levels)


@once
def glass(read: Reading, within: Within) -> Glass:
    """Every deal created within a period, at the furthest stage it came to: skipping counts as reaching what is passed."""
    since, until = within.days
    deals, selling = read.history.deals, read.history.selling
    inside = np.flatnonzero((deals.created >= since) & (deals.created < until))
    ids, status, won = deals.id[inside], deals.status[inside], ~np.isnan(deals.won[inside])
    furthest = np.where(won, selling, _furthest(read.history)[inside])
    levels = []
    for stage in read.stages[:selling]:
        stopped = furthest == stage.place
        if not stage.in_use and not stopped.any():
            continue
        there, stand = ids[stopped], status[stopped]
        levels.append(
            Level(
                place=stage.place,
                reached=ids[furthest >= stage.place],
                lost=there[stand == Status.LOST],
                # A deal reopened after its sale stands as open; one that was won and left counts by its sale.
                open=there[(stand == Status.OPEN) | (stand == Status.WON)],
                held=there[stand == Status.HELD],
                left=there[stand == Status.LEFT],
            )
        )
    return Glass(ids, levels, ids[won], ids[won & (status != Status.LOST)])


def _furthest(history: History) -> Ints:
    """The furthest stage of selling that each deal ever came to; worked out once a history."""

    def made() -> Ints:
        visits = history.visits
        found = np.zeros(len(history.deals), dtype=np.int64)
        on_way = np.flatnonzero(visits.stage < history.selling)
        np.maximum.at(found, history.places.of(visits.deal[on_way]), visits.stage[on_way])
        return found

    return history.always("furthest", made)


def stakes(read: Reading, now: Sequence[StageFigures], before: Mapping[int, Incidence], within: Within, currency: str) -> Ranked:
    """The selling stages by what they hold back, in minor units of a currency; `before` has the estimates of the period
    before by place."""
    deals = read.history.deals
    since, until = within.days
    days = min(until, read.history.as_of) - max(since, float(deals.created.min()) if len(deals) else until)
    unit = mean_value(read, deals.id[~np.isnan(deals.won)]).get(currency)
    found: list[Stake] = []
    entered: list[int] = []
    for one in now:
        if one.stage.place >= read.history.selling or not one.stage.in_use:
            continue
        place = read.history.places.of(one.conversion.advanced)
        won = ~np.isnan(deals.won[place])
        settled = won | (deals.status[place] == Status.LOST)
        found.append(
            stake(
                one.stage.place,
                one.conversion,
                before=before.get(one.stage.place),
                won=int(won.sum()),
                settled=int(settled.sum()),
                value=unit,
                median_days=one.durations.median.days,
                period_days=days,
            )
        )
        entered.append(len(one.conversion.entered))
    return rank(found, entered)


def by_month(read: Reading, months: tuple[Period, ...], zone: ZoneInfo) -> dict[int, list[Incidence | None]]:
    """By stage, the conversion of the deals that entered it in each month; None for a month of too few."""
    # Month by month: another period has most of them in common with this one.
    known: dict[Period, dict[int, Incidence | None]] = made_once(read, ("months", zone), dict)
    for month in months:
        if month not in known:
            known[month] = _in_month(read, *(in_days(moment) for moment in month.moments(zone)))
    return {stage.place: [known[month][stage.place] for month in months] for stage in read.stages}


def _in_month(read: Reading, since: float, until: float) -> dict[int, Incidence | None]:
    found: dict[int, Incidence | None] = {}
    for stage in read.stages:
        one = conversion(read.history, stage.place, since=since, until=until)
        found[stage.place] = one.estimate if len(one.entered) >= LEAST_A_MONTH else None
    return found


@dataclass(frozen=True, slots=True)
class Won:
    """The sales of a calendar period; `is_whole` is False for one that is still going on."""

    period: Period
    deals: Ints
    value: ByCurrency
    is_whole: bool


def won_by(read: Reading, periods: Sequence[Period], zone: ZoneInfo) -> list[Won]:
    """The sales of each period, by the day of the sale."""
    deals = read.history.deals
    found = []
    for one in periods:
        since, until = (in_days(moment) for moment in one.moments(zone))
        ids = deals.id[(deals.won >= since) & (deals.won < until)]
        found.append(Won(one, ids, value(read, ids), until <= read.history.as_of))
    return found


def first_day(read: Reading, zone: ZoneInfo) -> date | None:
    """The day the first deal came; None without any."""
    created = read.history.deals.created
    return datetime.fromtimestamp(float(created.min()) * 86400, zone).date() if len(created) else None
