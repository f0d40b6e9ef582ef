"""Kept totals of the board, changed in the same transaction as the deals they sum."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from piste.company.models import Member, Sees
from piste.pipelines.models import Stage


class TotalSet(models.QuerySet["Total"]):
    """Words to speak of totals."""

    def visible_to(self, member: Member) -> TotalSet:
        """The cells that sum the deals this member may see; the twin of `DealSet.visible_to`."""
        if not member.is_active:
            return self.none()
        if member.sees_all:
            return self
        seen = Q(owner_id=member.pk)
        if member.sees == Sees.TEAM and member.team_id:
            seen |= Q(team_key=member.team_id)
        return self.filter(seen)


class Total(models.Model):
    """Number and amount of the present deals of one stage, status, owner, team and currency.

    `team_key` is the team's id, 0 without team. `counted` is the number of deals, `amount_minor` the sum of their amounts
    in minor units of `currency` (a deal without amount adds 0).
    """

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="+", db_index=False)
    status = models.CharField(max_length=4)
    owner_id = models.BigIntegerField()
    team_key = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    counted = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0)

    objects = TotalSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "status", "owner_id", "team_key", "currency"], name="deals_total_key")
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.status} {self.counted}"
