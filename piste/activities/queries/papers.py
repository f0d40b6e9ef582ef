"""Questions about notes, mentions and files."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from piste.activities.models import Attachment, Mention, Note
from piste.company.models import Member, Role, Sees
from piste.deals.models import Deal
from piste.people.models import Company, Contact

#: Pinned notes shown at most: what everybody must read first is not long.
PINNED = 20


def readers(*, owner_id: int | None, team_id: int | None) -> list[Member]:
    """The active members who may see what belongs to an owner and a team; without owner it is everybody's."""
    members = Member.objects.active()
    if owner_id is not None:
        seen = Q(role=Role.ADMIN) | Q(sees=Sees.ALL) | Q(pk=owner_id)
        if team_id is not None:
            seen |= Q(sees=Sees.TEAM, team_id=team_id)
        members = members.filter(seen)
    return list(members.order_by("name", "pk"))


def notes(ids: Collection[int]) -> dict[int, Note]:
    """Present notes with their mentions, by their id; two statements."""
    found = Note.objects.filter(pk__in=ids, deleted_at=None).prefetch_related("mentions__member") if ids else ()
    return {note.pk: note for note in found}


def withdrawn(subject_kind: str, subject_id: int) -> list[int]:
    """Ids of the notes of a subject that were taken away."""
    gone = Note.objects.filter(subject_kind=subject_kind, subject_id=subject_id).exclude(deleted_at=None)
    return list(gone.values_list("pk", flat=True))


def pinned(subject_kind: str, subject_id: int) -> list[int]:
    """Ids of the pinned notes of a subject, the one pinned last first."""
    found = Note.objects.filter(subject_kind=subject_kind, subject_id=subject_id, deleted_at=None, pinned_at__isnull=False)
    return list(found.order_by("-pinned_at", "-pk").values_list("pk", flat=True)[:PINNED])


def attachments(subject_kind: str, subject_id: int) -> QuerySet[Attachment]:
    """The files of a subject, newest first."""
    found = Attachment.objects.filter(subject_kind=subject_kind, subject_id=subject_id, deleted_at=None)
    return found.select_related("by").order_by("-at", "-pk")


def mentions_of(member: Member) -> QuerySet[Mention]:
    """Where a member was named, newest first; what they may no longer see is left out."""
    found = Mention.objects.filter(_on_what_is_seen(member, through="note__"), member=member, note__deleted_at=None)
    return found.select_related("note", "note__author").order_by("-note__at", "-pk")


def names_of_subjects(subjects: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The name of each subject (kind, id): a deal is called by its company, else by its title; three statements at most."""
    wanted: dict[str, set[int]] = {}
    for kind, key in subjects:
        wanted.setdefault(kind, set()).add(key)
    found: dict[tuple[str, int], str] = {}
    if ids := wanted.get("deal"):
        for key, company, title in Deal.objects.filter(pk__in=ids).values_list("pk", "company__name", "title"):
            found["deal", key] = company or title
    if ids := wanted.get("company"):
        for key, name in Company.objects.filter(pk__in=ids).values_list("pk", "name"):
            found["company", key] = name
    if ids := wanted.get("contact"):
        for key, name in Contact.objects.filter(pk__in=ids).values_list("pk", "name"):
            found["contact", key] = name
    return found


def notes_away(member: Member) -> QuerySet[Note]:
    """A member's own notes that were taken away and can come back, on what they may see."""
    gone = Note.objects.filter(_on_what_is_seen(member), author=member, deleted_at__isnull=False, erased_at=None)
    return gone.select_related("author")


def files_away(member: Member) -> QuerySet[Attachment]:
    """The files that were taken away and can come back, on what a member may see."""
    gone = Attachment.objects.filter(_on_what_is_seen(member), deleted_at__isnull=False, erased_at=None)
    return gone.select_related("by")


def _on_what_is_seen(member: Member, through: str = "") -> Q:
    seen = {
        "deal": Deal.objects.visible_to(member).present(),
        "company": Company.objects.visible_to(member).current(),
        "contact": Contact.objects.visible_to(member).current(),
    }
    allowed = Q(pk__in=[])
    for kind, rows in seen.items():
        # Looked up one by one: written as a list of what is seen, one unread mention made every page read all deals and contacts.
        allowed |= Q(Exists(rows.filter(pk=OuterRef(f"{through}subject_id"))), **{f"{through}subject_kind": kind})
    return allowed
