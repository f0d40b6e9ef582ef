"""Taking back the last move."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.deals import queries, rules
from piste.deals.models import Deal, Move
from piste.pipelines.models import Stage

from .errors import CannotUndo, StageRetired
from .ledger import Act, append, lock


@transaction.atomic
def undo(
    *,
    deal: Deal,
    number: int,
    by: Member | None,
    at: datetime,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> Move:
    """Takes back move `number`, which must be the last one not yet undone and not the creation.

    The ledger keeps both. Raises `CannotUndo`, also when the stage it would return to no longer takes deals.
    """
    current = lock(deal)
    effective = rules.states(queries.steps(current))
    if len(effective) < 2 or effective[-1][0] != number:
        raise CannotUndo
    before = effective[-2][1]
    stage = Stage.objects.get(pk=before.stage_id)
    act = Act(by=by, at=at, cause=cause, besides=besides or {})
    try:
        return append(
            current,
            kind="undone",
            to=stage,
            status=before.status,
            act=act,
            loss_reason_id=before.loss_reason_id,
            hold_until=before.hold_until,
            undone=(number, before),
        )
    except StageRetired as gone:
        raise CannotUndo from gone
