"""Winning and losing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.deals.models import Deal, LossReason, Move, Status
from piste.pipelines.models import Stage
from piste.pipelines.queries import stages_in_use

from .errors import AlreadyThere
from .ledger import Act, append, lock
from .moving import check
from .supplying import Supplied, supply


@transaction.atomic
def win(
    *,
    deal: Deal,
    by: Member | None,
    at: datetime,
    why: str = "",
    seen: int | None = None,
    override: str = "",
    supplied: Supplied | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> Move:
    """The prospect is a customer: the deal is won and goes on in the pipeline's first retention stage, if it has one.

    What must be known to leave the present stage must be known; `supplied` facts are written first.
    Raises `Overtaken`, `AlreadyThere`, `DataMissing`,
    `NotAllowed`.
    """
    current = lock(deal, seen=seen)
    if current.status == Status.WON:
        raise AlreadyThere(current.title)
    if supplied is not None:
        supply(deal=current, supplied=supplied, by=by, at=at, cause=cause)
        current = lock(deal)
    act = Act(by=by, at=at, why=why.strip(), cause=cause, override=override.strip(), besides=besides or {})
    to = landing(current)
    check(current, to, kind="advanced", act=act)
    return append(current, kind="won", to=to, status=Status.WON, act=act)


def landing(deal: Deal) -> Stage:
    """Where a won deal goes on: where it is if that is retention, else the first retention stage, else where it is."""
    if deal.stage.role == "retention":
        return deal.stage
    kept = [stage for stage in stages_in_use(deal.pipeline_id) if stage.role == "retention"]
    return kept[0] if kept else deal.stage


@transaction.atomic
def lose(
    *,
    deal: Deal,
    reason: LossReason,
    by: Member | None,
    at: datetime,
    why: str = "",
    seen: int | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> Move:
    """The deal is lost for a reason of the list, with free words beside it. Raises `Overtaken`, `AlreadyThere`."""
    current = lock(deal, seen=seen)
    if current.status == Status.LOST:
        raise AlreadyThere(current.title)
    act = Act(by=by, at=at, why=why.strip(), cause=cause, besides=besides or {})
    return append(
        current,
        kind="lost",
        to=current.stage,
        status=Status.LOST,
        act=act,
        loss_reason_id=reason.pk,
    )
