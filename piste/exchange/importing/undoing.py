"""Undoing an import whole: what it created goes to the bin, what it changed is as before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from piste.catalogue.models import Product
from piste.catalogue.operations import retire_product
from piste.company.models import Member, Team
from piste.deals import operations as deals
from piste.deals.models import Deal, DealContact, Source
from piste.exchange.models import ImportRun
from piste.journal.operations import record
from piste.people.models import Company, Contact
from piste.people.operations import amend_company, amend_contact, discard


class AlreadyUndone(Exception):
    """This import was undone before."""


@transaction.atomic
def undo_import(*, run: ImportRun, by: Member | None, at: datetime) -> dict[str, int]:
    """Takes back everything one import did, newest first; returns how many objects were discarded and set back.

    A company or contact that something else has come to use since is kept. Raises `AlreadyUndone`.
    """
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.undone_at is not None:
        raise AlreadyUndone
    counts = {"discarded": 0, "set_back": 0, "kept": 0}
    rows = list(locked.rows.order_by("-pk"))
    order = {"deal": 0, "contact": 1, "company": 2, "product": 3}
    for row in sorted(rows, key=lambda row: order.get(row.object_kind, 9)):
        outcome = _undo(row.object_kind, row.object_id, row.outcome, row.before, by, at)
        counts[outcome] += 1
    locked.undone_at = at
    locked.save(update_fields=["undone_at"])
    record(
        verb="import.undone",
        subject_kind="import",
        subject_id=locked.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause="import",
        data=counts,
    )
    return counts


def _undo(kind: str, key: int, outcome: str, before: Mapping[str, Any], by: Member | None, at: datetime) -> str:
    match kind, outcome:
        case "deal", "created":
            deal = Deal.objects.get(pk=key)
            if deal.deleted_at is None:
                deals.discard(deal=deal, by=by, at=at, cause="import")
            return "discarded"
        case "deal", "updated":
            _set_back(Deal.objects.get(pk=key), before, by, at)
            return "set_back"
        case "company", "created":
            return _discard_unused(Company.objects.get(pk=key), by, at)
        case "contact", "created":
            return _discard_unused(Contact.objects.get(pk=key), by, at)
        case "company", _:
            amend_company(company=Company.objects.get(pk=key), facts=_facts(before), by=by, at=at, cause="import")
            return "set_back"
        case "contact", _:
            amend_contact(contact=Contact.objects.get(pk=key), facts=_facts(before), by=by, at=at, cause="import")
            return "set_back"
        case _:
            product = Product.objects.get(pk=key)
            if by is not None and product.retired_at is None:
                retire_product(product=product, by=by, at=at)
            return "discarded"


def _set_back(deal: Deal, before: Mapping[str, Any], by: Member | None, at: datetime) -> None:
    """Undoes the moves where they are still the last, and puts the facts back."""
    for number in reversed(before.get("moves", [])):
        try:
            deals.undo(deal=deal, number=number, by=by, at=at, cause="import")
        except deals.CannotUndo:
            break
    deals.amend(deal=deal, facts=_facts(before), custom=before.get("custom", {}), by=by, at=at, cause="import")


def _facts(before: Mapping[str, Any]) -> dict[str, Any]:
    """Kept values as the operations take them: links as rows, days as dates."""
    models: dict[str, Any] = {"company": Company, "owner": Member, "team": Team, "source": Source, "parent": Company}
    found = {}
    for name, value in before.get("facts", {}).items():
        if name in models:
            found[name] = models[name]._default_manager.filter(pk=value).first() if value else None
        elif name.endswith("_on") and value:
            found[name] = date.fromisoformat(value)
        else:
            found[name] = value
    return found


def _discard_unused(person: Company | Contact, by: Member | None, at: datetime) -> str:
    if person.deleted_at is not None:
        return "discarded"
    if isinstance(person, Company):
        used = Deal.objects.present().filter(company=person).exists()
        used = used or Contact.objects.current().filter(company=person).exists()
    else:
        used = DealContact.objects.filter(contact=person, deal__deleted_at=None).exists()
    if used:
        return "kept"
    discard(person=person, by=by, at=at, cause="import")
    return "discarded"
