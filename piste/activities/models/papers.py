"""Notes, mentions, attachments."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from piste.company.models import Member

#: What was taken away and can come back.
IN_BIN = Q(deleted_at__isnull=False, erased_at=None)


class Note(models.Model):
    """Words of a member about a subject; pinned ones stand before all that happened; an erased one has no words left."""

    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    author = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="activities_note_subject"),
            models.Index(fields=["deleted_at"], condition=IN_BIN, name="activities_note_in_bin"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """A colleague named in a note; unread until they have seen it."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "member"], name="activities_mention_once")]
        indexes = [models.Index(fields=["member", "read_at"], name="activities_mention_unread")]

    def __str__(self) -> str:
        return f"{self.note_id} @{self.member_id}"


class Attachment(models.Model):
    """A file of a subject; `sha256` names its content on disk, `size` is in bytes; an erased one has neither name nor content."""

    subject_kind = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=240)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="activities_file_subject"),
            models.Index(fields=["deleted_at"], condition=IN_BIN, name="activities_file_in_bin"),
        ]

    def __str__(self) -> str:
        return self.name
