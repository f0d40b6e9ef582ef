"""Calls: how sure deals are said to be, what was said of a period, and what categories were worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max, Q

from piste.deals.models import Deal, DealSet, Status
from piste.forecasting.models import Category, DealCall, RepCall
from piste.foundations.calendar import Period
from piste.pipelines.models import Pipeline
from piste.stats.shares import Share, share

#: Deals that a page of calls shows at most; the sums are of all.
MOST = 100


def category_of(deal: Deal) -> str:
    """The category a deal is in; nothing said is the pipeline."""
    last = DealCall.objects.filter(deal=deal).order_by("-pk").values_list("category", flat=True).first()
    return last or Category.PIPELINE.value


def categories() -> dict[int, str]:
    """The categories of open deals of which something was said; one statement."""
    still = DealCall.objects.filter(deal__status=Status.OPEN, deal__deleted_at=None)
    last = still.order_by().values("deal").annotate(last=Max("pk")).values("last")
    return dict(DealCall.objects.filter(pk__in=last).order_by().values_list("deal_id", "category"))


@dataclass(frozen=True, slots=True)
class Called:
    """What the open deals of an owner that are due in a period come to, by category, in minor units of one currency."""

    commit: int = 0
    best: int = 0
    pipeline: int = 0

    def plus(self, category: str, amount: int) -> Called:
        parts = {"commit": self.commit, "best": self.best, "pipeline": self.pipeline}
        if category in parts:
            parts[category] += amount
        return Called(**parts)


def due(deals: DealSet, pipeline: Pipeline, period: Period) -> DealSet:
    """Open deals that are to be closed by the end of a period, those whose day has passed too; the earliest first."""
    found = deals.open().filter(pipeline=pipeline, expected_close_on__lte=period.last)
    return found.select_related("company", "stage", "owner").order_by("expected_close_on", "pk")


def called(deals: DealSet, pipeline: Pipeline, period: Period, currency: str) -> dict[int, Called]:
    """By owner, what their deals due in a period come to; two statements."""
    known = categories()
    rows = due(deals, pipeline, period).exclude(amount_minor=None).filter(currency=currency)
    found: dict[int, Called] = {}
    for key, owner, amount in rows.order_by().values_list("pk", "owner_id", "amount_minor"):
        found[owner] = found.get(owner, Called()).plus(known.get(key, Category.PIPELINE.value), amount or 0)
    return found


def said_of(pipeline: Pipeline, periods: Sequence[Period], members: Sequence[int]) -> dict[tuple[int, date], list[RepCall]]:
    """By member and first day of a period, what was said of it, the first first; one statement."""
    asked = Q(pk=None)
    for one in periods:
        asked |= Q(span=int(one.span), first=one.first)
    found: dict[tuple[int, date], list[RepCall]] = {}
    for row in RepCall.objects.filter(asked, pipeline=pipeline, member__in=members).order_by("pk"):
        found.setdefault((row.member_id, row.first), []).append(row)
    return found


def standing_at(calls: Sequence[RepCall], day: date) -> RepCall | None:
    """The call that stood at the end of a day."""
    return next((row for row in reversed(calls) if row.at.date() <= day), None)


def worth_of_categories(deals: DealSet, pipeline: Pipeline, members: Sequence[int]) -> dict[tuple[int, str], Share]:
    """By owner and category, of the closed deals that were ever in it, the share that was won; one statement."""
    closed = deals.present().filter(pipeline=pipeline, owner__in=members, status__in=[Status.WON, Status.LOST])
    rows = DealCall.objects.filter(deal__in=closed.order_by().values("pk")).order_by()
    counts: dict[tuple[int, str], dict[str, int]] = {}
    grouped = rows.values_list("deal__owner_id", "category", "deal__status").annotate(n=Count("deal", distinct=True))
    for owner, category, status, n in grouped:
        counts.setdefault((owner, category), {})[status] = n
    return {key: share(n.get("won", 0), sum(n.values())) for key, n in counts.items()}
