"""What stands around a deal: contacts, products, tags, and the words it is found by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import batched

from piste.deals.models import Deal, DealContact, DealProduct, Tag
from piste.finding.operations import Document, index

MANY = 1000


def put_contacts(deal: Deal, contacts: Sequence[tuple[int, str]]) -> None:
    DealContact.objects.filter(deal=deal).delete()
    DealContact.objects.bulk_create(
        [
            DealContact(deal=deal, contact_id=contact, role=role or "other", is_main=place == 0)
            for place, (contact, role) in enumerate(dict(contacts).items())
        ]
    )


def put_products(deal: Deal, products: Sequence[tuple[int, int, int | None]]) -> None:
    DealProduct.objects.filter(deal=deal).delete()
    DealProduct.objects.bulk_create(
        [
            DealProduct(deal=deal, product_id=product, quantity_milli=quantity, price_minor=price)
            for product, quantity, price in products
        ]
    )


def put_tags(deal: Deal, tags: Sequence[str]) -> None:
    wanted = by_name(tags)
    if not wanted and not deal.tags.exists():
        return
    deal.tags.set(tags_named(wanted))


def by_name(tags: Sequence[str]) -> dict[str, str]:
    """Names as written, each once without regard to case, by what they are compared by."""
    return {name.strip().casefold(): name.strip() for name in tags if name.strip()}


def tags_named(wanted: Mapping[str, str]) -> list[Tag]:
    """The tags of these names (by their name without regard to case); unknown ones are made."""
    found = {tag.name.casefold(): tag for tag in Tag.objects.filter(name__in=wanted.values())}
    for key, name in wanted.items():
        if key not in found:
            existing = Tag.objects.filter(name__iexact=name).first()
            found[key] = existing or Tag.objects.create(name=name[:60])
    return list(found.values())


def searchable(deal: Deal) -> Document:
    """What can be found of a deal: its title, its company, its own reference."""
    company = deal.company.name if deal.company is not None else ""
    return Document(
        kind="deal",
        object_id=deal.pk,
        label=f"{company} · {deal.title}" if company else deal.title,
        text=" ".join(part for part in (deal.title, company, deal.external_id) if part),
        owner_id=deal.owner_id,
        team_id=deal.team_id,
    )


def index_again(companies: Collection[int]) -> None:
    """Makes the deals of companies findable under the companies' present names."""
    deals = Deal.objects.present().filter(company__in=companies).select_related("company").order_by("pk")
    for batch in batched(deals.iterator(chunk_size=MANY), MANY, strict=False):
        index([searchable(deal) for deal in batch])
