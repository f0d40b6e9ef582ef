"""What happens now: the figures of today, this week and this month, made from little, so that they can be asked every second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Count, F, Sum

from piste.activities.models import Activity, ActivitySet
from piste.deals.models import Move
from piste.stats.flows import flows
from piste.stats.history import Ints

from .figures import ByCurrency, Within
from .narrowing import deals_of
from .reading import Reading
from .scope import Scope


@dataclass(frozen=True, slots=True)
class Arrival:
    """A place that deals came to within a period: a stage by its place, or a negative one of `stats.history`; `deals` names each
    once, `moves` counts every coming."""

    place: int
    moves: int
    deals: Ints


def arrivals(read: Reading, within: Within) -> list[Arrival]:
    """Where deals came to within a period, from wherever, stages in their order, then sales and losses. Deals that came to be
    are counted where they came to be."""
    since, until = within.days
    by_place: dict[int, list[Ints]] = {}
    counts: dict[int, int] = {}
    for one in flows(read.history, since=since, until=until):
        by_place.setdefault(one.target, []).append(one.deals)
        counts[one.target] = counts.get(one.target, 0) + one.count
    order = sorted(by_place, key=lambda place: (place < 0, abs(place)))
    return [Arrival(place, counts[place], np.unique(np.concatenate(by_place[place]))) for place in order]


@dataclass(frozen=True, slots=True)
class Standing:
    """Open deals of a stage, and what they are worth by currency."""

    stage_id: int
    count: int
    value: ByCurrency


def standing(scope: Scope) -> dict[int, Standing]:
    """The open deals of the pipeline by stage; one statement."""
    rows = deals_of(scope).filter(pipeline=scope.pipeline, status="open").order_by()
    found: dict[int, Standing] = {}
    sums = rows.values_list("stage_id", "currency").annotate(
        count=Count("pk"), known=Count("amount_minor"), sum=Sum("amount_minor")
    )
    for stage, currency, count, known, total in sums.order_by(F("sum").desc(nulls_last=True)):
        before = found.get(stage, Standing(stage, 0, {}))
        value = before.value | ({currency: total} if known else {})
        found[stage] = Standing(stage, before.count + count, value)
    return found


def done(scope: Scope, within: Within) -> ActivitySet:
    """The activities done within a period on deals of the pipeline."""
    deals = deals_of(scope).filter(pipeline=scope.pipeline).order_by()
    rows = Activity.objects.done().filter(deal__in=deals.values("pk"), done_at__gte=within.since, done_by__isnull=False)
    return rows if within.until is None else rows.filter(done_at__lt=within.until)


def done_by_member(scope: Scope, within: Within) -> dict[int, dict[str, int]]:
    """By member, how many activities of each kind they did within a period on deals of the pipeline; one statement."""
    found: dict[int, dict[str, int]] = {}
    for who, kind, count in done(scope, within).order_by().values_list("done_by_id", "kind").annotate(count=Count("pk")):
        found.setdefault(who, {})[kind] = count
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A move as a feed tells it; `by` is "" for what Piste did itself."""

    deal_id: int
    company: str
    title: str
    kind: str
    origin: str
    target: str
    target_id: int
    by: str
    at: datetime

    @property
    def name(self) -> str:
        return self.company or self.title


FEED = (
    "deal_id",
    "deal__company__name",
    "deal__title",
    "kind",
    "from_stage__name",
    "to_stage__name",
    "to_stage_id",
    "by__name",
    "at",
)


def feed(scope: Scope, *, since: datetime, most: int) -> Sequence[Told]:
    """The latest moves since a moment, the last first; one statement."""
    moves = Move.objects.filter(to_stage__pipeline=scope.pipeline, at__gte=since, at__lte=scope.as_of)
    rows = moves.filter(deal__in=deals_of(scope).order_by().values("pk")).order_by("-at", "-pk")[:most]
    return [
        Told(deal, company or "", title, kind, origin or "", target, target_id, by or "", at)
        for deal, company, title, kind, origin, target, target_id, by, at in rows.values_list(*FEED)
    ]
