"""Kept totals of the board, changed in the same transaction as the deals they sum."""

from __future__ import annotations

from django.db import models

from piste.pipelines.models import Stage


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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "status", "owner_id", "team_key", "currency"], name="deals_total_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.status} {self.counted}"
