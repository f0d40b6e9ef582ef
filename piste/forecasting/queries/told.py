"""A plan as plain values, for JSON: what the page gives as a file and `piste plan --json` prints."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from piste.company.models import Member
from piste.forecasting.models import Measure
from piste.foundations.money import to_decimal
from piste.insights.queries import Reading
from piste.stats.reverse import Plan

from .planning import Planned


def told(read: Reading, found: Planned, zone: ZoneInfo) -> dict[str, Any]:
    """Everything about a plan. Amounts are decimal text in the currency, wins whole numbers; rates and chances 0–1, days floats;
    null where nothing would do or nothing is known."""
    ask, suppose = found.ask, found.ask.suppose
    names = dict(Member.objects.filter(pk__in=[rep.member_id for rep in found.reps]).values_list("pk", "name"))
    pipeline = read.scope.pipeline
    return {
        "pipeline": {"id": pipeline.pk, "name": pipeline.name},
        "as_of": read.scope.as_of.astimezone(zone).isoformat(),
        "from": ask.first.isoformat(),
        "by": ask.last.isoformat(),
        "measure": ask.measure,
        "currency": ask.currency if ask.measure == Measure.AMOUNT else None,
        "chance": ask.chance,
        "suppose": {name: getattr(suppose, name) for name in ("conversion", "amount", "delay", "arrivals")},
        "target": _value(found, ask.target),
        "won": _value(found, found.won),
        "left": _value(found, found.gap),
        "measured_on": {
            "sales": found.sales,
            "since": datetime.fromtimestamp(found.since * 86400, zone).date().isoformat() if found.since is not None else None,
            "arrivals_per_month": round(found.arrivals, 2),
        },
        "plan": _plan(found, found.plan) if found.plan is not None else None,
        "reps": [
            {
                "id": rep.member_id,
                "name": names.get(rep.member_id, ""),
                "target": _value(found, rep.target),
                "won": _value(found, rep.won),
                "plan": _plan(found, rep.plan),
            }
            for rep in found.reps
        ],
    }


def _value(found: Planned, value: float) -> str | int:
    if found.ask.measure == Measure.WINS:
        return round(value)
    return str(to_decimal(round(value), found.ask.currency))


def _plan(found: Planned, plan: Plan) -> dict[str, Any]:
    names = {stage.place: stage for stage in found.stages}
    return {
        "days_left": round(plan.days, 2),
        "wins": plan.wins,
        "reach": round(plan.reach, 4),
        "expected": {
            name: _value(found, getattr(plan, part)) for name, part in (("median", "expected"), ("low", "low"), ("high", "high"))
        },
        "stages": [
            {
                "id": names[need.place].id,
                "name": names[need.place].name,
                "open": need.standing,
                "needed": need.needed,
                "missing": need.missing,
                "rate": {"ever": round(need.rate, 4), "low": round(need.low, 4), "high": round(need.high, 4)},
                "in_time": round(need.in_time, 4),
                "days": {"median": _days(need.median), "soonest": _days(need.soonest)},
                "late": need.is_late,
                "too_late": need.is_too_late,
            }
            for need in plan.needs
        ],
    }


def _days(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
