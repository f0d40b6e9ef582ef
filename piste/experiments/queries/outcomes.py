"""What became of deals after they entered a stage, by a measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np

from piste.deals.models import Move
from piste.experiments.models import Measure
from piste.experiments.rules import Step, effective, first
from piste.foundations.money import to_decimal
from piste.pipelines.queries import stage_order
from piste.stats.history import Floats
from piste.stats.trials import ripening

DAY = 86400


class Entered(NamedTuple):
    """A deal that entered the stage; `amount_minor` is what it is worth now."""

    deal_id: int
    unit: str
    arm: int
    at: datetime
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured: of the deals that entered `stage_id`, within how many days, up to when one looks."""

    measure: str
    stage_id: int
    pipeline_id: int
    within_days: int
    as_of: datetime
    goal_id: int | None = None

    @property
    def is_share(self) -> bool:
        return self.measure in (Measure.REACHES, Measure.WINS)


def histories(rows: Any) -> dict[int, list[Step]]:
    """The moves of deals that count, by deal; `rows` selects their ids."""
    found: dict[int, list[tuple[str, Step]]] = {}
    moves = Move.objects.filter(deal_id__in=rows).order_by("deal_id", "number")
    for deal, kind, at, stage, status in moves.values_list("deal_id", "kind", "at", "to_stage_id", "to_status").iterator(2000):
        found.setdefault(deal, []).append((kind, Step(at, stage, status)))
    return {deal: effective(moves) for deal, moves in found.items()}


def measured(entered: Sequence[Entered], moves: Mapping[int, list[Step]], asked: Asked) -> ripening.Outcome:
    """By deal the value of the measure, NaN while its days have not passed."""
    order = stage_order(asked.pipeline_id)
    came = np.array([row.at.timestamp() / DAY for row in entered], dtype=np.float64)
    reached = _moments(entered, moves, asked, order)
    now = asked.as_of.timestamp() / DAY
    if asked.measure == Measure.DAYS:
        return ripening.lasted(came, reached, asked.within_days, now)
    worth = None
    if asked.measure == Measure.AMOUNT:
        worth = np.array([float(to_decimal(row.amount_minor or 0, row.currency)) for row in entered], dtype=np.float64)
    return ripening.within(came, reached, asked.within_days, now, worth)


def _moments(entered: Iterable[Entered], moves: Mapping[int, list[Step]], asked: Asked, order: Sequence[int]) -> Floats:
    """When each deal reached what is asked, in days; NaN when it has not."""
    goal = order.index(asked.goal_id) if asked.goal_id in order else len(order)
    further = set(order[goal:])

    def there(step: Step) -> bool:
        if asked.measure == Measure.DAYS:
            return step.stage_id != asked.stage_id or step.status in ("won", "lost")
        if asked.measure == Measure.REACHES:
            return step.status == "won" or (step.stage_id in further and step.status != "lost")
        return step.status == "won"

    found = (first(moves.get(row.deal_id, []), row.at, there) for row in entered)
    return np.array([np.nan if at is None else at.timestamp() / DAY for at in found], dtype=np.float64)
