"""Before and after a process version: which re-tests are due, what they measure, which wait for a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from piste.company.models import Settings
from piste.foundations.money import decimals
from piste.insights.queries import Reading, Scope, earlier, reading
from piste.insights.queries.facts import NO_AMOUNT
from piste.insights.queries.whole_numbers import in_days
from piste.pipelines.models import ProcessVersion
from piste.pipelines.rules import measured
from piste.stats.conversion import ADVANCED, OUT, STILL, conversion
from piste.stats.history import Exit, Floats, Ints, Status
from piste.stats.retest import Cohort, Retest, mean_amount, median_days, plain_share, share_within
from piste.upkeep.models import Retest as Kept
from piste.upkeep.models import Verdict
from piste.upkeep.rules import LONGEST_WATCH, SHORTEST_WATCH, verdict_of

#: What stands where a deal has no amount in the company's currency.
NO_SIZE = -1
#: Sizes are thirds of the amounts of both sides.
THIRDS = (1 / 3, 2 / 3)


def due(today: date) -> QuerySet[ProcessVersion]:
    """The versions whose day has come, or whose day to look again has, and that were not measured since."""
    last = Kept.objects.filter(version=OuterRef("pk"))
    again = Verdict.objects.filter(retest__version=OuterRef("pk")).order_by("-pk").values("again_on")[:1]
    since = Kept.objects.filter(version=OuterRef("pk"), on__gte=OuterRef("looks_again_on"))
    marked = ProcessVersion.objects.filter(pipeline__retired_at=None).annotate(looks_again_on=Subquery(again))
    first = Q(retest_on__lte=today) & ~Exists(last)
    later = Q(looks_again_on__lte=today) & ~Exists(since)
    return marked.filter(first | later).select_related("pipeline").order_by("pk")


def figures(version: ProcessVersion, *, at: datetime) -> dict[str, Any]:
    """What is measured of a version at a moment, as JSON: the promised measure first, then the share won as its guard, of days
    as long before the change as after it. Amounts are in whole units of `currency`; `others` is how many more changes fell into
    these days."""
    settings = Settings.objects.get(pk=1)
    until = min(at, version.at + LONGEST_WATCH)
    span = max(until - version.at, SHORTEST_WATCH)
    after = reading(Scope(version.pipeline, until, past=until < at))
    before = earlier(after, version.at)
    kind, stage = measured(version.expects_measure)
    asked = [(kind, stage)] if kind else []
    if kind != "wins":
        asked.append(("wins", None))
    since = version.at - span
    others = ProcessVersion.objects.filter(pipeline_id=version.pipeline_id, at__gt=since, at__lt=until).exclude(pk=version.pk)
    return {
        "since": since.isoformat(),
        "changed": version.at.isoformat(),
        "until": until.isoformat(),
        "days": round(span / timedelta(days=1)),
        "currency": settings.currency,
        "others": others.exclude(number=1).count(),
        "rows": [
            _row(kind, stage, before, after, _Window(in_days(since), in_days(version.at), in_days(until)), settings.currency)
            for kind, stage in asked
        ],
    }


class _Window:
    """From `since` to the change, from the change `until`, in days."""

    def __init__(self, since: float, changed: float, until: float) -> None:
        self.since, self.changed, self.until = since, changed, until

    @property
    def days(self) -> float:
        return self.changed - self.since


def _row(kind: str, stage: int | None, before: Reading, after: Reading, window: _Window, currency: str) -> dict[str, Any]:
    place = after.places.get(stage) if stage is not None else None
    cohort = {"conversion": _going_on, "wins": _closed, "days": _staying, "amount": _amounts}[kind]
    sides = []
    for read, first, last in ((before, window.since, window.changed), (after, window.changed, window.until)):
        deals, days, fate = cohort(read, place, first, last, currency)
        sides.append((read, deals, days, fate))
    cut = _thirds(sides, currency)
    one, two = (
        Cohort(days, fate, _traits(read, deals, cut, currency, with_size=kind != "amount")) for read, deals, days, fate in sides
    )
    found = {
        "conversion": lambda: share_within(one, two, longest=window.days),
        "wins": lambda: plain_share(one, two),
        "days": lambda: median_days(one, two, longest=window.days),
        "amount": lambda: mean_amount(one, two),
    }[kind]()
    name = next((one.name for one in after.stages if one.place == place), "") if place is not None else ""
    return {"kind": kind, "stage": name, **_rounded(found), "verdict": verdict_of(found.low, found.high)}


def _rounded(found: Retest) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: rounded(one) for name, one in value.items()}
        return float(f"{value:.6g}") if isinstance(value, float) else value

    told: dict[str, Any] = rounded(asdict(found))
    return told


type _Deals = tuple[Ints, Floats, Ints]


def _going_on(read: Reading, place: int | None, since: float, until: float, _currency: str) -> _Deals:
    """Those that came into a stage, and whether they went on."""
    found = conversion(read.history, place or 0, since=since, until=until)
    return found.entered, found.days, found.fate


def _closed(read: Reading, place: int | None, since: float, until: float, _currency: str) -> _Deals:
    """Those won or lost in a time (having come into a stage), and which of them were won."""
    deals = read.history.deals
    ended = np.where(np.isnan(deals.won), deals.closed, deals.won)
    kept = (ended >= since) & (ended < until) & (~np.isnan(deals.won) | (deals.status == Status.LOST))
    if place is not None:
        visits = read.history.visits
        kept &= np.isin(deals.id, visits.deal[visits.stage == place])
    fate = np.where(np.isnan(deals.won), OUT, ADVANCED).astype(np.int64)
    return deals.id[kept], (ended - deals.created)[kept], fate[kept]


def _staying(read: Reading, place: int | None, since: float, until: float, _currency: str) -> _Deals:
    """The visits to a stage, and how long they lasted."""
    visits = read.history.visits
    rows = np.flatnonzero((visits.stage == (place or 0)) & (visits.entered >= since) & (visits.entered < until))
    still = visits.exit[rows] == Exit.NOT_YET
    left = np.where(still, read.history.as_of, visits.left[rows])
    fate = np.where(still, STILL, ADVANCED).astype(np.int64)
    return visits.deal[rows], np.maximum(left - visits.entered[rows], 0.0), fate


def _amounts(read: Reading, _place: int | None, since: float, until: float, currency: str) -> _Deals:
    """The sales of a time, and what they were worth."""
    deals = read.history.deals
    ids = deals.id[(deals.won >= since) & (deals.won < until)]
    size = _sizes(read, ids, currency)
    ids, size = ids[~np.isnan(size)], size[~np.isnan(size)]
    return ids, size, np.full(len(ids), ADVANCED, dtype=np.int64)


def _sizes(read: Reading, deals: Ints, currency: str) -> Floats:
    """The amounts of deals in whole units; NaN for one without, or in another currency."""
    facts = read.facts
    rows = facts.rows(deals)
    known = (facts.amount[rows] != NO_AMOUNT) & (facts.currency[rows] == facts.texts.number(currency))
    return np.where(known, facts.amount[rows] / 10 ** decimals(currency), np.nan)


def _thirds(sides: Iterable[tuple[Reading, Ints, Floats, Ints]], currency: str) -> Floats:
    sizes = np.concatenate([_sizes(read, deals, currency) for read, deals, _days, _fate in sides])
    known = sizes[~np.isnan(sizes)]
    return np.quantile(known, THIRDS) if len(known) else np.zeros(2)


def _traits(read: Reading, deals: Ints, cut: Floats, currency: str, *, with_size: bool) -> Ints:
    """Source, owner and size of deals, as known today."""
    facts = read.facts
    rows = facts.rows(deals)
    columns = [facts.source[rows], facts.owner[rows]]
    if with_size:
        size = _sizes(read, deals, currency)
        columns.append(np.where(np.isnan(size), NO_SIZE, np.searchsorted(cut, np.nan_to_num(size))))
    return np.column_stack(columns).astype(np.int64)
