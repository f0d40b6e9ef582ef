"""Audits as they are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from piste.activities.models import Activity
from piste.company.models import Member
from piste.pipelines.models import Pipeline

from .rules import packed, unpacked


class Became(models.TextChoices):
    """What has become of a finding since the audit before."""

    FIRST = "first", pgettext_lazy("finding", "first audit")
    NEW = "new", pgettext_lazy("finding", "new")
    WORSE = "worse", pgettext_lazy("finding", "grown")
    SAME = "same", pgettext_lazy("finding", "unchanged")
    SMALLER = "smaller", pgettext_lazy("finding", "shrunk")


class AuditSet(models.QuerySet["Audit"]):
    """Words to speak of audits."""

    def visible_to(self, member: Member) -> AuditSet:
        """A manager's: those made with their own eyes, and who sees everything all of them."""
        if not member.is_active or not member.may_manage:
            return self.none()
        return self if member.sees_all else self.filter(eyes=member)


class Audit(models.Model):
    """What was found in a pipeline at a moment. `eyes` sees no more than a member does; None sees all. `occasion` is the day a
    schedule was due, empty when somebody asked. `facts` holds what the whole rests on: the deals counted, the codes of what was
    found well (`fine`) and of what there was nothing to look at of (`mute`)."""

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    eyes = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    before = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    schedule_key = models.BigIntegerField(null=True, blank=True)
    occasion = models.CharField(max_length=10, blank=True)
    facts = models.JSONField(default=dict)

    objects = AuditSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule_key", "occasion"], condition=~Q(occasion=""), name="audits_audit_once_an_occasion"
            )
        ]
        indexes = [models.Index(fields=["pipeline", "-at"], name="audits_audit_newest")]
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.at:%Y-%m-%d}"


class Finding(models.Model):
    """One thing that stands in the way. `code` says which, `key` which one of its kind; `count` of `out_of` were found, worth
    `amounts` (minor units by currency); `severity` from 1 (worth knowing) to 3 (act now). `kind` says what `subjects` names."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="+")
    code = models.CharField(max_length=24)
    key = models.CharField(max_length=24, blank=True)
    severity = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField()
    out_of = models.PositiveIntegerField(default=0)
    amounts = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    kind = models.CharField(max_length=8, blank=True)
    named = models.BinaryField(default=bytes)
    became = models.CharField(max_length=8, choices=Became)
    before = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audit", "code", "key"], name="audits_finding_once")]
        ordering = ["-severity", "pk"]

    def __str__(self) -> str:
        return f"{self.code} {self.count}"

    @property
    def subjects(self) -> list[int]:
        """The very deals, companies or contacts that were counted."""
        return unpacked(bytes(self.named))

    @staticmethod
    def name_all(subjects: list[int]) -> bytes:
        """As `named` keeps them."""
        return packed(subjects)


class Chore(models.Model):
    """A task that a finding became."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    activity = models.OneToOneField(Activity, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.finding_id} {self.activity_id}"


class Rhythm(models.TextChoices):
    """How often an audit is made by itself."""

    WEEKLY = "weekly", _("Each week")
    MONTHLY = "monthly", _("Each month, on the first working day")


class Schedule(models.Model):
    """An audit of a pipeline that is made by itself, with the eyes of who set it. `weekday` (Monday is 0) is that of a weekly
    one. What was due before `since` is not made up for."""

    pipeline = models.ForeignKey(Pipeline, models.CASCADE, related_name="+")
    by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.WEEKLY)
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.TimeField()
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "by"], name="audits_schedule_one_each"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="audits_schedule_weekday"),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.pipeline_id} {self.rhythm} {self.hour}"


class Reader(models.Model):
    """Who is sent the audits of a schedule by e-mail: members who may read them."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "member"], name="audits_reader_once")]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.member_id}"
