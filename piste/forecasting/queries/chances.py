"""The chances of open deals with what they rest on, for whoever reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from piste.asking import Kept
from piste.deals.models import Deal
from piste.forecasting.models import Chance, Snapshot
from piste.forecasting.queries.snapshots import chance_of
from piste.foundations.calendar import Period, Span

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rests:
    """What chances rest on: the verdict on them (`reliable`, `no_signal`, `base_rate`) and what deals are given (`ours`,
    `stage_table`, `prior`), from how many closed deals, which fields
    were refused; in which currency amounts are known, and when all this was computed."""

    verdict: str
    closed: int
    refused: list[str] = field(default_factory=list)
    currency: str = ""
    at: datetime | None = None
    by: str = ""


def told_of(deal: Deal) -> tuple[Chance | None, Rests | None]:
    """The chance of an open deal with what it rests on; without a chance what the last computing of its pipeline rested on, None
    before the first. Two statements."""
    chance = chance_of(deal)
    if chance is None:
        return None, rests_of(deal.pipeline_id)
    whole = Period(Span.QUARTER, chance.until + DAY).previous
    rests = _rests(_quarters(deal.pipeline_id).filter(first=whole.first, at=chance.at))
    # Of a deal that went to another pipeline meanwhile nothing was said there yet.
    return (chance, rests) if rests is not None else (None, None)


def rests_of(pipeline_id: int) -> Rests | None:
    """What the chances of a pipeline's deals rest on, as last computed; one statement."""
    return _rests(_quarters(pipeline_id).order_by("-first", "-at", "-pk"))


def _quarters(pipeline_id: int) -> QuerySet[Snapshot]:
    return Snapshot.objects.filter(pipeline_id=pipeline_id, span=int(Span.QUARTER))


def _rests(snapshots: Any) -> Rests | None:
    row = snapshots.values_list("said__verdict", "said__leaks", "currency", "at").first()
    if row is None:
        return None
    verdict, leaks, currency, at = row
    return Rests(verdict["code"], verdict["closed"], [name for name, _reason in leaks or ()], currency, at, verdict.get("by", ""))


def chances_of(deals: Collection[int]) -> dict[int, float]:
    """The chances of deals of ever being won, where they are open and something was said; one statement."""
    return dict(_ever(deals=list(deals))) if deals else {}


@Kept
def _ever(*, deals: list[int]) -> Any:
    return Chance.objects.filter(deal_id__in=deals, deal__status__in=("open", "held")).values_list("deal_id", "ever")
