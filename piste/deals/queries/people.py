"""Who has a deal, and who is met about it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from piste.asking import Kept, KeptRecords
from piste.deals.models import Deal, DealContact


def main_contacts(deals: Collection[int]) -> dict[int, str]:
    """The main contact of each deal, else the first one, with what they do."""
    found: dict[int, str] = {}
    for deal, name, job in _contacts(deals=list(deals)) if deals else ():
        found.setdefault(deal, f"{name}, {job}" if job else name)
    return found


@Kept
def _contacts(*, deals: list[int]) -> Any:
    rows = DealContact.objects.filter(deal_id__in=deals).order_by("-is_main", "pk")
    return rows.values_list("deal_id", "contact__name", "contact__job_title")


def with_owner(key: int) -> Deal:
    """A deal that there is, with its owner; asked within moves."""
    found: Deal = _with_owner.record(key=key)
    return found


@KeptRecords
def _with_owner(*, key: int) -> Any:
    return Deal.objects.filter(pk=key).select_related("owner")
