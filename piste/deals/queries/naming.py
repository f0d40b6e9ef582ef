"""Who still names a company or a contact."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Count, QuerySet

from piste.deals.models import Deal, DealContact
from piste.people.models import Contact


def named(kind: str, keys: Collection[int]) -> dict[int, int]:
    """How many deals name each of some companies or contacts, and how many contacts each company, those in the bin included,
    which may come back; those that none names are left out. Two statements at most."""
    if not keys:
        return {}
    if kind == "contact":
        return _counted(DealContact.objects.filter(contact__in=keys, deal__erased_at=None), "contact_id")
    found = _counted(Deal.objects.kept().filter(company__in=keys), "company_id")
    for key, count in _counted(Contact.objects.filter(company__in=keys, erased_at=None, merged_into=None), "company_id").items():
        found[key] = found.get(key, 0) + count
    return found


def _counted(rows: QuerySet[Any], by: str) -> dict[int, int]:
    return dict(rows.order_by().values_list(by).annotate(Count("pk")))
