"""What the reps of the demo company said: of their deals on the way, and of each quarter, each with a leaning of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Sum

from piste.company.models import Member
from piste.deals.models import Deal, Move, Status
from piste.forecasting.models import Category, DealCall, RepCall
from piste.forecasting.operations import bring_calls
from piste.foundations.calendar import Period, Span, period
from piste.pipelines.models import Pipeline

from . import trade
from .english import worded

#: How far into a quarter calls are made, and how much they still lie by chance then.
WHEN = ((0.06, 0.35), (0.4, 0.22), (0.68, 0.1))
#: How much too much each rep says (below one: too little), in the order of `trade.SELLERS`.
LEANING = (1.22, 0.94, 1.05, 1.32, 0.88, 1.1)
#: The chance that a deal is called so when it comes to the fourth stage and to the fifth.
SURE = {3: ((Category.BEST, 0.5), (Category.COMMIT, 0.12)), 4: ((Category.COMMIT, 0.72), (Category.BEST, 0.2))}


def say_things(pipeline: Pipeline, sellers: Sequence[Member], *, began: datetime, at: datetime, chance: random.Random) -> None:
    """Brings in the calls of the past and those that stand now."""
    reps = [seller for seller, told in zip(sellers, trade.SELLERS, strict=True) if told[4]]
    deal_calls = sorted(_of_deals(pipeline, chance), key=lambda row: row.at)
    rep_calls = sorted(_of_quarters(pipeline, reps, began=began, at=at, chance=chance), key=lambda row: row.at)
    bring_calls(deal_calls=deal_calls, rep_calls=rep_calls, cause="demo")


def _of_deals(pipeline: Pipeline, chance: random.Random) -> list[DealCall]:
    places = {stage.pk: place for place, stage in enumerate(pipeline.stages.order_by("position"))}
    found: list[DealCall] = []
    last: dict[int, Category] = {}
    moves = Move.objects.filter(deal__pipeline=pipeline, to_status=Status.OPEN).select_related("deal").order_by("deal", "number")
    for move in moves:
        luck = chance.random()
        for category, share in SURE.get(places.get(move.to_stage_id, 0), ()):
            if luck < share:
                if last.get(move.deal_id) != category:
                    last[move.deal_id] = category
                    found.append(DealCall(deal=move.deal, category=category, by_id=move.by_id, at=move.at))
                break
            luck -= share
    return found


class _Quarter(NamedTuple):
    """What a rep won in a quarter, in cents; `mean` of an ordinary one."""

    won: int
    mean: int


def _of_quarters(
    pipeline: Pipeline, reps: Sequence[Member], *, began: datetime, at: datetime, chance: random.Random
) -> list[RepCall]:
    found = []
    quarter = period(Span.QUARTER, began.date()).next
    while quarter.first <= at.date():
        for place, rep in enumerate(reps):
            told = _told(pipeline, rep, quarter, quarters=max(1.0, (at - began).days / 91))
            found += _said(pipeline, rep, quarter, told, LEANING[place], at=at, chance=chance)
        quarter = quarter.next
    return found


def _told(pipeline: Pipeline, rep: Member, quarter: Period, *, quarters: float) -> _Quarter:
    won = Deal.objects.present().filter(pipeline=pipeline, owner=rep, status=Status.WON)
    whole = won.aggregate(sum=Sum("amount_minor"))["sum"] or 0
    inside = won.filter(closed_at__date__gte=quarter.first, closed_at__date__lte=quarter.last)
    return _Quarter(inside.aggregate(sum=Sum("amount_minor"))["sum"] or 0, round(whole / quarters))


def _said(
    pipeline: Pipeline, rep: Member, quarter: Period, told: _Quarter, leaning: float, *, at: datetime, chance: random.Random
) -> list[RepCall]:
    found = []
    for part, spread in WHEN:
        day = quarter.first + timedelta(days=round(part * quarter.days))
        day += timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
        moment = datetime(day.year, day.month, day.day, 8, chance.randint(0, 59), tzinfo=at.tzinfo)
        guess = chance.gauss(0, spread)
        if moment >= at:
            continue
        # Early on one thinks of an ordinary quarter, later of this one.
        thought = told.mean * (1 - part) + max(told.won, told.mean if quarter.last > at.date() else 0) * part
        amount = max(0, round(thought * (1 + (leaning - 1) * (1 - part / 2) + guess) / 10_000) * 10_000)
        note = worded(chance.choice(trade.WHY_CALLED)) if chance.random() < 0.35 else ""
        found.append(
            RepCall(
                pipeline=pipeline,
                member=rep,
                span=int(Span.QUARTER),
                first=quarter.first,
                amount_minor=amount,
                currency="EUR",
                note=note,
                at=moment,
            )
        )
    return found
