"""What each member does and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db.models import Q

from piste.activities.models import Activity
from piste.activities.queries.adherence import adherence_of_deals, adherence_of_members
from piste.qualification.queries import kept_of
from piste.stats.history import WON
from piste.stats.outcomes import closed
from piste.stats.shares import Share, share

from .figures import Within
from .narrowing import deals_of
from .reading import Reading

#: From this share of the standard activities done on, a deal counts as having followed its playbooks.
FOLLOWED = 0.8


@dataclass(frozen=True, slots=True)
class Work:
    """A member's work within a period: activities done by kind, moves forward of the deals they own, the share of first contacts
    made in time, the share of standard activities done (out of those whose day came)."""

    done: dict[str, int]
    advances: int
    in_time: Share
    adherence: Share


def work(read: Reading, within: Within, *, today: date, zone_now: datetime) -> dict[int, Work]:
    """By member, over the deals of the reading. Without bounds the period begins with the first deal."""
    since, until = _bounds(within, zone_now)
    done: dict[int, Counter[str]] = {}
    for _key, who, kind in done_within(read, within, zone_now=zone_now):
        done.setdefault(who, Counter())[kind] += 1
    advances = _advances(read, within)
    owners = sorted(set(np.unique(read.facts.owner).tolist()) | set(done))
    # Of the deals of the scope alone: what one may not see, or did not ask for, is in no figure.
    among = deals_of(read.scope).filter(pipeline=read.scope.pipeline)
    clocks = {row.owner_id: share(row.in_time, row.counted) for row in kept_of(among, since=since, until=until, now=zone_now)}
    followed = adherence_of_members(owners, among=among, first=since.date(), today=today)
    found = {}
    for who in owners:
        one = followed.get(who)
        found[who] = Work(
            done=dict(done.get(who, {})),
            advances=advances.get(who, 0),
            in_time=clocks.get(who, share(0, 0)),
            adherence=share(one.in_time + one.late, one.asked) if one is not None else share(0, 0),
        )
    return found


def done_within(read: Reading, within: Within, *, zone_now: datetime) -> Iterator[tuple[int, int, str]]:
    """The very activities that `work` counts, by when they were done: the key of each, who did it, its kind."""
    since, until = _bounds(within, zone_now)
    asked = set(read.facts)
    # What lay in the bin by then was not done.
    there = Q(deleted_at=None) | Q(deleted_at__gt=zone_now)
    rows = Activity.objects.filter(there, done_at__gte=since, done_at__lt=until, done_by__isnull=False).exclude(deal=None)
    for key, who, kind, deal in rows.order_by("done_at", "pk").values_list("pk", "done_by_id", "kind", "deal_id").iterator(5000):
        if deal in asked and who is not None:
            yield key, who, kind


def _bounds(within: Within, zone_now: datetime) -> tuple[datetime, datetime]:
    return within.since or datetime(1970, 1, 1, tzinfo=zone_now.tzinfo), min(within.until or zone_now, zone_now)


def _advances(read: Reading, within: Within) -> Counter[int]:
    since, until = within.days
    flows = read.history.flows
    forward = (
        (flows.origin >= 0) & ((flows.target > flows.origin) | (flows.target == WON)) & (flows.at >= since) & (flows.at < until)
    )
    owners = read.facts.owner[read.facts.rows(flows.deal[forward])]
    return Counter(owners.tolist())


@dataclass(frozen=True, slots=True)
class Following:
    """Of the deals closed within a period to which playbooks gave something to do: the wins among those that followed them
    (at least `FOLLOWED` of what was asked) and among the others."""

    followed: Share
    others: Share


def following(read: Reading, within: Within, *, today: date) -> Following:
    """Whether following the playbooks goes with winning."""
    since, until = within.days
    outcome = closed(read.history.deals, since=since, until=until)
    both = set(np.concatenate([outcome.won, outcome.lost]).tolist())
    known = read.known.answer("followed", (read.scope.key, today), lambda: _followed(read, today))
    asked = {deal: rate for deal, rate in known.items() if deal in both}
    won = set(outcome.won.tolist())
    groups = (
        [deal for deal, rate in asked.items() if rate >= FOLLOWED],
        [deal for deal, rate in asked.items() if rate < FOLLOWED],
    )
    shares = [share(sum(deal in won for deal in group), len(group)) for group in groups]
    return Following(*shares)


def _followed(read: Reading, today: date) -> dict[int, float]:
    """By deal to which playbooks gave something to do, the share of it that was done."""
    deals = deals_of(read.scope).filter(pipeline=read.scope.pipeline).order_by().values_list("pk", flat=True)
    found = adherence_of_deals(deals, today=today)
    return {deal: one.share for deal, one in found.items() if one.share is not None}
