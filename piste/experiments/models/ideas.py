"""Ideas and the votes for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from piste.company.models import Member
from piste.pipelines.models import Pipeline, Stage


class Effort(models.TextChoices):
    """How much work trying it takes."""

    SMALL = "small", _("A few hours")
    MEDIUM = "medium", _("A few days")
    LARGE = "large", _("A few weeks")


class Idea(models.Model):
    """What somebody believes would work better, and why.

    `gain_minor` is what the figures said on `gain_on` that the stage would bring in a quarter if one in ten of those who stop
    there went on, in minor units of `currency`; None when they could not say.
    """

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    if_text = models.CharField(max_length=400)
    then_text = models.CharField(max_length=400)
    because_text = models.CharField(max_length=400)
    effort = models.CharField(max_length=8, choices=Effort, default=Effort.MEDIUM)
    gain_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    gain_on = models.DateField(null=True, blank=True)
    author = models.ForeignKey(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="experiments_idea_title")]
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class Vote(models.Model):
    """A member finds an idea worth trying; one vote each."""

    idea = models.ForeignKey(Idea, models.CASCADE, related_name="votes")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="experiments_vote_one")]

    def __str__(self) -> str:
        return f"{self.idea_id} {self.member_id}"
