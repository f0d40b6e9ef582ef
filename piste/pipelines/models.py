"""Pipelines, stages, requirements, process versions."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member


class StageRole(models.TextChoices):
    """What the product may assume about a stage whatever its name."""

    PROSPECTING = "prospecting", _("Prospecting")
    QUALIFICATION = "qualification", _("Qualification")
    MEETING = "meeting", _("Meeting")
    PROPOSAL = "proposal", _("Proposal")
    CLOSING = "closing", _("Closing")
    RETENTION = "retention", _("Retention")


class PipelineSet(models.QuerySet["Pipeline"]):
    def in_use(self) -> PipelineSet:
        return self.filter(retired_at=None)


class Pipeline(models.Model):
    """An ordered list of stages."""

    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    version = models.ForeignKey("ProcessVersion", models.PROTECT, null=True, blank=True, related_name="+")

    objects = PipelineSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=models.Q(retired_at=None), name="pipelines_pipeline_name")
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class StageSet(models.QuerySet["Stage"]):
    def in_use(self) -> StageSet:
        return self.filter(retired_at=None)

    def taking_deals(self) -> StageSet:
        """Those in use of pipelines in use: where deals may go."""
        return self.in_use().filter(pipeline__retired_at=None)


class Stage(models.Model):
    """A step of a pipeline. `probability` is in per cent, `norm_days` in calendar days."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=16, choices=StageRole)
    position = models.PositiveIntegerField()
    probability = models.PositiveSmallIntegerField(default=0)
    norm_days = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    # Kept for the experiments room, so that no move asks about split tests where none is in force (`operations.mark_tested`).
    is_tested = models.BooleanField(default=False, db_default=False)

    objects = StageSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "pipeline",
                Lower("name"),
                condition=models.Q(retired_at=None),
                name="pipelines_stage_name",
            ),
            models.CheckConstraint(condition=models.Q(probability__lte=100), name="pipelines_stage_probability"),
        ]
        indexes = [models.Index(fields=["pipeline", "position"], name="pipelines_stage_position")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class Requirement(models.Model):
    """A fact that must be known to enter or to leave a stage.

    `fact` is one of `pipelines.rules.FACTS` or `custom:<key>` of a deal's custom field.
    """

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="requirements")
    fact = models.CharField(max_length=80)
    to_enter = models.BooleanField(default=False)
    to_leave = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stage", "fact"], name="pipelines_requirement_fact")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.fact


class Draft(models.Model):
    """What a pipeline's process is to become, shared by those who may change it; there is none when nothing is to change.

    `definition` is the whole wanted state as versions keep it; what is not there yet has ids below 0. `base_number` is the
    version it was written on, so that what is published meanwhile is not undone; `by` wrote in it last.
    """

    pipeline = models.OneToOneField(Pipeline, models.PROTECT, primary_key=True, related_name="+")
    base_number = models.PositiveIntegerField()
    definition = models.JSONField()
    started_at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pipeline_id}"


class ProcessVersion(models.Model):
    """The state of a pipeline's definition from `at` until the next version.

    `changes` lists what changed as `{"code": …, …}` (see `rules.Change`); `definition` is the whole state. What is expected
    of it (`expects_measure`, `expects_change`, `retest_on`, `evidence`) is its `rules.Promise`.
    """

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField()
    changes = models.JSONField(default=list)
    definition = models.JSONField(default=dict)
    expects_measure = models.CharField(max_length=40, blank=True, default="")
    expects_change = models.CharField(max_length=80, blank=True, default="")
    retest_on = models.DateField(null=True, blank=True)
    evidence = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "number"], name="pipelines_version_number"),
            models.CheckConstraint(condition=~models.Q(why=""), name="pipelines_version_why"),
        ]
        indexes = [
            models.Index(fields=["retest_on"], condition=models.Q(retest_on__isnull=False), name="pipelines_version_retest"),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"v{self.number}"
