"""Moving a deal to another stage: forward, skipping, back, into another pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.deals import queries, rules
from piste.deals.models import Deal, Move, Status
from piste.pipelines.models import Stage
from piste.pipelines.queries import stage_order

from .errors import AlreadyThere, DataMissing, NotAllowed
from .ledger import Act, append, keep_in_use, lock
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
    besides: Mapping[str, Any] | None = None,
) -> Move:
    """Brings a deal to a stage, whatever its status: a held one resumes, a lost one is reopened there.

    A won deal stays won within retention stages and is reopened by a move to any other. `seen` is the number of the
    last move the caller knew of; `override` a manager's reason for moving in spite of missing facts; `supplied` facts to
    write first, kept only if the move happens; `besides` what the journal's entry says more.
    Raises `Overtaken`, `AlreadyThere`, `StageRetired`, `DataMissing`, `NotAllowed`.
    """
    current = lock(deal, seen=seen)
    if supplied is not None:
        supply(deal=current, supplied=supplied, by=by, at=at, cause=cause)
        current = lock(deal)
    act = Act(by=by, at=at, why=why.strip(), cause=cause, override=override.strip(), besides=besides or {})
    order = stage_order(current.pipeline_id)
    kind = rules.kind_of_going(current.status, order, current.stage_id, to.pk, role=to.role)
    if not kind:
        raise AlreadyThere(to.name)
    keep_in_use(to)
    check(current, to, kind=kind, act=act, order=order)
    stays = current.status == Status.WON and kind != "reopened"
    return append(current, kind=kind, to=to, status=Status.WON if stays else Status.OPEN, act=act, kept=True)


def check(deal: Deal, to: Stage, *, kind: str, act: Act, order: Sequence[int] = ()) -> None:
    """Holds a move against the required facts; raises `DataMissing`, or `NotAllowed` for an override by a rep.

    `order` holds the stages of the deal's pipeline, for a move that brings it back from hold or loss.
    """
    entering, leaving = rules.asks(kind, order, deal.stage_id, to.pk)
    required = queries.required_facts(enter=to.pk if entering else None, leave=deal.stage if leaving else None, of=deal)
    if not required:
        return
    absent = rules.missing(required, queries.known_facts(deal, among=required))
    if not absent:
        return
    if not act.override:
        raise DataMissing(absent)
    if act.by is not None and not act.by.may_manage:
        raise NotAllowed
