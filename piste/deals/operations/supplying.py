"""Filling in what a move asks for, in the transaction of the move itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from piste.company.models import Member
from piste.deals.models import Deal, DealContact, DealProduct

from .amending import amend, name_contacts, name_products


@dataclass(frozen=True, slots=True)
class Supplied:
    """Facts given together with a move: `facts` and `custom` as for `amend`, `contacts` and `products` are added to those
    the deal has, as for `name_contacts` and `name_products`."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    contacts: Sequence[tuple[int, str]] = ()
    products: Sequence[tuple[int, int, int | None]] = ()


def supply(*, deal: Deal, supplied: Supplied, by: Member | None, at: datetime, cause: str) -> None:
    """Writes the facts given with a move; must be called inside the move's transaction, before the facts are checked."""
    if supplied.facts or supplied.custom:
        amend(deal=deal, facts=supplied.facts, custom=supplied.custom, by=by, at=at, cause=cause)
    if supplied.contacts:
        people = dict(DealContact.objects.filter(deal=deal).values_list("contact_id", "role"))
        name_contacts(
            deal=deal, contacts=list((people | dict(supplied.contacts)).items()), by=by, at=at, cause=cause
        )
    if supplied.products:
        goods = list(
            DealProduct.objects.filter(deal=deal).values_list("product_id", "quantity_milli", "price_minor")
        )
        known = {product for product, _, _ in goods}
        added = [line for line in supplied.products if line[0] not in known]
        name_products(deal=deal, products=[*goods, *added], by=by, at=at, cause=cause)
