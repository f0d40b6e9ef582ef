"""The contact clock: what the company chose, and one row a deal that started it."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from piste.activities.models import Activity
from piste.company.models import Member
from piste.deals.models import Deal, seen_by
from piste.pipelines.models import StageRole


class ClockRule(models.Model):
    """The company's choice, a single row (`pk` 1); absent means the default. With 0 `working_days` there is no clock."""

    role = models.CharField(max_length=16, choices=StageRole, default=StageRole.QUALIFICATION)
    working_days = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="qualification_clockrule_one")]

    def __str__(self) -> str:
        return f"{self.role} {self.working_days}"


class ClockSet(models.QuerySet["ContactClock"]):
    """Words to speak of clocks."""

    def running(self) -> ClockSet:
        """Neither met nor dropped; they may be missed already."""
        return self.filter(met_at=None, dropped_at=None)

    def visible_to(self, member: Member) -> ClockSet:
        if not member.is_active:
            return self.none()
        return self.filter(seen_by(member, through="deal__"), deal__deleted_at=None)


class ContactClock(models.Model):
    """The time a deal's prospect may wait for the first contact; `owner` is who had the deal when it started."""

    deal = models.OneToOneField(Deal, models.PROTECT, primary_key=True, related_name="+")
    owner = models.ForeignKey(Member, models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(Activity, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = ClockSet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(met_at=None) | Q(dropped_at=None), name="qualification_clock_one_end"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(met_at=None, dropped_at=None), name="qualification_clock_running"),
            models.Index(fields=["owner", "-started_at"], name="qualification_clock_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id}"

    def is_missed(self, now: datetime) -> bool:
        """Whether the moment passed without a contact."""
        return self.dropped_at is None and (self.met_at or now) > self.due_at
