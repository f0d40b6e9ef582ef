"""The table of entries."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class EntrySet(models.QuerySet["Entry"]):
    """Words to speak of entries."""

    def of(self, kind: str, ids: list[int] | int) -> EntrySet:
        """Entries about one or several subjects of a kind."""
        wanted = [ids] if isinstance(ids, int) else ids
        return self.filter(subject_kind=kind, subject_id__in=wanted)

    def newest_first(self) -> EntrySet:
        return self.order_by("-at", "-id")


class Entry(models.Model):
    """One thing that happened.

    `data` is JSON without floats. `digest` is the SHA-256 of its canonical form and is what the chain covers,
    so that personal data can be erased from `data` (`erased_at` says when) while the chain still holds.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    verb = models.CharField(max_length=48)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    pipeline_id = models.BigIntegerField(null=True, blank=True)
    cause = models.CharField(max_length=16, default="page")
    data = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = EntrySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "number"], name="journal_entry_number"),
        ]
        indexes = [
            models.Index(fields=["actor", "-at"], name="journal_entry_actor"),
            models.Index(fields=["pipeline_id", "-at"], name="journal_entry_pipeline"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"


class RemovalPermit(models.Model):
    """While a row stands here, its own transaction may remove append-only rows (demo removal, erasure).

    The row is written and deleted inside one transaction, so no other transaction ever sees it.
    """

    reason = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.reason
