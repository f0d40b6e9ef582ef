"""Which exit criteria of its playbooks a deal meets."""

from __future__ import annotations

from django.db import models

from piste.company.models import Member
from piste.deals.models import Deal
from piste.playbooks.models import ExitCriterion


class CriterionMet(models.Model):
    """Somebody has answered an exit criterion of a deal's stage with yes; absent means not yet."""

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="+", db_index=False)
    criterion = models.ForeignKey(ExitCriterion, models.PROTECT, related_name="+")
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "criterion"], name="activities_criterion_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.criterion_id}"
