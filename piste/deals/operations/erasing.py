"""Erasing for good what lies in the bin: a deal, a company, a contact.

What was said goes, in the tables, the ledger and the journal; what stays is a figure: where the deal went, when, by whom, and
its amount. Rooms above erase what they keep about it by the journal's entry (`deal.erased`, `company.erased`, `contact.erased`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from piste.company.models import Member
from piste.deals.models import Deal, DealContact, DealProduct, Move
from piste.deals.queries.naming import named
from piste.finding.operations import forget
from piste.journal.models import Entry
from piste.journal.operations import empty, permit_removal, record
from piste.people.models import Company, Consent, Contact, Merge
from piste.people.operations import kind_of

from .errors import DealError
from .ledger import lock, seal


class NotInTheBin(DealError):
    """Only what lies in the bin is erased."""


class StillNamed(DealError):
    """Deals or contacts that may still be seen name it; `count` says how many."""

    def __init__(self, count: int) -> None:
        super().__init__(str(count))
        self.count = count


#: What is left of the facts of an erased record.
NOTHING: dict[str, dict[str, Any]] = {
    "deal": {"title": "", "company": None, "campaign": "", "custom": {}, "external_id": "", "loss_note": ""},
    "company": dict.fromkeys(("domain", "website", "sector", "address", "postcode", "city", "country"), "")
    | {"registration_number": "", "employees": None, "parent": None},
    "contact": dict.fromkeys(("first_name", "last_name", "email", "email_key", "job_title", "language"), "") | {"company": None},
}
OF_BOTH: dict[str, Any] = dict.fromkeys(("name", "name_key", "order_key", "phone", "phone_key", "external_id"), "") | {
    "custom": {}
}


@transaction.atomic
def erase(*, deal: Deal, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Erases a deal. Raises `NotInTheBin`, `Discarded` for one erased before."""
    current = lock(deal, binned=True)
    if current.deleted_at is None:
        raise NotInTheBin
    moves = Move.objects.filter(deal=current)
    with permit_removal(reason="erasure"):
        moves.exclude(why="", override="").update(why="", override="", erased_at=at)
    DealContact.objects.filter(deal=current).delete()
    DealProduct.objects.filter(deal=current).delete()
    current.tags.clear()
    Deal.objects.filter(pk=current.pk).update(**NOTHING["deal"], updated_at=max(at, current.updated_at), erased_at=at)
    empty(entries=Entry.objects.of("deal", current.pk), at=at)
    record(
        verb="deal.erased",
        subject_kind="deal",
        subject_id=current.pk,
        pipeline_id=current.pipeline_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"ledger": seal(list(moves.order_by("number")))},
    )


@transaction.atomic
def erase_person(*, person: Company | Contact, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Erases a company or a contact, with those folded into it. Raises `NotInTheBin`, `StillNamed`."""
    kind, model = kind_of(person), type(person)
    current = model._default_manager.select_for_update(of=("self",)).get(pk=person.pk)
    if current.deleted_at is None or current.erased_at is not None or current.merged_into_id is not None:
        raise NotInTheBin
    if count := named(kind, [current.pk]).get(current.pk, 0):
        raise StillNamed(count)
    keys = _with_folded(model, current.pk)
    if kind == "company":
        Company.objects.filter(parent__in=keys).update(parent=None)
        # Contacts that were folded into others, and those erased before.
        Contact.objects.filter(company__in=keys).update(company=None)
    else:
        Consent.objects.filter(contact__in=keys).delete()
    told: dict[str, Any] = {"by": by, "at": at, "cause": cause}
    _forget_merges(kind, keys, **told)
    model._default_manager.filter(pk__in=keys).update(**OF_BOTH, **NOTHING[kind], deleted_at=current.deleted_at, erased_at=at)
    forget(kind, keys)
    empty(entries=Entry.objects.of(kind, keys), at=at)
    for key in keys:
        _tell(f"{kind}.erased", kind, key, **told)


def _with_folded(model: type[Company] | type[Contact], key: int) -> list[int]:
    """The ids of a record and of all that were folded into it, and into those."""
    keys, last = [key], [key]
    while last:
        last = list(model._default_manager.filter(merged_into__in=last).order_by("pk").values_list("pk", flat=True))
        keys += last
    return keys


def _forget_merges(kind: str, keys: Collection[int], *, by: Member | None, at: datetime, cause: str) -> None:
    """Removes what is kept to undo merges, and what the journal says of them on records that stay."""
    merges = Merge.objects.filter(Q(kept_id__in=keys) | Q(folded_id__in=keys), kind=kind)
    others = {key for pair in merges.values_list("kept_id", "folded_id") for key in pair} - set(keys)
    merges.delete()
    for other in sorted(others):
        told = Entry.objects.of(kind, other).filter(verb__in=(f"{kind}.merged", f"{kind}.unmerged"), data__other__in=list(keys))
        if empty(entries=told, at=at):
            _tell(f"{kind}.twin_erased", kind, other, by=by, at=at, cause=cause)


def _tell(verb: str, kind: str, key: int, *, by: Member | None, at: datetime, cause: str) -> None:
    record(verb=verb, subject_kind=kind, subject_id=key, actor_id=by.pk if by else None, at=at, cause=cause)
