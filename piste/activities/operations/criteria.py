"""Answering the exit criteria of the stage a deal stands in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.activities.models import CriterionMet
from piste.company.models import Member
from piste.deals.models import Deal
from piste.journal.operations import record
from piste.playbooks.models import ExitCriterion

from .keeping import hold_deal
from .planning import ActivityError


class NoSuchCriterion(ActivityError):
    """The criterion is no longer in use, or belongs to a stage in which the deal does not stand."""


@transaction.atomic
def meet_criterion(*, deal: Deal, criterion: ExitCriterion, by: Member | None, at: datetime, cause: str = "page") -> bool:
    """Says that a deal meets an exit criterion of its stage; False when that had been said. Raises `NoSuchCriterion`."""
    _check(deal, criterion)
    _met, is_new = CriterionMet.objects.get_or_create(deal=deal, criterion=criterion, defaults={"by": by, "at": at})
    if is_new:
        _tell("met", deal, criterion, by=by, at=at, cause=cause)
    return is_new


@transaction.atomic
def unmeet_criterion(*, deal: Deal, criterion: ExitCriterion, by: Member | None, at: datetime, cause: str = "page") -> bool:
    """Takes that back; False when nothing had been said. Raises `NoSuchCriterion`."""
    _check(deal, criterion)
    count, _kinds = CriterionMet.objects.filter(deal=deal, criterion=criterion).delete()
    if count:
        _tell("unmet", deal, criterion, by=by, at=at, cause=cause)
    return bool(count)


def _check(deal: Deal, criterion: ExitCriterion) -> None:
    hold_deal(deal.pk)
    here = Deal.objects.filter(pk=deal.pk, deleted_at=None, stage_id=criterion.stage_id).exists()
    if not here or not ExitCriterion.objects.filter(pk=criterion.pk, retired_at=None).exists():
        raise NoSuchCriterion(criterion.text)


def _tell(what: str, deal: Deal, criterion: ExitCriterion, *, by: Member | None, at: datetime, cause: str) -> None:
    record(
        verb=f"deal.criterion_{what}",
        subject_kind="deal",
        subject_id=deal.pk,
        pipeline_id=deal.pipeline_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"criterion": criterion.pk, "text": criterion.text},
    )
