"""Folding one company or contact into another: everything that pointed at the folded one points at the kept one, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.deals.models import Deal, DealContact
from piste.finding.operations import forget, index
from piste.journal.models import Entry
from piste.journal.operations import record
from piste.people.models import Company, Consent, Contact, Merge
from piste.people.operations import index_again, kind_of, searchable, set_keys

FACTS = {
    "company": (
        "name",
        "website",
        "sector",
        "employees",
        "phone",
        "address",
        "postcode",
        "city",
        "country",
        "registration_number",
    ),
    "contact": ("name", "first_name", "last_name", "email", "phone", "job_title", "company_id"),
}


class CannotMerge(Exception):
    """The two are the same record, or one of them is folded or in the bin already."""


@transaction.atomic
def merge(
    *,
    kept: Company | Contact,
    folded: Company | Contact,
    take: Mapping[str, bool] | None = None,
    by: Member | None,
    at: datetime,
) -> Merge:
    """Folds one record into another of its kind. What the kept one lacks is taken from the folded one; `take` names facts
    (`custom:<key>` for own fields) to take from it although both have them. Deals, contacts and custom values move.
    Raises `CannotMerge`."""
    if type(kept) is not type(folded) or kept.pk == folded.pk:
        raise CannotMerge
    if any(person.merged_into_id or person.deleted_at for person in (kept, folded)):
        raise CannotMerge
    kind = kind_of(kept)
    moved: dict[str, Any] = {"facts": {}, "custom": dict(kept.custom)}
    for name in FACTS[kind]:
        mine, theirs = getattr(kept, name), getattr(folded, name)
        if theirs not in (None, "") and (mine in (None, "") or (take or {}).get(name)) and mine != theirs:
            moved["facts"][name] = mine
            setattr(kept, name, theirs)
    theirs_taken = {key: value for key, value in folded.custom.items() if (take or {}).get(f"custom:{key}")}
    kept.custom = {**folded.custom, **kept.custom, **theirs_taken}
    moved |= _move_links(kept, folded)
    set_keys(kept)
    kept.save()
    if (isinstance(folded, Company) and isinstance(kept, Company)) or (isinstance(folded, Contact) and isinstance(kept, Contact)):
        folded.merged_into = kept
    folded.save(update_fields=["merged_into"])
    forget(kind, [folded.pk])
    index([searchable(kept)])
    if isinstance(kept, Company):
        index_again([kept.pk])
    done = Merge.objects.create(kind=kind, kept_id=kept.pk, folded_id=folded.pk, by=by, at=at, moved=moved)
    _record("merged", kept, folded, by, at)
    return done


def _move_links(kept: Company | Contact, folded: Company | Contact) -> dict[str, Any]:
    """Points everything at the kept record; returns what it touched."""
    if isinstance(kept, Company):
        deals = list(Deal.objects.filter(company_id=folded.pk).values_list("pk", flat=True))
        contacts = list(Contact.objects.filter(company_id=folded.pk).values_list("pk", flat=True))
        daughters = list(Company.objects.filter(parent_id=folded.pk).exclude(pk=kept.pk).values_list("pk", flat=True))
        Deal.objects.filter(pk__in=deals).update(company_id=kept.pk)
        Contact.objects.filter(pk__in=contacts).update(company_id=kept.pk)
        Company.objects.filter(pk__in=daughters).update(parent_id=kept.pk)
        return {"deals": deals, "contacts": contacts, "daughters": daughters}
    parts = list(DealContact.objects.filter(contact_id=folded.pk).values_list("pk", "deal_id", "role", "is_main"))
    there = set(DealContact.objects.filter(contact_id=kept.pk).values_list("deal_id", flat=True))
    both = [list(part) for part in parts if part[1] in there]
    moving = [part[0] for part in parts if part[1] not in there]
    DealContact.objects.filter(pk__in=[part[0] for part in both]).delete()
    DealContact.objects.filter(pk__in=moving).update(contact_id=kept.pk)
    consents = list(Consent.objects.filter(contact_id=folded.pk).values_list("pk", flat=True))
    Consent.objects.filter(pk__in=consents).update(contact_id=kept.pk)
    return {"parts": moving, "dropped": both, "consents": consents}


@transaction.atomic
def unmerge(*, merge: Merge, by: Member | None, at: datetime) -> None:
    """Undoes a merge to the letter: links, facts and custom values are as before. Raises `CannotMerge` when done before."""
    locked = Merge.objects.select_for_update().get(pk=merge.pk)
    if locked.undone_at is not None:
        raise CannotMerge
    model: Any = Company if locked.kind == "company" else Contact
    kept, folded = model.objects.get(pk=locked.kept_id), model.objects.get(pk=locked.folded_id)
    moved = locked.moved
    for name, value in moved["facts"].items():
        setattr(kept, name, value)
    kept.custom = moved["custom"]
    folded.merged_into = None
    folded.save(update_fields=["merged_into"])
    if locked.kind == "company":
        Deal.objects.filter(pk__in=moved["deals"]).update(company_id=folded.pk)
        Contact.objects.filter(pk__in=moved["contacts"]).update(company_id=folded.pk)
        Company.objects.filter(pk__in=moved["daughters"]).update(parent_id=folded.pk)
    else:
        DealContact.objects.filter(pk__in=moved["parts"]).update(contact_id=folded.pk)
        # Merges of before consents were noted know of none.
        Consent.objects.filter(pk__in=moved.get("consents", [])).update(contact_id=folded.pk)
        DealContact.objects.bulk_create(
            [
                DealContact(pk=pk, deal_id=deal, contact_id=folded.pk, role=role, is_main=main)
                for pk, deal, role, main in moved["dropped"]
            ]
        )
    set_keys(kept)
    kept.save()
    index([searchable(kept), searchable(folded)])
    if isinstance(kept, Company):
        index_again([kept.pk, folded.pk])
    locked.undone_at = at
    locked.save(update_fields=["undone_at"])
    _record("unmerged", kept, folded, by, at)


def merge_told(entry: Entry) -> Merge | None:
    """The merge that an entry of the kept record tells of, made or taken back; None for that of the other record."""
    undone_at = entry.at if entry.verb.endswith(".unmerged") else None
    found = Merge.objects.filter(kind=entry.subject_kind, kept_id=entry.subject_id, folded_id=entry.data["other"])
    return found.filter(undone_at=undone_at).order_by("pk").last()


def also_moved(*, merge: Merge, moved: Mapping[str, list[int]]) -> None:
    """Remembers what rooms above have moved along with a merge, by their names for it, for the day it is taken back."""
    merge.moved = {**merge.moved, **moved}
    merge.save(update_fields=["moved"])


def _record(what: str, kept: Company | Contact, folded: Company | Contact, by: Member | None, at: datetime) -> None:
    for person, other in ((kept, folded), (folded, kept)):
        record(
            verb=f"{kind_of(kept)}.{what}",
            subject_kind=kind_of(kept),
            subject_id=person.pk,
            actor_id=by.pk if by else None,
            at=at,
            data={"other": other.pk, "name": other.name},
        )
