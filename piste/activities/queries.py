"""Questions about notes, mentions and files."""

from __future__ import annotations

from django.db.models import QuerySet

from piste.company.models import Member

from .models import Attachment, Mention, Note


def notes(subject_kind: str, ids: list[int]) -> dict[int, Note]:
    """Present notes by their id."""
    found = Note.objects.filter(subject_kind=subject_kind, pk__in=ids, deleted_at=None).select_related("author")
    return {note.pk: note for note in found}


def attachments(subject_kind: str, subject_id: int) -> QuerySet[Attachment]:
    """The files of a subject, newest first."""
    found = Attachment.objects.filter(subject_kind=subject_kind, subject_id=subject_id, deleted_at=None)
    return found.select_related("by").order_by("-at", "-pk")


def mentions_of(member: Member) -> QuerySet[Mention]:
    """Where a member was named, newest first."""
    found = Mention.objects.filter(member=member, note__deleted_at=None)
    return found.select_related("note", "note__author").order_by("-note__at")


def unread_count(member: Member) -> int:
    """How many mentions a member has not seen yet."""
    return Mention.objects.filter(member=member, read_at=None, note__deleted_at=None).count()
