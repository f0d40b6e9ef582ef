"""One deal from first contact to its present state, by chance that follows the season and the stages' own odds."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from . import trade

#: Share of the year's new prospects by month, January first: quiet August and December, busy spring and autumn.
SEASON = (0.95, 1.0, 1.2, 1.05, 0.95, 1.1, 0.8, 0.45, 1.3, 1.35, 1.15, 0.6)


@dataclass(frozen=True, slots=True)
class Odds:
    """What happens in a stage: chance to advance at all, median days there, spread of their logarithm."""

    advance: float
    days: float
    spread: float


#: Prospecting, qualification, meeting, proposal (the bottleneck: slow, and where most value is lost), closing.
ODDS = (
    Odds(0.58, 12.0, 0.8),
    Odds(0.68, 5.0, 0.7),
    Odds(0.74, 11.0, 0.6),
    Odds(0.47, 24.0, 0.7),
    Odds(0.84, 8.0, 0.6),
)
#: What goes with advancing from a stage, as (with it, without it): who follows the playbook, and two people or more to talk to.
FOLLOWING, COMPANY = (1.24, 0.68), (1.34, 0.66)
#: For so many days, meetings have led further less often than before.
SLUMP_DAYS, SLUMP = 60, 0.5


@dataclass(frozen=True, slots=True)
class Event:
    """A move of a story: to which stage (0 to 5) and status, when, and why."""

    stage: int
    status: str
    at: datetime
    why: str = ""
    loss_reason: str = ""
    hold_until: date | None = None


@dataclass(slots=True)
class Story:
    """A deal's facts and its moves, oldest first; `seller` and `buyer` are places in their lists; one talks to so many
    `people`; `follows` tells whether the seller does what the playbooks ask."""

    title: str
    seller: int
    buyer: int
    amount_minor: int | None
    source: str
    expected_close_on: date | None
    products: list[int]
    people: int
    follows: bool
    events: list[Event] = field(default_factory=list)


def arrivals(count: int, *, months: int, now: datetime, chance: random.Random) -> list[datetime]:
    """When each of `count` prospects came, over the last `months` months, following the season, on working hours."""
    days = int(months * 30.44)
    dates = [(now - timedelta(days=back)).date() for back in range(days, -1, -1)]
    weights = [SEASON[day.month - 1] * (1.0 if day.weekday() < 5 else 0.04) for day in dates]
    chosen = sorted(chance.choices(dates, weights, k=count))
    moments = []
    for day in chosen:
        minute = chance.randint(8 * 60, 18 * 60)
        moment = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=now.tzinfo)
        moments.append(min(moment, now - timedelta(minutes=chance.randint(1, 90))))
    return sorted(moments)


def lost_quarter(now: datetime) -> tuple[date, date]:
    """The three months in which deals were lost to a price war: they ended about five months before `now`."""
    end = (now - timedelta(days=150)).date()
    return end - timedelta(days=91), end


def stories(count: int, *, months: int, now: datetime, buyers: int, chance: random.Random) -> Iterator[Story]:
    """`count` stories in order of their first contact."""
    war = lost_quarter(now)
    shares = [seller[4] for seller in trade.SELLERS]
    for began in arrivals(count, months=months, now=now, chance=chance):
        yield _story(began, now=now, buyers=buyers, war=war, shares=shares, chance=chance)


def _story(
    began: datetime,
    *,
    now: datetime,
    buyers: int,
    war: tuple[date, date],
    shares: list[int],
    chance: random.Random,
) -> Story:
    source = chance.choices([s[0] for s in trade.SOURCES], [s[1] for s in trade.SOURCES])[0]
    amount = round(math.exp(chance.gauss(9.6, 0.75)) / 100) * 100 * 100
    goods = chance.sample(range(len(trade.PRODUCTS)), k=chance.choice((1, 1, 2, 3)))
    seller = chance.choices(range(len(shares)), shares)[0]
    told = Story(
        title=chance.choice(trade.NEEDS),
        seller=seller,
        buyer=chance.randrange(buyers),
        amount_minor=max(150_000, amount),
        source=source,
        expected_close_on=(began + timedelta(days=chance.randint(45, 120))).date(),
        products=goods,
        people=chance.choice((1, 2)),
        follows=chance.random() < trade.DILIGENCE[seller],
    )
    _live(told, began, now=now, war=war, chance=chance)
    last = told.events[-1]
    if last.stage == 0 and last.status == "open" and chance.random() < 0.4:
        told.amount_minor, told.expected_close_on = None, None
    elif last.status == "open" and told.expected_close_on and chance.random() < 0.75:
        told.expected_close_on = max(told.expected_close_on, (now + timedelta(days=chance.randint(-6, 75))).date())
    return told


def _live(told: Story, began: datetime, *, now: datetime, war: tuple[date, date], chance: random.Random) -> None:
    """Adds the moves of a story up to `now`."""
    moment = began
    stage = chance.choices((0, 1, 2), (86, 11, 3))[0]
    told.events.append(Event(stage, "open", moment))
    returned = False
    while stage < 5:
        odds = ODDS[stage]
        moment = _later(moment, odds.days * math.exp(chance.gauss(0, odds.spread)), chance)
        if moment > now:
            return
        if chance.random() < 0.035:
            moment = _pause(told, stage, moment, now=now, chance=chance)
            if moment > now:
                return
        if not returned and stage >= 2 and chance.random() < 0.06:
            returned, stage = True, stage - 1
            told.events.append(Event(stage, "open", moment, chance.choice(trade.WHY_RETURNED)))
            continue
        if chance.random() >= odds.advance * _favour(told, stage, moment, now=now, war=war):
            told.events.append(_loss(stage, moment, war, chance))
            return
        if stage == 4:
            told.events.append(Event(5, "won", moment))
            return
        skips = stage < 3 and chance.random() < 0.05
        stage += 2 if skips else 1
        told.events.append(Event(stage, "open", moment, chance.choice(trade.WHY_SKIPPED) if skips else ""))


def _favour(told: Story, stage: int, moment: datetime, *, now: datetime, war: tuple[date, date]) -> float:
    """What makes a deal advance from a stage more or less often than others."""
    favour = 1.08 if told.source == "Recommandation" else 1.0
    if stage in (1, 3):
        favour *= FOLLOWING[not told.follows]
    if stage == 3:
        favour *= COMPANY[told.people < 2]
    if stage == 2 and now - moment < timedelta(days=SLUMP_DAYS):
        favour *= SLUMP
    if stage >= 3 and war[0] <= moment.date() <= war[1]:
        favour *= 0.45
    return favour


def _loss(stage: int, moment: datetime, war: tuple[date, date], chance: random.Random) -> Event:
    names = [reason[0] for reason in trade.LOSS_REASONS]
    weights = [float(reason[1]) for reason in trade.LOSS_REASONS]
    if war[0] <= moment.date() <= war[1]:
        weights[0], weights[1] = weights[0] * 3, weights[1] * 3
    return Event(stage, "lost", moment, loss_reason=chance.choices(names, weights)[0])


def _pause(told: Story, stage: int, moment: datetime, *, now: datetime, chance: random.Random) -> datetime:
    """Puts the deal on hold; returns when it goes on."""
    back = moment + timedelta(days=chance.randint(20, 110))
    told.events.append(Event(stage, "held", moment, chance.choice(trade.WHY_HELD), hold_until=back.date()))
    if back.date() > now.date():
        return now + timedelta(days=1)
    wakes = datetime(back.year, back.month, back.day, 7, 0, tzinfo=now.tzinfo)
    told.events.append(Event(stage, "open", wakes))
    return _later(wakes, chance.uniform(1, 6), chance)


def _later(moment: datetime, days: float, chance: random.Random) -> datetime:
    """A working moment about so many days later."""
    then = moment + timedelta(days=max(0.02, days))
    if then.date() == moment.date() and then.hour > 18:
        then += timedelta(hours=12)
    while then.weekday() >= 5:
        then += timedelta(days=1)
    return then.replace(hour=chance.randint(8, 17), minute=chance.randint(0, 59)) if then.date() != moment.date() else then
