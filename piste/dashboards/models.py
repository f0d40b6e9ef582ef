"""Dashboards as they are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

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


class Rhythm(models.TextChoices):
    """How often a dashboard is sent."""

    DAILY = "daily", _("Each working day")
    WEEKLY = "weekly", _("Each week")
    MONTHLY = "monthly", _("Each month, on the first working day")


class ScheduleSet(models.QuerySet["Schedule"]):
    """Words to speak of schedules."""

    def running(self) -> ScheduleSet:
        """Neither paused nor set by somebody who has left."""
        return self.filter(paused_at=None, by__is_active=True)

    def visible_to(self, member: Member) -> ScheduleSet:
        """Those one set or gets; a manager's are all of the dashboards they may see."""
        seen = self.filter(dashboard__in=Dashboard.objects.visible_to(member))
        own = Q(by=member) | Q(pk__in=Reader.objects.filter(member=member).values("schedule"))
        return seen if member.may_manage else seen.filter(own)


class Schedule(models.Model):
    """A dashboard that leaves by e-mail at an hour of days, in the time zone and on the working days of who set it.

    `weekday` (Monday is 0) is that of a weekly one; `language` of all its letters, empty for each reader's own. What was due
    before `since` is not made up for.
    """

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="+")
    by = models.ForeignKey(Member, models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.WEEKLY)
    weekday = models.PositiveSmallIntegerField(default=0)
    hour = models.TimeField()
    language = models.CharField(max_length=5, blank=True)
    since = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScheduleSet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="dashboards_schedule_weekday")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.dashboard_id} {self.rhythm} {self.hour}"

    def may_be_changed_by(self, member: Member) -> bool:
        """Who set it alone says when and to whom: readers outside are shown what they see."""
        return self.by_id == member.pk

    def may_be_stopped_by(self, member: Member) -> bool:
        return self.may_be_changed_by(member) or member.may_manage


class Reader(models.Model):
    """Who gets a scheduled dashboard: a member, with their own rights, or an address outside, with those of who set it."""

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, related_name="+")
    address = models.EmailField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["schedule", "member"], name="dashboards_reader_once"),
            models.UniqueConstraint(
                "schedule", Lower("address"), condition=~Q(address=""), name="dashboards_reader_address_once"
            ),
            models.CheckConstraint(
                condition=Q(member=None) & ~Q(address="") | Q(member__isnull=False, address=""), name="dashboards_reader_one"
            ),
        ]
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.address or str(self.member_id)


class Delivery(models.Model):
    """One reader's copy of one occasion, each made once: a day, or a moment somebody asked for it.

    `over_at` is when it was handed to the post or given up; `why_not` says why there is no letter.
    """

    schedule = models.ForeignKey(Schedule, models.CASCADE, related_name="+")
    reader = models.ForeignKey(Reader, models.CASCADE, related_name="+", db_index=False)
    occasion = models.CharField(max_length=40)
    due_at = models.DateTimeField()
    held_until = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    over_at = models.DateTimeField(null=True, blank=True)
    why_not = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "occasion"], name="dashboards_delivery_once")]
        indexes = [models.Index(fields=["held_until"], condition=Q(over_at=None), name="dashboards_delivery_waiting")]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.occasion}"
