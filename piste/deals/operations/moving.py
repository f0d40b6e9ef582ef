"""Moving a deal to another stage: forward, skipping, back, into another pipeline."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.deals import queries, rules
from piste.deals.models import Deal, Move, Status
from piste.pipelines.models import Stage
from piste.pipelines.queries import stage_order
from piste.pipelines.rules import kind_of_step

from .errors import AlreadyThere, DataMissing, NotAllowed, StageRetired
from .ledger import Act, append, lock
from .supplying import Supplied, supply


@transaction.atomic
def move(
    *,
    deal: Deal,
    to: Stage,
    by: Member | None,
    at: datetime,
    why: str = "",
    seen: int | None = None,
    override: str = "",
    supplied: Supplied | None = None,
    cause: str = "page",
) -> Move:
    """Brings a deal to a stage, whatever its status: a held one resumes, a lost one is reopened there.

    A won deal stays won within retention stages and is reopened by a move to any other. `seen` is the number of the
    last move the caller knew of; `override` a manager's reason for moving in spite of missing facts; `supplied` facts to
    write first, kept only if the move happens.
    Raises `Overtaken`, `AlreadyThere`, `StageRetired`, `DataMissing`, `NotAllowed`.
    """
    current = lock(deal, seen=seen)
    if supplied is not None:
        supply(deal=current, supplied=supplied, by=by, at=at, cause=cause)
        current = lock(deal)
    act = Act(by=by, at=at, why=why.strip(), cause=cause, override=override.strip())
    kind, status = kind_and_status(current, to)
    check(current, to, kind=kind, act=act)
    return append(current, kind=kind, to=to, status=status, act=act)


def kind_and_status(deal: Deal, to: Stage) -> tuple[str, str]:
    """What going to this stage is called for this deal, and its status there; raises `AlreadyThere`, `StageRetired`."""
    if to.retired_at is not None:
        raise StageRetired(to.name)
    if deal.status == Status.HELD:
        return "resumed", Status.OPEN
    if deal.status == Status.LOST:
        return "reopened", Status.OPEN
    if deal.status == Status.WON and not (
        to.role == "retention" and to.pipeline_id == deal.pipeline_id
    ):
        return "reopened", Status.OPEN
    if to.pk == deal.stage_id:
        raise AlreadyThere(to.name)
    if to.pipeline_id != deal.pipeline_id:
        return "changed_pipeline", Status.OPEN
    order = stage_order(deal.pipeline_id)
    return kind_of_step(order, deal.stage_id, to.pk), deal.status


def check(deal: Deal, to: Stage, *, kind: str, act: Act) -> None:
    """Holds a move against the required facts; raises `DataMissing`, or `NotAllowed` for an override by a rep."""
    if kind == "returned":
        return
    leaving = kind in ("advanced", "skipped")
    required = queries.required_facts(
        enter=to.pk, leave=deal.stage_id if leaving else None
    )
    if not required:
        return
    absent = rules.missing(required, queries.known_facts(deal, among=required))
    if not absent:
        return
    if not act.override:
        raise DataMissing(absent)
    if act.by is not None and not act.by.may_manage:
        raise NotAllowed
