"""What a split test says at a moment: arms, the difference with its interval, guards, and what to doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from piste.experiments.models import Assignment, SplitTest, Unit, Variant
from piste.experiments.rules import Guard, guards_from_json, worst
from piste.stats.history import Floats
from piste.stats.trials.analysis import Analysis, Units, analyse

from .outcomes import DAY, Asked, Entered, histories, measured
from .running import factorial_with

BROKEN, KEPT, OPEN = "broken", "kept", "open"


@dataclass(frozen=True, slots=True)
class GuardResult:
    """A guard: the control's figure and the variants', and whether the harm stays below its bar (`kept`), surely is harm and
    above it (`broken`), or cannot be told yet (`open`)."""

    guard: Guard
    analysis: Analysis
    state: str


@dataclass(frozen=True, slots=True)
class Doubts:
    """What could make arms influence each other: `shared` companies with deals in several arms, `both` reps who work by several
    variants of `reps` in all, other tests that share `overlaps` deals, by their title."""

    shared: int
    both: int
    reps: int
    overlaps: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """`units` are drawn in all, `deals` with them; `weeks` says how many units came by week (its Monday); `largest` is the deal
    that moves the difference most, by `moved`."""

    analysis: Analysis
    units: int
    deals: int
    weeks: tuple[tuple[date, int], ...]
    guards: tuple[GuardResult, ...]
    doubts: Doubts
    largest: int | None
    moved: float | None


def result(test: SplitTest, variants: Sequence[Variant], *, as_of: datetime) -> Result:
    """The result of a started test, up to a moment; what came after it is left out."""
    arm = {variant.pk: variant.position for variant in variants}
    found = Assignment.objects.filter(test=test, at__lte=as_of)
    rows = list(
        found.values_list(
            "deal_id", "unit", "variant_id", "at", "deal__amount_minor", "deal__currency", "amount_minor",
            "deal__company_id", "deal__owner_id",
        )
    )  # fmt: skip
    entered = [Entered(deal, unit, arm[variant], at, amount, code) for deal, unit, variant, at, amount, code, *_more in rows]
    moves = histories(found.order_by().values("deal_id"))
    shares = [variant.share / 100 for variant in variants]
    before = np.array([np.nan if row[6] is None else float(row[6]) for row in rows], dtype=np.float64)

    def read(measure: str, within_days: int, goal: int | None) -> tuple[Analysis, list[int]]:
        asked = Asked(measure, test.stage_id, test.pipeline_id, within_days, as_of, goal)
        outcome = measured(entered, moves, asked)
        units, keys = _units(entered, outcome.value, outcome.known_on, before, by_deal=test.unit == Unit.DEAL)
        is_share = asked.is_share and test.unit == Unit.DEAL
        return analyse(units, is_share=is_share, arms=len(variants), planned=test.planned_count, shares=shares), keys

    analysis, keys = read(test.measure, test.within_days, test.goal_id)
    outliers = analysis.comparisons[0].outliers if analysis.comparisons else None
    return Result(
        analysis=analysis,
        units=sum(one.assigned for one in analysis.arms),
        deals=len(rows),
        weeks=_weeks(entered),
        guards=tuple(
            _guard(guard, read(guard.measure, guard.within_days, guard.goal)[0]) for guard in guards_from_json(test.guards)
        ),
        doubts=_doubts(test, rows, arm),
        largest=keys[outliers.largest] if outliers and test.unit == Unit.DEAL else None,
        moved=outliers.moved if outliers else None,
    )


def _units(
    entered: Sequence[Entered], value: Floats, known_on: Floats, before: Floats, *, by_deal: bool
) -> tuple[Units, list[int]]:
    """One row a unit: that of a company or a rep is the mean over its deals, known once its first deal's days have passed."""
    if by_deal:
        arm = np.array([row.arm for row in entered], dtype=np.int64)
        known = np.log1p(np.maximum(before, 0)).reshape(-1, 1)
        return Units(arm, value, known_on, covariates=known), [row.deal_id for row in entered]
    places: dict[str, list[int]] = {}
    for place, row in enumerate(entered):
        places.setdefault(row.unit, []).append(place)
    arms, values, moments = [], [], []
    for mine in places.values():
        ripe = [place for place in mine if not np.isnan(value[place])]
        arms.append(entered[mine[0]].arm)
        values.append(float(np.mean(value[ripe])) if ripe else np.nan)
        moments.append(float(np.min(known_on[ripe])) if ripe else np.nan)
    return Units(np.array(arms, dtype=np.int64), np.array(values), np.array(moments)), []


def _guard(guard: Guard, analysis: Analysis) -> GuardResult:
    """Judged by the variant that fares worst."""
    scale = 100.0 if guard.measure in ("reaches", "wins") else 1.0
    sign, states = worst(guard.measure) * scale, []
    for one in analysis.comparisons:
        read = one.plain
        if read.low is None or read.high is None:
            states.append(OPEN)
            continue
        harms = sorted((read.low * sign, read.high * sign))
        bar = float(guard.bar)
        states.append(BROKEN if harms[0] > 0 and read.difference * sign > bar else KEPT if harms[1] <= bar else OPEN)
    state = BROKEN if BROKEN in states else OPEN if OPEN in states or not states else KEPT
    return GuardResult(guard, analysis, state)


def _weeks(entered: Sequence[Entered]) -> tuple[tuple[date, int], ...]:
    """Units by the week in which their first deal came, from the first to the last."""
    first: dict[str, date] = {}
    for row in entered:
        day = datetime.fromtimestamp(row.at.timestamp() // DAY * DAY, row.at.tzinfo).date()
        first[row.unit] = min(first.get(row.unit, day), day)
    counted = Counter(day - timedelta(days=day.weekday()) for day in first.values())
    if not counted:
        return ()
    start, end = min(counted), max(counted)
    return tuple((week := start + timedelta(weeks=n), counted[week]) for n in range((end - start).days // 7 + 1))


def _doubts(test: SplitTest, rows: Sequence[tuple[Any, ...]], arm: dict[int, int]) -> Doubts:
    companies: dict[int, set[int]] = {}
    reps: dict[int, set[int]] = {}
    for row in rows:
        variant, company, owner = arm[row[2]], row[7], row[8]
        reps.setdefault(owner, set()).add(variant)
        if company is not None:
            companies.setdefault(company, set()).add(variant)
    others = {other.pk: other.title for other in factorial_with(test)} if test.decided_at is None else {}
    mine = [row[0] for row in rows]
    counted = (
        Counter(
            Assignment.objects.filter(
                test__in=others, deal__in=Assignment.objects.filter(test=test).order_by().values("deal_id")
            ).values_list("test_id", flat=True)
        )
        if others and mine
        else Counter[int]()
    )
    return Doubts(
        shared=sum(len(found) > 1 for found in companies.values()),
        both=sum(len(found) > 1 for found in reps.values()),
        reps=len(reps),
        overlaps=tuple((others[key], count) for key, count in counted.items()),
    )
