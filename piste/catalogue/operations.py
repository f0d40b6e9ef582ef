"""Writing the catalogue."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.company.models import Member
from piste.journal.operations import record

from .models import Product


class NameTaken(ValueError):
    """Another product already has this name."""


@transaction.atomic
def add_product(
    *,
    name: str,
    by: Member | None,
    at: datetime,
    code: str = "",
    price_minor: int | None = None,
    currency: str = "EUR",
    cause: str = "page",
) -> Product:
    """A new product. Raises `NameTaken`."""
    if Product.objects.filter(name__iexact=name.strip()).exists():
        raise NameTaken(name)
    product = Product.objects.create(
        name=name.strip(), code=code.strip(), price_minor=price_minor, currency=currency, created_at=at
    )
    _record("product.added", product, by, at, cause)
    return product


@transaction.atomic
def retire_product(*, product: Product, by: Member, at: datetime) -> None:
    """Takes a product out of the lists; deals that have it keep it."""
    product.retired_at = at
    product.save(update_fields=["retired_at"])
    _record("product.retired", product, by, at, "page")


def _record(verb: str, product: Product, by: Member | None, at: datetime, cause: str) -> None:
    record(
        verb=verb,
        subject_kind="product",
        subject_id=product.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"name": product.name},
    )
