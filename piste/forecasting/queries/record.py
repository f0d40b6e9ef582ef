"""How right the reps' own calls were: what stood a quarter, half and three quarters into each past period, and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from piste.forecasting.models import RepCall
from piste.foundations.calendar import Period
from piste.insights.queries import Reading
from piste.insights.queries.figures import value
from piste.insights.queries.pipeline import won_by
from piste.pipelines.models import Pipeline
from piste.stats.calling import Record, record

from .calls import said_of, standing_at

#: How far into a period calls are looked at, and how many past periods.
PARTS, PERIODS = (0.25, 0.5, 0.75), 8


@dataclass(frozen=True, slots=True)
class Past:
    """A past period of a member: the call that stood at each part of it (None before the first), and what was won."""

    period: Period
    calls: Sequence[int | None]
    happened: int


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """The past periods of which a member said something, the last first, and the record at each part."""

    member_id: int
    periods: Sequence[Past]
    at: Sequence[Record]


def won_by_owner(read: Reading, periods: Sequence[Period], zone: ZoneInfo, currency: str) -> dict[tuple[int, date], int]:
    """By owner and first day of a period, what they won in it in the company's currency."""
    found: dict[tuple[int, date], int] = {}
    for one in won_by(read, periods, zone):
        owners = read.facts.owner[read.facts.rows(one.deals)]
        for owner in set(owners.tolist()):
            found[owner, one.period.first] = value(read, one.deals[owners == owner]).get(currency, 0)
    return found


def track_records(
    read: Reading, pipeline: Pipeline, present: Period, members: Sequence[int], *, zone: ZoneInfo, currency: str
) -> dict[int, TrackRecord]:
    """By member, how right their calls of the periods before the present one were; one statement beside the reading."""
    periods: list[Period] = []
    current = present.previous
    while len(periods) < PERIODS:
        periods.append(current)
        current = current.previous
    said, won = said_of(pipeline, periods, members), won_by_owner(read, periods, zone, currency)
    found = {}
    for member in members:
        past = [
            Past(one, [_stood(said[member, one.first], one, part, currency) for part in PARTS], won.get((member, one.first), 0))
            for one in periods
            if (member, one.first) in said
        ]
        at = []
        for number in range(len(PARTS)):
            pairs = [(call, one.happened) for one in past if (call := one.calls[number]) is not None]
            at.append(record(pairs))
        found[member] = TrackRecord(member, past, at)
    return found


def together(records: Sequence[TrackRecord]) -> TrackRecord:
    """The record of several, their calls of a period added up; a part of it counts what those won whose call stood then."""
    past: list[Past] = []
    pairs: list[list[tuple[float, float]]] = [[] for _ in PARTS]
    for period in sorted({one.period for each in records for one in each.periods}, key=lambda one: one.first, reverse=True):
        said = [one for each in records for one in each.periods if one.period == period]
        calls: list[int | None] = []
        for number, pair in enumerate(pairs):
            stood = [(call, one.happened) for one in said if (call := one.calls[number]) is not None]
            calls.append(sum(call for call, _ in stood) if stood else None)
            if stood:
                pair.append((sum(call for call, _ in stood), sum(won for _, won in stood)))
        past.append(Past(period, calls, sum(one.happened for one in said)))
    return TrackRecord(0, past, [record(pair) for pair in pairs])


def _stood(calls: Sequence[RepCall], period: Period, part: float, currency: str) -> int | None:
    call = standing_at(calls, period.first + timedelta(days=round(part * period.days)))
    return call.amount_minor if call is not None and call.currency == currency else None
