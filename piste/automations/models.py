"""Automations, what became of each occurrence, what waits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.deals.models import Deal
from piste.pipelines.models import Pipeline


class AutomationSet(models.QuerySet["Automation"]):
    """Words to speak of automations."""

    def in_use(self) -> AutomationSet:
        return self.filter(retired_at=None)

    def running(self) -> AutomationSet:
        """Those that act: in use, of a pipeline in use, not paused unless a split test tries them."""
        return self.in_use().filter(Q(paused_at=None) | Q(is_tried=True), pipeline__retired_at=None)


class Automation(models.Model):
    """When something happens to a deal of the pipeline, if it is like this, then do that: `recipe` is `rules.Recipe` as JSON.

    Nothing that came before `since` counts, unless `past` asks for the deals that meet a when of the clock already. `kind` is
    that of the when, kept for the clock to ask by. Past `most_per_hour` runs within an hour it pauses by itself (`paused_why`
    "rate"). `turn` counts who was given deals in their turn; `secret` signs its messages to other systems; `cleared` counts, by
    their state, the runs that its log no longer holds (`operations.clear_runs`). `is_tested` is kept so that no run asks about
    split tests where none in force varies it; `is_tried` says that one runs it for some deals though it is paused for others."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    recipe = models.JSONField(default=dict)
    most_per_hour = models.PositiveIntegerField(default=100)
    past = models.BooleanField(default=False)
    since = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_why = models.CharField(max_length=8, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    turn = models.PositiveIntegerField(default=0)
    secret = models.CharField(max_length=64, blank=True)
    cleared = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    is_tested = models.BooleanField(default=False, db_default=False)
    is_tried = models.BooleanField(default=False, db_default=False)

    objects = AutomationSet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="automations_automation_name")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_acting(self) -> bool:
        """Whether it acts on any deal at all."""
        return self.retired_at is None and (self.paused_at is None or self.is_tried)


class RunState(models.TextChoices):
    """What became of an occurrence."""

    DONE = "done", _("Ran")
    NOT_MET = "not_met", _("Conditions not met")
    REFUSED = "refused", _("Refused")
    FAILED = "failed", _("Failed")


class Run(models.Model):
    """What became of one occurrence. `because` says what came about, `told` the condition not met, why it was refused, or what
    each action did; both hold codes, numbers and names of the process, no words of the deal. `entry` is the number of the
    journal's entry that it answers; `of_day` and `of_moment` are what the clock found it by."""

    automation = models.ForeignKey(Automation, models.CASCADE, related_name="+", db_index=False)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=RunState)
    because = models.JSONField(default=dict)
    told = models.JSONField(default=dict)
    depth = models.PositiveSmallIntegerField(default=0)
    entry = models.BigIntegerField(null=True, blank=True)
    of_day = models.DateField(null=True, blank=True)
    of_moment = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["automation", "deal", "key"], name="automations_run_once")]
        indexes = [
            models.Index(fields=["automation", "-at"], name="automations_run_newest"),
            models.Index(fields=["deal", "-at"], name="automations_run_of_deal"),
            models.Index(fields=["at"], name="automations_run_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.automation_id} {self.deal_id} {self.key}"


class Cursor(models.Model):
    """The number of the last entry of the journal that was read (`pk` is always 1). Whoever works holds its row, so that two
    workers take turns."""

    last = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="automations_cursor_one")]

    def __str__(self) -> str:
        return str(self.last)


class Later(models.Model):
    """An action of a run (its `place` among them) that waits for the working hours of whom it concerns."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="+")
    place = models.PositiveSmallIntegerField()
    action = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="automations_later_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(over_at=None), name="automations_later_waiting")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.due_at}"


class Level(models.Model):
    """A deal's chance stands beyond what an automation waits for; it acts again only after the chance has come back."""

    automation = models.ForeignKey(Automation, models.CASCADE, related_name="+", db_index=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["automation", "deal"], name="automations_level_once")]

    def __str__(self) -> str:
        return f"{self.automation_id} {self.deal_id}"


class Delivery(models.Model):
    """A message to another system, sent until it is taken: at least once, under the same `number`. `body` is emptied when the
    deal is erased; `problem` says why the last attempt failed (`connectors.outgoing`), `status` what was answered."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveSmallIntegerField()
    number = models.UUIDField(unique=True)
    url = models.CharField(max_length=500)
    body = models.TextField(blank=True)
    written_at = models.DateTimeField()
    held_until = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=16, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="automations_delivery_once")]
        indexes = [
            models.Index(fields=["held_until"], condition=Q(sent_at=None, dropped_at=None), name="automations_delivery_waiting")
        ]

    def __str__(self) -> str:
        return str(self.number)
