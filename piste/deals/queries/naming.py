"""Who still names a company or a contact."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from piste.deals.models import Deal, DealContact
from piste.people.models import Contact


def named(kind: str, keys: Collection[int]) -> dict[int, int]:
    """How many deals name each of some companies or contacts, and how many contacts each company, those in the bin included,
    which may come back; those that none names are left out. Two statements at most."""
    found: dict[int, int] = {}
    for rows, by in _naming(kind) if keys else ():
        told = rows.filter(**{f"{by}__in": keys}).order_by().values_list(by).annotate(Count("pk"))
        for key, count in told:
            found[key] = found.get(key, 0) + count
    return found


def unnamed(kind: str, people: QuerySet[Any]) -> QuerySet[Any]:
    """The companies or contacts among these that none names."""
    for rows, by in _naming(kind):
        people = people.exclude(Exists(rows.filter(**{by: OuterRef("pk")})))
    return people


def _naming(kind: str) -> list[tuple[QuerySet[Any], str]]:
    """What names a company or a contact, and by which column."""
    if kind == "contact":
        return [(DealContact.objects.filter(deal__erased_at=None), "contact_id")]
    contacts = Contact.objects.filter(erased_at=None, merged_into=None)
    return [(Deal.objects.kept(), "company_id"), (contacts, "company_id")]
