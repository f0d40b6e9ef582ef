"""Writing notes and attaching files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from piste.activities.models import Attachment, Mention, Note
from piste.activities.rules import papers as rules
from piste.company.models import Member
from piste.journal.operations import record


class Empty(ValueError):
    """A note without a word, or a file without a byte."""


class TooLong(ValueError):
    """A note past `rules.NOTE_LENGTH` characters."""


class TooLarge(ValueError):
    """A file past the limit of this installation."""


class NotYours(Exception):
    """Only the author of a note changes it."""


@transaction.atomic
def write(
    *,
    subject_kind: str,
    subject_id: int,
    text: str,
    by: Member | None,
    at: datetime,
    may_read: Iterable[Member] = (),
    pipeline_id: int | None = None,
    cause: str = "page",
) -> Note:
    """A note; members of `may_read` named with `@` are told, its author is not. Raises `Empty`, `TooLong`."""
    note = Note.objects.create(subject_kind=subject_kind, subject_id=subject_id, author=by, text=_worded(text), at=at)
    told = _mention(note, may_read)
    _record(note, "note.written", by, at, pipeline_id, cause, {"note": note.pk, "mentions": told})
    return note


@transaction.atomic
def rewrite(
    *,
    note: Note,
    text: str,
    by: Member,
    at: datetime,
    may_read: Iterable[Member] = (),
    pipeline_id: int | None = None,
) -> None:
    """Changes one's own note: who is newly named is told, who is no longer named is not. Raises `Empty`, `TooLong`,
    `NotYours`."""
    if note.author_id != by.pk:
        raise NotYours
    words = _worded(text)
    if words == note.text:
        return
    note.text, note.edited_at = words, at
    note.save(update_fields=["text", "edited_at"])
    told = _mention(note, may_read)
    _record(note, "note.rewritten", by, at, pipeline_id, "page", {"note": note.pk, "mentions": told})


@transaction.atomic
def withdraw(*, note: Note, by: Member, at: datetime, pipeline_id: int | None = None) -> None:
    """Takes one's own note away. Raises `NotYours`."""
    _place_note(note, at, "note.withdrawn", by=by, at=at, pipeline_id=pipeline_id)


@transaction.atomic
def bring_back(*, note: Note, by: Member, at: datetime, pipeline_id: int | None = None) -> None:
    """Brings one's own note back. Raises `NotYours`."""
    _place_note(note, None, "note.brought_back", by=by, at=at, pipeline_id=pipeline_id)


@transaction.atomic
def pin(*, note: Note, by: Member, at: datetime, pipeline_id: int | None = None) -> None:
    """Makes a note stand before all that happened; one that does already stays."""
    _pin(note, at, "note.pinned", by=by, at=at, pipeline_id=pipeline_id)


@transaction.atomic
def unpin(*, note: Note, by: Member, at: datetime, pipeline_id: int | None = None) -> None:
    """Lets a note go back to its place in time."""
    _pin(note, None, "note.unpinned", by=by, at=at, pipeline_id=pipeline_id)


@transaction.atomic
def attach(
    *,
    subject_kind: str,
    subject_id: int,
    name: str,
    content: Iterable[bytes],
    by: Member | None,
    at: datetime,
    pipeline_id: int | None = None,
    cause: str = "page",
) -> Attachment:
    """Keeps a file; its content lies on disk before the row does. Raises `Empty`, `TooLarge`."""
    sha256, size, head = _store(content)
    attachment = Attachment.objects.create(
        subject_kind=subject_kind,
        subject_id=subject_id,
        name=rules.safe_name(name),
        size=size,
        media_type=rules.picture_type(head) or "application/octet-stream",
        sha256=sha256,
        by=by,
        at=at,
    )
    data: dict[str, object] = {"file": attachment.pk, "name": attachment.name, "size": size}
    _record(attachment, "file.attached", by, at, pipeline_id, cause, data)
    return attachment


@transaction.atomic
def detach(*, attachment: Attachment, by: Member, at: datetime, pipeline_id: int | None = None) -> None:
    """Takes a file away; its content stays as long as the bin keeps it."""
    _place_file(attachment, at, "file.detached", by=by, at=at, pipeline_id=pipeline_id)


@transaction.atomic
def reattach(*, attachment: Attachment, by: Member, at: datetime, pipeline_id: int | None = None) -> None:
    """Brings a file back."""
    _place_file(attachment, None, "file.brought_back", by=by, at=at, pipeline_id=pipeline_id)


def mark_read(*, member: Member, mentions: Iterable[int], at: datetime) -> int:
    """Marks mentions of a member as seen; returns how many were not yet."""
    return Mention.objects.filter(member=member, pk__in=list(mentions), read_at=None).update(read_at=at)


def path_of(sha256: str) -> Path:
    """Where a content lies."""
    return Path(settings.DATA_DIR) / "files" / sha256[:2] / sha256


def hold_content(sha256: str) -> None:
    """Lets one transaction at a time keep or remove a content; SQLite has but one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", ["content", sha256])


def _worded(text: str) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Empty
    if len(words) > rules.NOTE_LENGTH:
        raise TooLong
    return words


def _mention(note: Note, may_read: Iterable[Member]) -> list[int]:
    """Makes the mentions of a note those of its text; returns the members named."""
    names = [(member.pk, member.name) for member in may_read]
    named = [key for key in rules.mentioned(note.text, names) if key != note.author_id]
    known = set(Mention.objects.filter(note=note).values_list("member_id", flat=True))
    Mention.objects.filter(note=note, member_id__in=known - set(named)).delete()
    Mention.objects.bulk_create([Mention(note=note, member_id=key) for key in named if key not in known])
    return named


def _place_note(note: Note, gone: datetime | None, verb: str, *, by: Member, at: datetime, pipeline_id: int | None) -> None:
    if note.author_id != by.pk:
        raise NotYours
    current = Note.objects.select_for_update(of=("self",)).get(pk=note.pk)
    if (current.deleted_at is None) == (gone is None) or current.erased_at is not None:
        return
    note.deleted_at = gone
    note.save(update_fields=["deleted_at"])
    _record(note, verb, by, at, pipeline_id, "page", {"note": note.pk})


def _pin(note: Note, pinned: datetime | None, verb: str, *, by: Member, at: datetime, pipeline_id: int | None) -> None:
    if (note.pinned_at is None) == (pinned is None):
        return
    note.pinned_at = pinned
    note.save(update_fields=["pinned_at"])
    _record(note, verb, by, at, pipeline_id, "page", {"note": note.pk})


def _place_file(
    attachment: Attachment, gone: datetime | None, verb: str, *, by: Member, at: datetime, pipeline_id: int | None
) -> None:
    current = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
    if (current.deleted_at is None) == (gone is None) or current.erased_at is not None:
        return
    attachment.deleted_at = gone
    attachment.save(update_fields=["deleted_at"])
    data: dict[str, object] = {"file": attachment.pk, "name": attachment.name}
    _record(attachment, verb, by, at, pipeline_id, "page", data)


def _store(content: Iterable[bytes]) -> tuple[str, int, bytes]:
    """Writes a content under its hash, on disk for good before returning; gives its hash, size and first bytes."""
    root = Path(settings.DATA_DIR) / "files"
    root.mkdir(parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        try:
            for part in content:
                size += len(part)
                if size > settings.UPLOAD_LIMIT:
                    raise TooLarge
                head = (head + part[:16])[:16] if len(head) < 16 else head
                digest.update(part)
                file.write(part)
            if not size:
                raise Empty
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    hold_content(digest.hexdigest())
    target = path_of(digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(file.name).replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return digest.hexdigest(), size, head


def _record(
    item: Note | Attachment,
    verb: str,
    by: Member | None,
    at: datetime,
    pipeline_id: int | None,
    cause: str,
    data: dict[str, object],
) -> None:
    record(
        verb=verb,
        subject_kind=item.subject_kind,
        subject_id=item.subject_id,
        actor_id=by.pk if by else None,
        at=at,
        pipeline_id=pipeline_id,
        cause=cause,
        data=data,
    )
