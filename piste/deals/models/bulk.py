"""Edits of many deals at once: what was asked, and what became of each deal."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from piste.company.models import Member


class BulkEditSet(models.QuerySet["BulkEdit"]):
    """Words to speak of bulk edits."""

    def visible_to(self, member: Member) -> BulkEditSet:
        """Those this member may see and take back: their own."""
        return self.filter(by=member) if member.is_active else self.none()


class BulkEdit(models.Model):
    """One edit of many deals. `change` is what was asked (`operations.bulk.Change`); it is done part by part, so that it goes on
    where it stood when the worker is stopped. `undo_asked_at` says that it is to be taken back, `undone_at` that it is."""

    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    change = models.JSONField(default=dict)
    counted = models.PositiveIntegerField()
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    undo_asked_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[BulkEditSet] = BulkEditSet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"{self.counted} {self.at}"


class PartState(models.TextChoices):
    """What became of one deal of a bulk edit."""

    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    SAME = "same", "same"
    REFUSED = "refused", "refused"
    BACK = "back", "back"
    KEPT = "kept", "kept"


class BulkPart(models.Model):
    """One deal of a bulk edit. `same`: nothing was to change; `back`: it was taken back; `kept`: it could not be.

    `reason` says why it was refused or kept, `facts` which facts are concerned; `move` is the number of the move it made.
    """

    edit = models.ForeignKey(BulkEdit, models.CASCADE, related_name="parts", db_index=False)
    deal = models.ForeignKey("deals.Deal", models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=PartState, default=PartState.WAITING)
    reason = models.CharField(max_length=16, blank=True)
    facts = models.JSONField(default=list)
    move = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edit", "deal"], name="deals_bulkpart_once")]
        indexes = [models.Index(fields=["edit", "state", "deal"], name="deals_bulkpart_state")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.state}"
