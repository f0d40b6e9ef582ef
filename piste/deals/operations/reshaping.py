"""Retiring a stage: its deals go somewhere, none is lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.deals.models import Deal, Status
from piste.pipelines.models import Stage
from piste.pipelines.operations import changing
from piste.pipelines.queries import stage_order
from piste.pipelines.rules import kind_of_step

from .errors import AlreadyThere, StageRetired
from .ledger import Act, append, lock


@transaction.atomic
def retire_stage(
    *,
    stage: Stage,
    destination: Stage,
    by: Member | None,
    at: datetime,
    why: str,
    merged: bool = False,
) -> int:
    """Takes a stage out of use (or merges it into another); every deal that could still move goes to `destination` of the
    same pipeline, keeping its status and its day of return. Returns how many went.

    Closed deals keep the stage they were closed in; customers in a retired retention stage move too.
    Raises `AlreadyThere` for itself, `StageRetired` for a destination that cannot take them.
    """
    if destination.pk == stage.pk:
        raise AlreadyThere(stage.name)
    if destination.retired_at is not None or destination.pipeline_id != stage.pipeline_id:
        raise StageRetired(destination.name)
    order = stage_order(stage.pipeline_id)
    kind = kind_of_step(order, stage.pk, destination.pk)
    going = Deal.objects.filter(stage=stage).exclude(status=Status.LOST)
    if stage.role != "retention":
        going = going.exclude(status=Status.WON)
    with changing(pipeline=stage.pipeline, by=by, at=at, why=why):
        keys = list(going.order_by("pk").values_list("pk", flat=True))
        for key in keys:
            deal = lock(Deal(pk=key))
            append(
                deal,
                kind=kind,
                to=destination,
                status=deal.status,
                act=Act(by=by, at=at, why=why, cause="process"),
                hold_until=deal.hold_until,
            )
        stage.retired_at = at
        stage.merged_into = destination if merged else None
        stage.save(update_fields=["retired_at", "merged_into"])
    return len(keys)
