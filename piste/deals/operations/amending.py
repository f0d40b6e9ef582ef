"""Changing the facts of a deal: everything but its place, which only moves change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from piste.company.models import Member
from piste.deals.models import Deal
from piste.deals.queries import fact_value, said
from piste.finding.operations import forget, index
from piste.journal.operations import Happening, record, record_many

from .around import put_contacts, put_products, put_tags, searchable
from .errors import AlreadyThere, FactsChanged, NotAllowed
from .ledger import lock, put, state_of
from .totals import Cell, shift

#: Facts that `amend` may change, by the name of the model's field.
FACTS = (
    "title",
    "company",
    "owner",
    "team",
    "amount_minor",
    "currency",
    "expected_close_on",
    "source",
    "campaign",
    "external_id",
)
#: The model's attribute that holds the id of a fact that is another row.
COLUMNS = {name: f"{name}_id" for name in ("company", "owner", "team", "source")}


@transaction.atomic
def amend(
    *,
    deal: Deal,
    facts: Mapping[str, Any] | None = None,
    custom: Mapping[str, Any] | None = None,
    by: Member | None,
    at: datetime,
    expecting: Mapping[str, Any] | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Changes facts (names of `FACTS`) and custom fields of a deal; returns what really changed as (before, after).

    A new owner brings their team along unless `team` is given too. `expecting` holds what the caller last saw of some facts,
    as `queries.fact_value` says them; `besides` what the journal's entry says more. Raises `FactsChanged` when one has changed
    since, `NotAllowed` for an owner who has left.
    """
    current = lock(deal, binned=True)
    hold_against(current, expecting)
    wanted = dict(facts or {})
    owner = wanted.get("owner")
    # Asked anew: they may have left since the page was made.
    if owner is not None and owner.pk != current.owner_id and not Member.objects.active().filter(pk=owner.pk).exists():
        raise NotAllowed
    old_cell = Cell.of(current)
    changed = alter(current, wanted, custom or {})
    if not changed:
        return {}
    current.updated_at = max(at, current.updated_at)
    current.save()
    new_cell = Cell.of(current)
    shift([(old_cell, -1, -old_cell.amount), (new_cell, 1, new_cell.amount)])
    if current.deleted_at is None:
        index([searchable(current)])
    _record(current, "deal.amended", by, at, cause, amended(changed) | dict(besides or {}))
    return changed


def alter(deal: Deal, facts: Mapping[str, Any], custom: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Sets facts on a deal's row, not yet saved; returns what really changed as (before, after)."""
    wanted = dict(facts)
    owner = wanted.get("owner")
    if owner is not None and owner.pk != deal.owner_id:
        wanted.setdefault("team", owner.team)
    changed: dict[str, tuple[Any, Any]] = {}
    for name, value in wanted.items():
        if name not in FACTS:
            raise KeyError(name)
        column = COLUMNS.get(name, name)
        before = getattr(deal, column)
        setattr(deal, name, value)
        if getattr(deal, column) != before:
            changed[name] = (said(before), said(getattr(deal, column)))
    for key, value in custom.items():
        before = deal.custom.get(key)
        if before != value:
            deal.custom[key] = value
            changed[f"custom:{key}"] = (said(before), said(value))
    return changed


def amended(changed: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """What the journal's entry says of changed facts."""
    return {"changes": {name: list(pair) for name, pair in changed.items()}}


@transaction.atomic
def name_contacts(
    *,
    deal: Deal,
    contacts: Sequence[tuple[int, str]],
    by: Member | None,
    at: datetime,
    expecting: Mapping[str, Any] | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> None:
    """Sets who takes part: (contact id, role in the purchase), the main one first. Raises `FactsChanged` as `amend` does."""
    current = lock(deal)
    hold_against(current, expecting)
    before = fact_value(current, "contacts")
    put_contacts(current, contacts)
    after = [list(row) for row in contacts]
    if before != after:
        _record(current, "deal.contacts", by, at, cause, {"before": before, "after": after} | dict(besides or {}))


@transaction.atomic
def name_products(
    *,
    deal: Deal,
    products: Sequence[tuple[int, int, int | None]],
    by: Member | None,
    at: datetime,
    expecting: Mapping[str, Any] | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> None:
    """Sets what would be bought: (product id, quantity in thousandths, price per unit in minor units).

    Raises `FactsChanged` as `amend` does.
    """
    current = lock(deal)
    hold_against(current, expecting)
    before = fact_value(current, "products")
    put_products(current, products)
    after = [list(row) for row in products]
    if before != after:
        _record(current, "deal.products", by, at, cause, {"before": before, "after": after} | dict(besides or {}))


@transaction.atomic
def name_tags(
    *,
    deal: Deal,
    tags: Sequence[str],
    by: Member | None,
    at: datetime,
    expecting: Mapping[str, Any] | None = None,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> None:
    """Sets the tags by their names; unknown ones are made. Raises `FactsChanged` as `amend` does."""
    current = lock(deal)
    hold_against(current, expecting)
    before = fact_value(current, "tags")
    put_tags(current, tags)
    after = fact_value(current, "tags")
    if before != after:
        _record(current, "deal.tagged", by, at, cause, {"before": before, "after": after} | dict(besides or {}))


@transaction.atomic
def discard(*, deal: Deal, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Puts a deal in the bin: out of every count, ledger kept. Raises `AlreadyThere`."""
    current = lock(deal, binned=True)
    if current.deleted_at is not None:
        raise AlreadyThere(current.title)
    cell = Cell.of(current)
    current.deleted_at, current.column, current.updated_at = at, None, max(at, current.updated_at)
    current.save(update_fields=["deleted_at", "column", "updated_at"])
    shift([(cell, -1, -cell.amount)])
    forget("deal", [current.pk])
    _record(current, "deal.discarded", by, at, cause, {"title": current.title})


@transaction.atomic
def discard_many(*, deals: Sequence[int], by: Member | None, at: datetime, cause: str = "page") -> int:
    """Puts deals in the bin in a handful of statements, told by their keys; returns how many were not there already. Nothing
    reacts to it: whoever calls has to see to what rooms above keep of them."""
    rows = list(Deal.objects.present().select_for_update(of=("self",)).filter(pk__in=deals).order_by("pk"))
    cells = [Cell.of(deal) for deal in rows]
    keys = [deal.pk for deal in rows]
    Deal.objects.filter(pk__in=keys, updated_at__lt=at).update(updated_at=at)
    Deal.objects.filter(pk__in=keys).update(deleted_at=at, column=None)
    shift((cell, -1, -cell.amount) for cell in cells)
    forget("deal", keys)
    actor = by.pk if by else None
    record_many(
        happenings=[
            Happening("deal.discarded", "deal", deal.pk, actor, at, {"title": deal.title}, deal.pipeline_id, cause)
            for deal in rows
        ]
    )
    return len(rows)


@transaction.atomic
def restore(*, deal: Deal, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Brings a deal back from the bin, in its place. Raises `AlreadyThere`."""
    current = lock(deal, binned=True)
    if current.deleted_at is None:
        raise AlreadyThere(current.title)
    current.deleted_at, current.updated_at = None, max(at, current.updated_at)
    put(current, state_of(current), current.stage)
    current.save(update_fields=["deleted_at", "column", "updated_at"])
    cell = Cell.of(current)
    shift([(cell, 1, cell.amount)])
    index([searchable(current)])
    _record(current, "deal.restored", by, at, cause, {"title": current.title})


@transaction.atomic
def hand_over(*, leaver: Member, successor: Member, by: Member | None, at: datetime, cause: str = "page") -> int:
    """Gives every deal of one member to another, whatever its status and even in the bin, from where it may come back;
    returns how many. Erased ones stay whose they were."""
    deals = list(Deal.objects.kept().filter(owner=leaver).order_by("pk"))
    for deal in deals:
        amend(deal=deal, facts={"owner": successor}, by=by, at=at, cause=cause)
    return len(deals)


def keep_activities(*, rows: Sequence[tuple[int, date | None, datetime | None]]) -> None:
    """Keeps on locked deals what the activities room found: (deal, day of its next step, when the last one was done)."""
    ops = connection.ops
    values = [(ops.adapt_datefield_value(first), ops.adapt_datetimefield_value(last), key) for key, first, last in rows]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE deals_deal SET next_step_on = %s, last_activity_at = %s WHERE id = %s", values)


def keep_next_step(*, deal_id: int, on: date | str | None) -> None:
    """Keeps on a locked deal the day of its next step alone, as the database told it."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deals_deal SET next_step_on = %s WHERE id = %s", [on, deal_id])


def hold_against(deal: Deal, expecting: Mapping[str, Any] | None) -> None:
    """Refuses to overwrite what the caller has not seen. Raises `FactsChanged`."""
    now = {name: fact_value(deal, name) for name in expecting or {}}
    changed = {name: value for name, value in now.items() if value != (expecting or {})[name]}
    if changed:
        raise FactsChanged(changed)


def _record(deal: Deal, verb: str, by: Member | None, at: datetime, cause: str, data: dict[str, Any]) -> None:
    record(
        verb=verb,
        subject_kind="deal",
        subject_id=deal.pk,
        pipeline_id=deal.pipeline_id,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data=data,
    )
