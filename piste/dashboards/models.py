"""Dashboards as they are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from piste.company.models import Member
from piste.pipelines.models import Pipeline

#: How addresses call the ready-made dashboard of a pipeline: this, and the pipeline's key.
READY = "ready-"


class DashboardSet(models.QuerySet["Dashboard"]):
    """Words to speak of dashboards."""

    def visible_to(self, member: Member) -> DashboardSet:
        """One's own, and those shared, of pipelines in use."""
        return self.filter(Q(owner=member) | Q(is_shared=True), pipeline__retired_at=None)


class Dashboard(models.Model):
    """A name for some figures of a pipeline: `figures` are their keys in order, `asked` the period and the filter as the address
    of an insights page says them."""

    name = models.CharField(max_length=60)
    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+")
    owner = models.ForeignKey(Member, models.CASCADE, related_name="+")
    is_shared = models.BooleanField(default=False)
    asked = models.CharField(max_length=4000, blank=True)
    figures = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = DashboardSet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint("owner", "pipeline", Lower("name"), name="dashboards_dashboard_name")]
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How addresses call it; one not stored is the ready-made one of its pipeline."""
        return f"{READY}{self.pipeline_id}" if self.pk is None else str(self.pk)

    def may_be_changed_by(self, member: Member) -> bool:
        """Its owner's, and a manager's when it is everybody's."""
        return self.owner_id == member.pk or (self.is_shared and member.may_manage)
