"""What the demo company wants to reach: targets of last year and this one, month by month for each rep, set by its manager."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, time

from django.db.models import Sum
from django.utils.translation import gettext as _

from piste.catalogue.models import Product
from piste.company.models import Member
from piste.deals.models import Deal, Status
from piste.forecasting.operations import set_targets
from piste.forecasting.rules import Goal, Key, within
from piste.foundations.calendar import Period, Span, period
from piste.pipelines.models import Pipeline

from . import trade
from .story import SEASON

#: What is asked for against what was sold, and how much one rep's target differs from their share.
STRETCH, SPREAD = 0.9, 0.12
#: Amounts are set in whole hundreds of euros, in cents.
ROUND = 10_000


def set_goals(pipeline: Pipeline, sellers: Sequence[Member], *, began: datetime, at: datetime, chance: random.Random) -> None:
    """Sets the targets of the fiscal years that the history touches; those of the present one were revised once."""
    boss = sellers[-2]
    won = Deal.objects.present().filter(pipeline=pipeline, status=Status.WON)
    months = max(1.0, (at - began).days / 30.44)
    monthly = (won.aggregate(sum=Sum("amount_minor"))["sum"] or 0) / months * STRETCH
    reps = [(seller, told[4]) for seller, told in zip(sellers, trade.SELLERS, strict=True) if told[4]]
    shares = [(seller, share / sum(part for _one, part in reps)) for seller, share in reps]
    last = period(Span.YEAR, at.date())
    for year in (last.previous, last):
        set_on = max(began, datetime.combine(year.first, time(9), UTC))
        goals = _year(year, monthly, shares, chance)
        set_targets(pipeline=pipeline, goals=goals, by=boss, at=set_on, why=_("Plan of the year"), cause="demo")
        set_targets(
            pipeline=pipeline, goals=_sums(year, goals, sellers), by=boss, at=set_on, why=_("Plan of the year"), cause="demo"
        )
    _products(pipeline, last, monthly, sellers=sellers, began=began)
    _revise(pipeline, period(Span.MONTH, at.date()), shares, monthly, boss=boss, at=at)


def _year(year: Period, monthly: float, shares: Sequence[tuple[Member, float]], chance: random.Random) -> list[Goal]:
    mean = sum(SEASON) / len(SEASON)
    found = []
    for seller, share in shares:
        own = share * chance.uniform(1 - SPREAD, 1 + SPREAD)
        for month in within(year, Span.MONTH):
            # A season of sales is flatter than one of new prospects: deals take their time.
            weight = (SEASON[month.first.month - 1] / mean + 1) / 2
            key = Key("rep", seller.pk, int(Span.MONTH), month.first, "amount")
            found.append(Goal(key, _round(monthly * own * weight)))
    return found


def _sums(year: Period, goals: Sequence[Goal], sellers: Sequence[Member]) -> list[Goal]:
    """By quarter, what the teams and the company are to reach: the sum of the reps, the company a little less."""
    teams = {seller.pk: seller.team_id for seller in sellers}
    found = []
    for quarter in within(year, Span.QUARTER):
        inside = [goal for goal in goals if goal.key.first in quarter]
        whole = sum(goal.value or 0 for goal in inside)
        found.append(Goal(Key("company", 0, int(Span.QUARTER), quarter.first, "amount"), _round(whole * 0.96)))
        for team in sorted({key for key in teams.values() if key is not None}):
            part = sum(goal.value or 0 for goal in inside if teams[goal.key.subject_id] == team)
            found.append(Goal(Key("team", team, int(Span.QUARTER), quarter.first, "amount"), part))
    return found


def _products(pipeline: Pipeline, year: Period, monthly: float, *, sellers: Sequence[Member], began: datetime) -> None:
    goods = list(Product.objects.order_by("pk")[:2])
    goals = [
        Goal(Key("product", product.pk, int(Span.QUARTER), quarter.first, "amount"), _round(monthly * 3 * part))
        for quarter in within(year, Span.QUARTER)
        for product, part in zip(goods, (0.42, 0.36), strict=False)
    ]
    set_on = max(began, datetime.combine(year.first, time(10), UTC))
    set_targets(pipeline=pipeline, goals=goals, by=sellers[-1], at=set_on, why=_("Products of the year"), cause="demo")


def _revise(
    pipeline: Pipeline, month: Period, shares: Sequence[tuple[Member, float]], monthly: float, *, boss: Member, at: datetime
) -> None:
    """One rep was given more this month, and said why."""
    seller, share = max(shares, key=lambda pair: pair[1])
    key = Key("rep", seller.pk, int(Span.MONTH), month.first, "amount")
    set_on = min(at, datetime.combine(month.first, time(11), UTC))
    goal = Goal(key, _round(monthly * share * 1.25))
    set_targets(
        pipeline=pipeline, goals=[goal], by=boss, at=set_on, why=_("Takes over the large accounts of the west"), cause="demo"
    )


def _round(amount: float) -> int:
    return max(ROUND, round(amount / ROUND) * ROUND)
