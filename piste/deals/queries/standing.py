"""Deals that stand in a stage: those that must go somewhere when it goes out of use, those that stand there too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from piste.deals.models import Deal, DealSet, Status
from piste.pipelines.models import Stage, StageRole


def stands() -> Q:
    """Open, on hold, or a customer kept in the stage."""
    return Q(status__in=(Status.OPEN, Status.HELD)) | Q(status=Status.WON, stage__role=StageRole.RETENTION)


def stood_over(days: int, at: datetime) -> Q:
    """In its stage for more than so many days, as `rules.stalls` counts of one deal: a whole day more."""
    return Q(entered_stage_at__lte=at - timedelta(days=days + 1))


def standing(*stages: Stage) -> DealSet:
    """Open and held deals of these stages and the customers kept in them, even those in the bin, which may come back."""
    keys = [stage.pk for stage in stages]
    return Deal.objects.kept().filter(stands(), stage_id__in=keys)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many deals stand in a stage: open, on hold, customers kept, and in the bin."""

    open: int = 0
    held: int = 0
    kept: int = 0
    binned: int = 0

    @property
    def all(self) -> int:
        return self.open + self.held + self.kept + self.binned


def standings(stages: list[Stage]) -> dict[int, Standing]:
    """The same as numbers, by stage id; stages without deals are left out."""
    rows = (
        standing(*stages)
        .values("stage_id")
        .annotate(
            open=Count("pk", filter=Q(deleted_at=None, status=Status.OPEN)),
            held=Count("pk", filter=Q(deleted_at=None, status=Status.HELD)),
            kept=Count("pk", filter=Q(deleted_at=None, status=Status.WON)),
            binned=Count("pk", filter=Q(deleted_at__isnull=False)),
        )
        .order_by()
    )
    return {row["stage_id"]: Standing(row["open"], row["held"], row["kept"], row["binned"]) for row in rows}
