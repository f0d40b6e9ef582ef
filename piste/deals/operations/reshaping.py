"""Reshaping a pipeline that holds deals: nothing falls through when a stage or a whole pipeline goes out of use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from piste.company.models import Member
from piste.deals import queries
from piste.deals.models import Deal, Status
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Draft, Pipeline, Stage, StageRole
from piste.pipelines.queries import stage_order, stages_in_use
from piste.pipelines.rules import Promise, Shape, kind_of_step

from .errors import AlreadyThere, DealError, StageRetired
from .ledger import Act, append


class HoldsDeals(DealError):
    """The pipeline still holds deals and no stage was named to take them; `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


class LastPipeline(DealError):
    """The last pipeline in use cannot be retired."""


@transaction.atomic
def retire_stage(
    *,
    stage: Stage,
    destination: Stage,
    by: Member | None,
    at: datetime,
    why: str,
    merged: bool = False,
    seen: int | None = None,
    promise: Promise | None = None,
) -> int:
    """Takes a stage out of use (or merges it into another); every deal that could still move goes to `destination` of the
    same pipeline, keeping its status and its day of return. Returns how many went, those in the bin included.

    Closed deals keep the stage they were closed in; customers in a retired retention stage move too. `seen` is the number
    of the process version the caller knew of. Raises `AlreadyThere` for the stage itself, `StageRetired` for one retired
    meanwhile or a destination that cannot take deals, and what `pipelines.operations.changing` raises.
    """
    if destination.pk == stage.pk:
        raise AlreadyThere(stage.name)
    if destination.pipeline_id != stage.pipeline_id:
        raise StageRetired(destination.name)
    with pipelines.changing(pipeline=stage.pipeline, by=by, at=at, why=why, seen=seen, promise=promise):
        if Stage.objects.in_use().filter(pk__in=(stage.pk, destination.pk)).count() < 2:
            raise StageRetired(stage.name)
        kind = kind_of_step(stage_order(stage.pipeline_id), stage.pk, destination.pk)
        act = Act(by=by, at=at, why=why.strip(), cause="process")

        def close() -> None:
            stage.retired_at, stage.merged_into = at, destination if merged else None
            stage.save(update_fields=["retired_at", "merged_into"])

        return _empty(queries.standing(stage), close, lambda deal: (kind, destination), act)


@transaction.atomic
def retire_pipeline(
    *,
    pipeline: Pipeline,
    destination: Stage | None,
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> int:
    """Takes a pipeline and its stages out of use; deals that could still move go to `destination` in another pipeline.

    Customers go to the first retention stage beside `destination`, if there is one. Returns how many deals went.
    Raises `HoldsDeals` when there are some and no destination, `LastPipeline`, `StageRetired` for a destination that
    cannot take them, and what `pipelines.operations.changing` raises.
    """
    if not Pipeline.objects.in_use().exclude(pk=pipeline.pk).exists():
        raise LastPipeline
    if destination is not None and destination.pipeline_id == pipeline.pk:
        raise StageRetired(destination.name)
    leaving = {"to": destination.pk, "name": f"{destination.pipeline.name}, {destination.name}"} if destination else None
    with pipelines.changing(pipeline=pipeline, by=by, at=at, why=why, seen=seen, promise=promise, leaving=leaving):
        if destination is not None and not _takes_deals(destination):
            raise StageRetired(destination.name)
        stages = stages_in_use(pipeline.pk)
        act = Act(by=by, at=at, why=why.strip(), cause="process")
        deals = queries.standing(*stages)

        def close() -> None:
            Stage.objects.filter(pk__in=[stage.pk for stage in stages]).update(retired_at=at)
            Pipeline.objects.filter(pk=pipeline.pk).update(retired_at=at)
            Draft.objects.filter(pk=pipeline.pk).delete()

        if destination is None:
            if held := deals.count():
                raise HoldsDeals(held)
            close()
            return 0
        kept = [stage for stage in stages_in_use(destination.pipeline_id) if stage.role == StageRole.RETENTION]
        home = kept[0] if kept and destination.role != StageRole.RETENTION else destination

        def place(deal: Deal) -> tuple[str, Stage]:
            return "changed_pipeline", home if deal.status == Status.WON else destination

        return _empty(deals, close, place, act)


def _takes_deals(stage: Stage) -> bool:
    """Whether it and its pipeline are in use, whatever the caller last knew of them."""
    return Stage.objects.taking_deals().filter(pk=stage.pk).exists()


def _empty(deals: QuerySet[Deal], close: Callable[[], None], place: Callable[[Deal], tuple[str, Stage]], act: Act) -> int:
    """Closes stages and sends the deals standing in them where `place` says; returns how many went.

    Deals are locked before the stages close and looked for again afterwards, so that neither one that is just moving in
    is forgotten nor two transactions wait for each other.
    """
    locked = deals.select_for_update(of=("self",)).select_related("stage", "pipeline").order_by("pk")
    list(locked)
    close()
    gone = list(locked.all())
    for deal in gone:
        kind, to = place(deal)
        append(deal, kind=kind, to=to, status=deal.status, act=act, hold_until=deal.hold_until)
    return len(gone)


@transaction.atomic
def reshape_stage(
    *,
    stage: Stage,
    shape: Shape,
    by: Member | None,
    at: datetime,
    why: str,
    seen: int | None = None,
    promise: Promise | None = None,
) -> None:
    """Changes name, role, probability, norm and required facts of a stage in one process version.

    Customers show on the board when their stage takes the role of retention, and no more when it loses it.
    Raises what `pipelines.operations.shape_stage` raises.
    """
    before = stage.role
    pipelines.shape_stage(stage=stage, shape=shape, by=by, at=at, why=why, seen=seen, promise=promise)
    if (before == StageRole.RETENTION) != (shape.role == StageRole.RETENTION):
        shown = stage if shape.role == StageRole.RETENTION else None
        Deal.objects.filter(stage=stage, status=Status.WON, deleted_at=None).update(column=shown)
