"""Saying how sure a deal is, and what one will bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.company.queries import company
from piste.deals.models import Deal, Status
from piste.forecasting import rules
from piste.forecasting.models import Category, DealCall, RepCall
from piste.foundations.calendar import Period
from piste.foundations.money import LIMIT
from piste.journal.operations import Happening, record, record_many
from piste.pipelines.models import Pipeline

from .targets import NotAPeriod


class Closed(Exception):
    """The deal is won or lost: nothing is to be said of it any more."""


class PeriodOver(Exception):
    """The period is over: what one would have said is known."""


@transaction.atomic
def sort(*, deal: Deal, category: str, by: Member, at: datetime, cause: str = "page") -> bool:
    """Puts a deal in a category; returns whether it was in another. Raises `Closed`."""
    current = Deal.objects.select_for_update().get(pk=deal.pk)
    if current.status not in (Status.OPEN, Status.HELD):
        raise Closed
    last = DealCall.objects.filter(deal=current).order_by("-pk").values_list("category", flat=True).first()
    before = last or Category.PIPELINE.value
    if before == category:
        return False
    DealCall.objects.create(deal=current, category=Category(category), by=by, at=at)
    record(
        verb="deal.called",
        subject_kind="deal",
        subject_id=current.pk,
        pipeline_id=current.pipeline_id,
        actor_id=by.pk,
        at=at,
        cause=cause,
        data={"before": before, "after": str(category)},
    )
    return True


@transaction.atomic
def say(
    *, pipeline: Pipeline, period: Period, amount_minor: int, by: Member, at: datetime, note: str = "", cause: str = "page"
) -> RepCall:
    """What a member says that they will bring in a period, in the company's currency. Raises `NotAPeriod`, `PeriodOver`."""
    told = company()
    if not rules.is_period(int(period.span), period.first, year_starts=told.fiscal_year_month if told else 1):
        raise NotAPeriod(f"{int(period.span)} {period.first}")
    if at.date() > period.last:
        raise PeriodOver
    if not 0 <= amount_minor <= LIMIT:
        raise ValueError(amount_minor)
    call = RepCall.objects.create(
        pipeline=pipeline,
        member=by,
        span=int(period.span),
        first=period.first,
        amount_minor=amount_minor,
        currency=told.currency if told else "EUR",
        note=note.strip(),
        at=at,
    )
    record_many(happenings=[_said(call, cause)])
    return call


@transaction.atomic
def bring_calls(*, deal_calls: Sequence[DealCall], rep_calls: Sequence[RepCall], cause: str) -> None:
    """Brings a past of calls in, oldest first: rows not yet kept, with the moments they were said at."""
    DealCall.objects.bulk_create(deal_calls)
    RepCall.objects.bulk_create(rep_calls)
    before: dict[int, str] = {}
    happenings = []
    for row in deal_calls:
        data = {"before": before.get(row.deal_id, Category.PIPELINE.value), "after": str(row.category)}
        before[row.deal_id] = str(row.category)
        by = row.by_id
        happenings.append(Happening("deal.called", "deal", row.deal_id, by, row.at, data, row.deal.pipeline_id, cause))
    record_many(happenings=[*happenings, *(_said(call, cause) for call in rep_calls)])


def _said(call: RepCall, cause: str) -> Happening:
    data = {
        "span": call.span,
        "first": call.first.isoformat(),
        "amount_minor": call.amount_minor,
        "currency": call.currency,
        "why": call.note,
    }
    return Happening("call.said", "call", call.member_id, call.member_id, call.at, data, call.pipeline_id, cause)
