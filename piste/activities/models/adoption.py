"""Running deals that take over the new playbooks of a process version."""

from __future__ import annotations

from django.db import models

from piste.company.models import Member
from piste.pipelines.models import Pipeline, ProcessVersion


class Adoption(models.Model):
    """The running deals of a pipeline adopt the playbooks of a version, in the order of their keys: `last` is the last one that
    did, so that a worker who was stopped goes on there. `counted` says how many there were to begin with, `done` how many did.
    """

    version = models.OneToOneField(ProcessVersion, models.PROTECT, primary_key=True, related_name="+")
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    counted = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["pipeline"], condition=models.Q(finished_at=None), name="activities_adoption_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.done}/{self.counted}"
