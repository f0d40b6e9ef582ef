"""What a test would need, from what flowed through the stage so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Min

from piste.deals.models import Deal, Move
from piste.experiments.models import Measure, Unit
from piste.experiments.rules import Among
from piste.pipelines.models import Stage
from piste.stats.trials import planning
from piste.stats.trials.planning import NoPlan

from .among import narrowed
from .outcomes import Asked, Entered, histories, measured

#: From how far back the present flow, and the present figure, are read.
FLOW_DAYS, FIGURE_DAYS = 84, 365


@dataclass(frozen=True, slots=True)
class Present:
    """How the stage does without a test: units a week that enter, the measure's mean and spread over `n` units."""

    per_week: float
    n: int
    mean: float | None
    deviation: float | None


@dataclass(frozen=True, slots=True)
class Size:
    """What a test needs: units in all and of the smallest arm, weeks until the last is known; `refused` says why there is no plan
    (codes of `planning.NoPlan`, or `no_history`)."""

    present: Present
    total: int = 0
    arm: int = 0
    weeks: float | None = None
    refused: str = ""


def present(
    *, stage: Stage, measure: str, within_days: int, goal_id: int | None, unit: str, among: Among, as_of: datetime
) -> Present:
    """What is known of the deals that entered the stage for the first time and would have been drawn."""
    deals = Deal.objects.all() if among.is_everybody else narrowed(among, as_of)
    moves = Move.objects.filter(to_stage=stage, deal__in=deals.order_by().values("pk")).exclude(kind="undone")
    firsts = (
        moves.values("deal_id").annotate(came=Min("at")).filter(came__gte=as_of - timedelta(days=FIGURE_DAYS), came__lte=as_of)
    )
    rows = firsts.order_by().values_list(
        "deal_id", "came", "deal__company_id", "deal__owner_id", "deal__amount_minor", "deal__currency"
    )
    entered = [
        Entered(deal, f"{unit}:{ {Unit.DEAL: deal, Unit.COMPANY: company, Unit.REP: owner}[Unit(unit)] }", 0, came, amount, code)
        for deal, came, company, owner, amount, code in rows
    ]
    recent = {row.unit for row in entered if row.at >= as_of - timedelta(days=FLOW_DAYS)}
    per_week = len(recent) / (FLOW_DAYS / 7)
    if not entered:
        return Present(per_week, 0, None, None)
    asked = Asked(measure, stage.pk, stage.pipeline_id, within_days, as_of, goal_id)
    outcome = measured(entered, histories(firsts.values("deal_id")), asked)
    groups: dict[str, list[float]] = {}
    for row, value in zip(entered, outcome.value.tolist(), strict=True):
        if not np.isnan(value):
            groups.setdefault(row.unit, []).append(value)
    values = np.array([float(np.mean(of)) for of in groups.values()])
    if len(values) < 2:
        return Present(per_week, len(values), None, None)
    return Present(per_week, len(values), float(values.mean()), float(values.std(ddof=1)))


def size(known: Present, *, measure: str, unit: str, smallest: float, shares: tuple[int, ...], within_days: int) -> Size:
    """What it takes to find a difference of `smallest` (points, amount or days, either way)."""
    if known.mean is None or known.deviation is None:
        return Size(known, refused="no_history")
    parts = [share / 100 for share in shares]
    try:
        if measure in (Measure.REACHES, Measure.WINS) and unit == Unit.DEAL:
            effect = smallest / 100
            # Towards the side where there is room.
            plan = planning.plan_share(known.mean, effect if known.mean + effect <= 1 else -effect, shares=parts)
        else:
            scale = 100 if measure in (Measure.REACHES, Measure.WINS) else 1
            plan = planning.plan_mean(known.deviation, smallest / scale, shares=parts)
    except NoPlan as refused:
        return Size(known, refused=refused.code)
    return Size(known, plan.total, min(plan.arms), planning.weeks(plan.total, known.per_week, days=within_days))
