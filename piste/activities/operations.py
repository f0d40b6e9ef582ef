"""Writing notes and attaching files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from piste.company.models import Member
from piste.journal.operations import record

from . import rules
from .models import Attachment, Mention, Note


class Empty(ValueError):
    """A note without a word, or a file without a byte."""


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
    """A note; members of `may_read` named with `@` are told. Raises `Empty`."""
    if not text.strip():
        raise Empty
    note = Note.objects.create(subject_kind=subject_kind, subject_id=subject_id, author=by, text=text.strip(), at=at)
    told = rules.mentioned(note.text, [(member.pk, member.name) for member in may_read])
    Mention.objects.bulk_create([Mention(note=note, member_id=key) for key in told])
    _record(note, "note.written", by, at, pipeline_id, cause, {"note": note.pk, "text": note.text[:500], "mentions": told})
    return note


@transaction.atomic
def rewrite(*, note: Note, text: str, by: Member, at: datetime) -> None:
    """Changes one's own note. Raises `Empty`, `NotYours`."""
    if note.author_id != by.pk:
        raise NotYours
    if not text.strip():
        raise Empty
    note.text, note.edited_at = text.strip(), at
    note.save(update_fields=["text", "edited_at"])
    _record(note, "note.rewritten", by, at, None, "page", {"note": note.pk})


@transaction.atomic
def withdraw(*, note: Note, by: Member, at: datetime) -> None:
    """Takes one's own note away. Raises `NotYours`."""
    if note.author_id != by.pk:
        raise NotYours
    note.deleted_at = at
    note.save(update_fields=["deleted_at"])
    _record(note, "note.withdrawn", by, at, None, "page", {"note": note.pk})


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
def detach(*, attachment: Attachment, by: Member, at: datetime) -> None:
    """Takes a file away; its content stays in the bin."""
    attachment.deleted_at = at
    attachment.save(update_fields=["deleted_at"])
    data: dict[str, object] = {"file": attachment.pk, "name": attachment.name}
    _record(attachment, "file.detached", by, at, None, "page", data)


@transaction.atomic
def reattach(*, attachment: Attachment, by: Member, at: datetime) -> None:
    """Brings a file back."""
    attachment.deleted_at = None
    attachment.save(update_fields=["deleted_at"])
    data: dict[str, object] = {"file": attachment.pk, "name": attachment.name}
    _record(attachment, "file.attached", by, at, None, "page", data)


def mark_read(*, member: Member, at: datetime) -> int:
    """Marks all mentions of a member as seen; returns how many there were."""
    return Mention.objects.filter(member=member, read_at=None).update(read_at=at)


def path_of(sha256: str) -> Path:
    """Where a content lies."""
    return Path(settings.DATA_DIR) / "files" / sha256[:2] / sha256


def _store(content: Iterable[bytes]) -> tuple[str, int, bytes]:
    """Writes a content under its hash, on disk for good before returning."""
    root = Path(settings.DATA_DIR) / "files"
    root.mkdir(parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    with tempfile.NamedTemporaryFile(dir=root, delete=False) as file:
        try:
            for part in content:
                size += len(part)
                if size > settings.UPLOAD_LIMIT:
                    raise TooLarge
                head = head or part[:16]
                digest.update(part)
                file.write(part)
            if not size:
                raise Empty
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    target = path_of(digest.hexdigest())
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(file.name).replace(target)
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
