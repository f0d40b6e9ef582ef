"""What was known of deals when they entered a stage, held against whether they went on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db.models import QuerySet

from piste.activities.models import Activity
from piste.company.models import CustomField, FieldKind, FieldSubject
from piste.deals.models import Deal, DealContact, DealProduct, PurchaseRole
from piste.journal.models import Entry
from piste.stats.conversion import ADVANCED, conversion
from piste.stats.history import Ints
from piste.stats.traits import Traits, horizon, traits

from .facts import KEPT
from .figures import Within
from .ledger import DAY, Microseconds, in_days, table
from .reading import Reading

#: Kinds of custom fields whose values are few enough to be compared.
COMPARED = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO)
YES, NO = "yes", "no"


def traits_of(read: Reading, place: int, within: Within) -> Traits:
    """The traits of the deals that entered the stage at a place within a period and went on from it.

    Only deals watched for the whole horizon (within which 9 in 10 of those who went on did) are compared, and only what was known
    when they entered: later changes are taken back by the journal. Of imported deals, what the file said counts as known.
    """
    since, until = within.days
    found = conversion(read.history, place, since=since, until=until)
    limit = horizon(found.days[found.fate == ADVANCED].tolist())
    if limit is None:
        return traits([], horizon_days=None)
    visits = read.history.visits
    rows = np.flatnonzero(visits.stage == place)
    ids, first = np.unique(visits.deal[rows], return_index=True)
    entered = dict(zip(ids.tolist(), visits.entered[rows[first]].tolist(), strict=True))
    watched = [deal for deal in found.entered.tolist() if entered[deal] + limit <= read.history.as_of]
    moments = {deal: entered[deal] for deal in watched}
    went = dict(zip(found.entered.tolist(), ((found.fate == ADVANCED) & (found.days <= limit)).tolist(), strict=True))
    known = _known(read, moments)
    return traits([(went[deal], known[deal]) for deal in watched], horizon_days=limit)


def _known(read: Reading, moments: Mapping[int, float]) -> dict[int, dict[str, list[str]]]:
    """By deal, its values by field when it entered."""
    before = _before(moments)
    own = [field for field in CustomField.objects.filter(subject=FieldSubject.DEAL) if field.kind in COMPARED]
    deals = np.array(sorted(moments), dtype=np.int64)
    campaigns = dict(Deal.objects.filter(pipeline=read.scope.pipeline).exclude(campaign="").values_list("pk", "campaign"))
    (several, decided), goods, busy = _people(deals), _goods(deals), _busy(moments, deals)
    found: dict[int, dict[str, list[str]]] = {}
    for deal in moments:
        fact, then = read.facts[deal], before.get(deal, {})
        source = then.get("source", fact.source_id)
        amount = then.get("amount_minor", fact.amount_minor)
        campaign = then.get("campaign", campaigns.get(deal))
        contacts = then.get("contacts")
        two = deal in several if contacts is None else len(contacts) >= 2
        decides = deal in decided if contacts is None else any(role == PurchaseRole.DECIDES for _, role in contacts)
        values = {
            "source": [str(source)] if source else [],
            "campaign": [str(campaign)] if campaign else [],
            "amount": [YES if amount is not None else NO],
            "contacts": [YES if two else NO],
            "decision_maker": [YES if decides else NO],
            "product": [str(product) for product, *_ in then.get("products", goods.get(deal, []))],
            "activities": [YES if deal in busy else NO],
        }
        for field in own:
            value = then.get(f"custom:{field.key}", fact.custom.get(field.key))
            values[f"custom:{field.key}"] = texts(value)
        found[deal] = values
    return found


def texts(value: Any) -> list[str]:
    """The value of a custom field as the texts one compares; none when there is none."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return [YES if value else NO]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _before(moments: Mapping[int, float]) -> dict[int, dict[str, Any]]:
    """By deal, what each fact changed since was before: the first later change says it."""
    found: dict[int, dict[str, Any]] = {}
    rows = Entry.objects.filter(subject_kind="deal", verb__in=("deal.amended", "deal.contacts", "deal.products")).order_by("id")
    for key, verb, at, data in rows.values_list("subject_id", "verb", "at", "data").iterator(2000):
        if key not in moments or in_days(at) <= moments[key]:
            continue
        said = found.setdefault(key, {})
        if verb == "deal.amended":
            for name, pair in data.get("changes", {}).items():
                if name in KEPT or name == "campaign" or name.startswith("custom:"):
                    said.setdefault(name, pair[0])
        elif "before" in data:
            said.setdefault(verb.removeprefix("deal."), data["before"])
    return found


def _rows_of(rows: QuerySet[Any, Any], deals: Ints) -> Ints:
    """What a statement of whole numbers, a deal first, gives of these deals (ascending)."""
    found = table(rows)
    return found[np.isin(found[:, 0], deals)]


def _people(deals: Ints) -> tuple[set[int], set[int]]:
    """The deals with two contacts or more, and those with somebody who decides."""
    found = _rows_of(DealContact.objects.order_by().values_list("deal_id", "contact_id"), deals)
    ids, counts = np.unique(found[:, 0], return_counts=True)
    deciding = DealContact.objects.filter(role=PurchaseRole.DECIDES).order_by().values_list("deal_id", "contact_id")
    return set(ids[counts >= 2].tolist()), set(_rows_of(deciding, deals)[:, 0].tolist())


def _goods(deals: Ints) -> dict[int, list[tuple[int]]]:
    found: dict[int, list[tuple[int]]] = {}
    for deal, product in _rows_of(DealProduct.objects.order_by("pk").values_list("deal_id", "product_id"), deals).tolist():
        found.setdefault(deal, []).append((product,))
    return found


def _busy(moments: Mapping[int, float], deals: Ints) -> set[int]:
    """The deals on which two activities or more were done before they entered."""
    rows = Activity.objects.exclude(deal=None).exclude(done_at=None).order_by()
    found = _rows_of(rows.values_list("deal_id", Microseconds("done_at")), deals)
    entered = np.array([moments[deal] for deal in deals.tolist()])
    before = found[:, 1] / DAY < entered[np.searchsorted(deals, found[:, 0])]
    ids, counts = np.unique(found[before, 0], return_counts=True)
    return set(ids[counts >= 2].tolist())
