"""Re-tests: what was measured of a process version on its day, and what a person made of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from piste.company.models import Member
from piste.pipelines.models import ProcessVersion


class Choice(models.TextChoices):
    """What is to be done about a change after its re-test."""

    KEEP = "keep", pgettext_lazy("re-test", "Keep the change")
    ROLL_BACK = "roll_back", pgettext_lazy("re-test", "Take the change back")
    TEST = "test", pgettext_lazy("re-test", "Test it properly")
    AGAIN = "again", pgettext_lazy("re-test", "Look again later")


class Retest(models.Model):
    """What was measured of a version on a day, as it was said then: `figures` is what `queries.retests.figures` gave. `by` is who
    asked before the day, None when the day came."""

    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    figures = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "on"], name="upkeep_retest_once_a_day")]
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"{self.version} {self.on}"


class Verdict(models.Model):
    """What a person made of a re-test; the last one of it holds. `again_on` is the day to look again."""

    retest = models.ForeignKey(Retest, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice)
    why = models.TextField()
    again_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(why=""), name="upkeep_verdict_why"),
            models.CheckConstraint(
                condition=models.Q(choice="again", again_on__isnull=False)
                | (~models.Q(choice="again") & models.Q(again_on=None)),
                name="upkeep_verdict_again",
            ),
        ]
        indexes = [models.Index(fields=["again_on"], condition=models.Q(again_on__isnull=False), name="upkeep_verdict_day")]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.choice
