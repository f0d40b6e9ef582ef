"""Filling in what a move asks for, in the transaction of the move itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from piste.company.models import Member
from piste.deals.models import Deal, DealContact, DealProduct
from piste.people.models import Contact
from piste.people.operations import amend_contact, create_company, create_contact

from .amending import amend, name_contacts, name_products


@dataclass(frozen=True, slots=True)
class SuppliedContact:
    """A contact that takes part: one there is (with facts to complete), or a new one by its facts; and its role."""

    contact: Contact | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    role: str = ""


@dataclass(frozen=True, slots=True)
class Supplied:
    """Facts given together with a move.

    `facts` and `custom` as for `amend`; `new_company` is the name of one to create; `contact` and `products` are added to
    those the deal has.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    new_company: str = ""
    contact: SuppliedContact | None = None
    products: Sequence[tuple[int, int, int | None]] = ()


def supply(*, deal: Deal, supplied: Supplied, by: Member | None, at: datetime, cause: str) -> None:
    """Writes the facts given with a move; called inside the move's transaction, before the facts are checked."""
    facts = dict(supplied.facts)
    if supplied.new_company:
        facts["company"] = create_company(name=supplied.new_company, by=by, at=at, cause=cause)
    if facts or supplied.custom:
        amend(deal=deal, facts=facts, custom=supplied.custom, by=by, at=at, cause=cause)
    if supplied.contact is not None:
        company = facts.get("company") or deal.company
        _take_part(deal, supplied.contact, {"company": company}, by=by, at=at, cause=cause)
    if supplied.products:
        goods = DealProduct.objects.filter(deal=deal)
        lines = list(goods.values_list("product_id", "quantity_milli", "price_minor"))
        known = {product for product, _, _ in lines}
        lines += [line for line in supplied.products if line[0] not in known]
        name_products(deal=deal, products=lines, by=by, at=at, cause=cause)


def _take_part(
    deal: Deal, given: SuppliedContact, besides: dict[str, Any], *, by: Member | None, at: datetime, cause: str
) -> None:
    contact = given.contact
    if contact is None:
        contact = create_contact(by=by, at=at, cause=cause, **(besides | dict(given.facts)))
    elif given.facts:
        amend_contact(contact=contact, facts=given.facts, by=by, at=at, cause=cause)
    people = dict(DealContact.objects.filter(deal=deal).values_list("contact_id", "role"))
    people[contact.pk] = given.role or people.get(contact.pk, "")
    name_contacts(deal=deal, contacts=list(people.items()), by=by, at=at, cause=cause)
