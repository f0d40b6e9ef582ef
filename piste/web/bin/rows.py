"""What lies in the bin, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from piste.activities.models import Activity, Attachment
from piste.activities.queries import names_of_subjects
from piste.deals.queries.naming import named
from piste.journal.models import Entry
from piste.upkeep.rules import erased_from
from piste.web.board.words import name_of
from piste.web.templatetags.piste import amount

KINDS = ("deal", "company", "contact", "activity", "note", "file")
#: Letters of a note by which one knows it.
LENGTH = 80


@dataclass(frozen=True, slots=True)
class Binned:
    """One thing in the bin: its name and what tells it apart, whose it is, since when and by whom, and the way back.

    It is erased on a day, or kept while so many (`named`) name it; `erase` is where an admin does it at once.
    """

    name: str
    detail: str
    owner: str
    since: datetime
    who: str
    back: str
    erased_on: date
    named: int
    erase: str


@dataclass(frozen=True, slots=True)
class _Around:
    """What rows refer to, fetched once for all of them."""

    actors: Mapping[int, str]
    subjects: Mapping[tuple[str, int], str]
    named: Mapping[int, int]


def rows(kind: str, found: Sequence[Any], now: datetime) -> list[Binned]:
    """Things of one kind in words; a handful of statements for all of them."""
    keys = [row.pk for row in found]
    papers = kind in ("note", "file")
    around = _Around(
        actors=_who(kind, found),
        subjects=names_of_subjects({(row.subject_kind, row.subject_id) for row in found}) if papers else {},
        named=named(kind, keys) if kind in ("company", "contact") else {},
    )
    return [_row(kind, row, around, now) for row in found]


def _row(kind: str, row: Any, around: _Around, now: datetime) -> Binned:
    address = [row.pk]
    match kind:
        case "deal":
            detail = [row.title if row.company_id else "", row.stage.name, amount(row.amount_minor, row.currency)]
            name, owner, back = name_of(row), row.owner.name, "deal_restore"
        case "activity":
            about = row.deal or row.contact or row.company
            detail, name = [name_of(row.deal) if row.deal else str(about or "")], row.title
            owner, back = row.assignee.name, "step_undo"
        case "note" | "file":
            detail = [around.subjects.get((row.subject_kind, row.subject_id), "")]
            name = Truncator(row.text).chars(LENGTH) if kind == "note" else row.name
            person = row.author if kind == "note" else row.by
            owner, back, address = person.name if person else "", f"{kind}_back", [row.subject_kind, row.subject_id, row.pk]
        case "contact":
            detail, name = [row.company.name if row.company else "", row.email], row.name
            owner, back = row.owner.name if row.owner else "", "restore_contact"
        case _:
            detail, name = [row.city, row.domain], row.name
            owner, back = row.owner.name if row.owner else "", "restore_company"
    return Binned(
        name=name,
        detail=" · ".join(part for part in detail if part and part != name),
        owner=owner,
        since=row.deleted_at,
        who=around.actors.get(row.pk, "Piste"),
        back=reverse(back, args=address),
        erased_on=max(timezone.localdate(erased_from(row.deleted_at)), timezone.localdate(now)),
        named=around.named.get(row.pk, 0),
        erase=reverse("bin_erase", args=[kind, row.pk]),
    )


def _who(kind: str, found: Sequence[Any]) -> dict[int, str]:
    """Who put each there last."""
    if kind == "note":
        # Only who wrote one takes it away.
        return {row.pk: row.author.name for row in found if row.author}
    if kind == "activity":
        return _who_told("activity.discarded", "activity", {row.pk: row.subject for row in found if isinstance(row, Activity)})
    if kind == "file":
        about = {row.pk: (row.subject_kind, row.subject_id) for row in found if isinstance(row, Attachment)}
        return _who_told("file.detached", "file", about)
    told = Entry.objects.of(kind, [row.pk for row in found]).filter(verb=f"{kind}.discarded").order_by("number")
    return {key: name for key, name in told.values_list("subject_id", "actor__name") if name}


def _who_told(verb: str, fact: str, subjects: Mapping[int, tuple[str, int]]) -> dict[int, str]:
    """The same of what the journal tells on its subject."""
    about = Q(pk=None)
    for kind in ("deal", "company", "contact", "activity"):
        about |= Q(subject_kind=kind, subject_id__in=[key for told, key in subjects.values() if told == kind])
    told = Entry.objects.filter(about, verb=verb).order_by("pk").values_list("data", "actor__name")
    return {data[fact]: name for data, name in told if name and fact in data}
