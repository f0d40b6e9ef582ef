"""Targets: those in force, and everything that was set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from piste.company.models import Member
from piste.company.queries import company
from piste.forecasting.models import Measure, Target, TargetSet, Whose
from piste.forecasting.rules import Key, standing
from piste.foundations.calendar import Period, Span
from piste.pipelines.models import Pipeline


def in_force(
    pipeline: Pipeline, firsts: Sequence[date], member: Member | None = None, *, before: datetime | None = None
) -> dict[Key, Target]:
    """The last row of each target whose period begins on one of these days, as far as the member may see it (None: all), or the
    last one set `before` a moment; those taken back are there without a value. What was set in another currency than the
    company's present one says nothing."""
    told = company()
    rows = Target.objects.all() if member is None else Target.objects.visible_to(member)
    counted = Q(measure=Measure.WINS) | Q(currency=told.currency if told else "EUR")
    if before is not None:
        rows = rows.filter(at__lt=before)
    found = rows.filter(counted, pipeline=pipeline, first__in=set(firsts)).order_by("pk")
    return {Key(row.whose, row.subject_id, row.span, row.first, row.measure): row for row in found}


def values(rows: dict[Key, Target]) -> dict[Key, int]:
    """What the targets in force amount to."""
    return {key: row.value for key, row in rows.items() if row.value is not None}


def firsts_of(whole: Period) -> list[date]:
    """The days on which a period, or a shorter one within it, begins."""
    found: list[date] = []
    current = Period(Span.MONTH, whole.first)
    while current.first <= whole.last:
        found.append(current.first)
        current = current.next
    return found


def of_reps(pipeline: Pipeline, whole: Period, *, measure: str, member: Member | None = None) -> dict[int, int]:
    """By rep, their target of a period; one statement."""
    told = values(in_force(pipeline, firsts_of(whole), member))
    reps = sorted({key.subject_id for key in told if key.whose == Whose.REP})
    found = {rep: standing(told, Key(Whose.REP, rep, int(whole.span), whole.first, measure)) for rep in reps}
    return {rep: one.value for rep, one in found.items() if one is not None}


def history(pipeline: Pipeline, member: Member) -> TargetSet:
    """Everything that was set and a member may see, the last first."""
    return Target.objects.visible_to(member).filter(pipeline=pipeline).select_related("by").order_by("-pk")
