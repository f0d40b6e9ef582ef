"""Erasing for good: activities, notes and files that lie in the bin, and all that is about a deal, company or contact erased.

An activity stays as a figure (what kind, when, by whom, what came of it), a note and a file as the place where one was.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from piste.activities.models import Activity, Attachment, Mention, Note
from piste.company.models import Member
from piste.journal.models import Entry
from piste.journal.operations import empty, record

from .keeping import lock, settle
from .papers import hold_content, path_of

#: What stands where a title was.
UNTITLED = "—"


@transaction.atomic
def erase(*, activity: Activity, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Erases an activity in the bin; one that is not there stays."""
    current = lock(activity)
    if current.deleted_at is None or current.erased_at is not None:
        return
    _blank(Activity.objects.filter(pk=current.pk), at)
    _tell("activity", current.pk, *current.subject, by=by, at=at, cause=cause)


@transaction.atomic
def erase_note(*, note: Note, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Erases a note that was taken away; one that was not stays."""
    if _blank_notes(Note.objects.filter(pk=note.pk, deleted_at__isnull=False), at):
        _tell("note", note.pk, note.subject_kind, note.subject_id, by=by, at=at, cause=cause)


@transaction.atomic
def erase_file(*, attachment: Attachment, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Erases a file that was taken away, on disk too unless the same content is kept elsewhere; one that was not stays."""
    if _blank_files(Attachment.objects.filter(pk=attachment.pk, deleted_at__isnull=False), at):
        _tell("file", attachment.pk, attachment.subject_kind, attachment.subject_id, by=by, at=at, cause=cause)


def erase_about(entry: Entry) -> None:
    """With a deal, a company or a contact goes all that is about it: what the journal says of it has gone already."""
    kind, key, at = entry.subject_kind, entry.subject_id, entry.at
    about: dict[str, Q] = {
        "deal": Q(deal=key),
        "contact": Q(deal=None, contact=key),
        "company": Q(deal=None, contact=None, company=key),
    }
    _blank(Activity.objects.filter(about[kind]), at)
    if kind == "deal":
        Activity.objects.filter(deal=key).update(contact=None, company=None)
        settle(key)
    else:
        Activity.objects.filter(deal__isnull=False, **{kind: key}).update(**{kind: None})
        if kind == "company":
            Activity.objects.filter(contact__isnull=False, company=key).update(company=None)
    _blank_notes(Note.objects.filter(subject_kind=kind, subject_id=key), at)
    _blank_files(Attachment.objects.filter(subject_kind=kind, subject_id=key), at)


def sweep(*, before: datetime) -> int:
    """Removes contents on disk, older than a moment, that no file names any more: what a crash in the midst of an erasure or of
    an upload leaves. Returns how many."""
    root = Path(settings.DATA_DIR) / "files"
    old = [path for path in root.glob("**/*") if path.is_file() and path.stat().st_mtime < before.timestamp()]
    kept = set(Attachment.objects.exclude(sha256="").values_list("sha256", flat=True))
    stray = [path for path in old if path.name not in kept]
    for path in stray:
        _remove(path)
    return len(stray)


def _blank(activities: QuerySet[Activity], at: datetime) -> None:
    """What is still to be done goes to the bin; what was done stays done."""
    kept = activities.filter(erased_at=None)
    kept.filter(done_at=None, deleted_at=None).update(deleted_at=at)
    kept.update(title=UNTITLED, detail="", result="", updated_at=at, erased_at=at)


def _blank_notes(notes: QuerySet[Note], at: datetime) -> int:
    keys = list(notes.filter(erased_at=None).select_for_update(of=("self",)).values_list("pk", flat=True))
    Mention.objects.filter(note__in=keys).delete()
    gone = Coalesce(F("deleted_at"), at)
    return Note.objects.filter(pk__in=keys).update(text="", pinned_at=None, deleted_at=gone, erased_at=at)


def _blank_files(files: QuerySet[Attachment], at: datetime) -> int:
    rows = dict(files.filter(erased_at=None).select_for_update(of=("self",)).values_list("pk", "sha256"))
    gone: dict[str, Any] = {"deleted_at": Coalesce(F("deleted_at"), at), "erased_at": at}
    Attachment.objects.filter(pk__in=list(rows)).update(name="", sha256="", media_type="", size=0, **gone)
    transaction.on_commit(partial(_remove_contents, set(rows.values())))
    return len(rows)


def _remove_contents(hashes: Iterable[str]) -> None:
    """Only once nothing names them for sure: a content that is lost cannot be brought back by a rollback."""
    for sha256 in hashes:
        _remove(path_of(sha256))


@transaction.atomic
def _remove(path: Path) -> None:
    """Removes a content unless a file names it, be it one that is just being attached."""
    hold_content(path.name)
    if not Attachment.objects.filter(sha256=path.name).exists():
        path.unlink(missing_ok=True)


def _tell(what: str, key: int, subject_kind: str, subject_id: int, *, by: Member | None, at: datetime, cause: str) -> None:
    """Takes what the journal says of one activity or file out of it, and says that it was erased."""
    about = Entry.objects.of(subject_kind, subject_id).filter(verb__startswith=f"{what}.", **{f"data__{what}": key})
    if what != "note":
        # Of a note the journal keeps no word.
        empty(entries=about, at=at)
    record(
        verb=f"{what}.erased",
        subject_kind=subject_kind,
        subject_id=subject_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={what: key},
    )
