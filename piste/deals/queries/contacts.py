"""Who is met about deals."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from piste.asking import Kept
from piste.deals.models import DealContact


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
