"""Lessons, their versions, and receipts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from piste.company.models import Member
from piste.pipelines.models import Pipeline, ProcessVersion, Stage


class LessonKind(models.TextChoices):
    """What a lesson is."""

    LESSON = "lesson", _("Lesson")
    SCRIPT = "script", pgettext_lazy("lesson", "Script")
    TECHNIQUE = "technique", _("Technique")


class Path(models.TextChoices):
    """Whose path a lesson is a step of when they are new."""

    NOBODY = "", _("On nobody’s path")
    REP = "rep", _("New reps")
    MANAGER = "manager", _("New managers")
    ALL = "all", _("Everybody new")


class LessonSet(models.QuerySet["Lesson"]):
    """Words to speak of lessons."""

    def in_use(self) -> LessonSet:
        return self.filter(retired_at=None)

    def on_path_of(self, member: Member) -> LessonSet:
        """The steps of a member's path, in order."""
        paths = [Path.ALL, Path.MANAGER if member.may_manage else Path.REP]
        return self.in_use().filter(path__in=paths).order_by("place", "pk")


class Lesson(models.Model):
    """Something to know about a stage (None: about the whole pipeline). `place` orders the steps of a path."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey("LessonVersion", models.PROTECT, null=True, blank=True, related_name="+")
    path = models.CharField(max_length=8, choices=Path, blank=True)
    place = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = LessonSet.as_manager()

    class Meta:
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return f"{self.pk}"


class LessonVersion(models.Model):
    """A lesson as it is from `at` until the next version. `body` is Markdown; `supports` names figures by key
    (`trait|stage|field|value`, `test|id`), never their values."""

    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    why = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=LessonKind, default=LessonKind.LESSON)
    title = models.CharField(max_length=160)
    body = models.TextField()
    supports = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lesson", "number"], name="training_version_number"),
            models.CheckConstraint(condition=~Q(title=""), name="training_version_title"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(why=""), name="training_version_why"),
        ]
        ordering = ["-number"]

    def __str__(self) -> str:
        return self.title


class LessonReceipt(models.Model):
    """A member read a version of a lesson."""

    version = models.ForeignKey(LessonVersion, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "version"], name="training_lesson_read_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.version_id}"


class ProcessReceipt(models.Model):
    """A member read a version of the process."""

    version = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "version"], name="training_process_read_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.version_id}"
