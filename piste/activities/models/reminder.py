"""Who was reminded of what."""

from __future__ import annotations

from django.db import models

from piste.company.models import Member

from .activity import Activity


class Reminder(models.Model):
    """A member was reminded of a step for the moment it was due then; `shown_at` on the page they had open, `read_at` on the
    page of notifications."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="+", db_index=False)
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", db_index=False)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "member", "due_at"], name="activities_reminder_once")]
        indexes = [models.Index(fields=["member", "read_at"], name="activities_reminder_unread")]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.due_at}"
