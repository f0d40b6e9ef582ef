"""Writing the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member
from piste.journal.operations import record

from .models import Product

#: Facts that `amend_product` may change.
FACTS = ("name", "code", "price_minor", "currency")


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
    """A new product; a retired one of the same name comes back with these facts. Raises `NameTaken`."""
    found = Product.objects.filter(name__iexact=name.strip()).first()
    if found is not None and found.retired_at is None:
        raise NameTaken(name)
    product = found or Product(created_at=at)
    product.name, product.code, product.retired_at = name.strip(), code.strip(), None
    product.price_minor, product.currency = price_minor, currency
    product.save()
    _record("product.added", product, by, at, cause)
    return product


@transaction.atomic
def amend_product(*, product: Product, facts: Mapping[str, Any], by: Member, at: datetime) -> dict[str, list[Any]]:
    """Changes a product, by the names of `FACTS`; returns what really changed as [before, after]. Raises `NameTaken`.

    Deals keep the prices they were given.
    """
    current = Product.objects.select_for_update().get(pk=product.pk)
    changes: dict[str, list[Any]] = {}
    for name, value in facts.items():
        if name not in FACTS:
            raise KeyError(name)
        before = getattr(current, name)
        after = value.strip() if isinstance(value, str) else value
        if before != after:
            setattr(current, name, after)
            changes[name] = [before, after]
    if Product.objects.filter(name__iexact=current.name).exclude(pk=current.pk).exists():
        raise NameTaken(current.name)
    if changes:
        current.save(update_fields=list(changes))
        _record("product.amended", current, by, at, "page", {"changes": changes})
    return changes


@transaction.atomic
def retire_product(*, product: Product, by: Member, at: datetime) -> None:
    """Takes a product out of the lists; deals that have it keep it."""
    product.retired_at = at
    product.save(update_fields=["retired_at"])
    _record("product.retired", product, by, at, "page")


@transaction.atomic
def restore_product(*, product: Product, by: Member, at: datetime) -> None:
    """Brings a product back into the lists."""
    product.retired_at = None
    product.save(update_fields=["retired_at"])
    _record("product.restored", product, by, at, "page")


def _record(
    verb: str, product: Product, by: Member | None, at: datetime, cause: str, data: Mapping[str, Any] | None = None
) -> None:
    record(
        verb=verb,
        subject_kind="product",
        subject_id=product.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data={"name": product.name, **(data or {})},
    )
