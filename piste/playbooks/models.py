"""Playbooks of stages.

A row with an `arm` is followed by the deals that have this variant of a split test alone; one without by everybody.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.pipelines.models import Stage


class Assigns(models.TextChoices):
    """Who gets a standard activity."""

    OWNER = "owner", _("The owner of the deal")
    MOVER = "mover", _("Whoever moves the deal here")
    MEMBER = "member", _("Always the same person")


class Playbook(models.Model):
    """The words of a stage: its script, in Markdown. Absent until somebody writes one."""

    stage = models.OneToOneField(Stage, models.PROTECT, primary_key=True, related_name="+")
    script = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.stage_id}"


class StandardActivity(models.Model):
    """An activity that every deal gets when it enters the stage.

    It is due `offset_days` working days after the deal came in, or after another standard activity (`after`) was done, which
    also creates it. `kind` is one of the kinds of the activities room.
    """

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, default="task")
    title = models.CharField(max_length=200)
    detail = models.TextField(blank=True)
    offset_days = models.PositiveSmallIntegerField(default=0)
    after = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    assigns = models.CharField(max_length=8, choices=Assigns, default=Assigns.OWNER)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    arm = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="playbooks_activity_title"),
            models.CheckConstraint(
                condition=Q(assigns="member", member__isnull=False) | (~Q(assigns="member") & Q(member=None)),
                name="playbooks_activity_member",
            ),
        ]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class ExitCriterion(models.Model):
    """A question that should be answered yes before a deal goes on from the stage."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    text = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    arm = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class Template(models.Model):
    """A text one starts from, for an activity of a kind (an e-mail has a subject besides)."""

    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, default="email")
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)
    arm = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
