"""What was known of each deal at a moment: the present facts, with what was changed since taken back by the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection

from piste.deals.models import DealSet, Move
from piste.journal.models import Entry

#: Names of facts in the journal and in `DealFacts`.
KEPT = {
    "amount_minor": "amount_minor",
    "currency": "currency",
    "owner": "owner_id",
    "team": "team_id",
    "source": "source_id",
    "company": "company_id",
}


class DealFacts(NamedTuple):
    """A deal as figures see it; `amount_minor` in minor units of `currency`, None when nobody said."""

    id: int
    amount_minor: int | None
    currency: str
    owner_id: int
    team_id: int | None
    source_id: int | None
    company_id: int | None
    #: As the database keeps it: most figures of a hundred thousand deals never look inside.
    custom_text: str

    @property
    def custom(self) -> dict[str, Any]:
        """The values of custom fields by key."""
        found: dict[str, Any] = json.loads(self.custom_text)
        return found


COLUMNS = ("pk", "amount_minor", "currency", "owner_id", "team_id", "source_id", "company_id", "custom")


@dataclass(frozen=True, slots=True)
class Before:
    """By deal, what was there at a moment of all that has changed since: facts as the journal names them, names of tags, ids of
    products."""

    facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    tags: dict[int, list[str]] = field(default_factory=dict)
    products: dict[int, list[int]] = field(default_factory=dict)


def facts_of(deals: DealSet, before: Before | None = None) -> dict[int, DealFacts]:
    """The facts of these deals by id, today's or those of `before`."""
    try:
        statement, values = deals.order_by().values_list(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = {row[0]: DealFacts._make(row) for row in cursor.fetchall()}
    for key, said in (before.facts if before else {}).items():
        if key in found:
            found[key] = _back(found[key], said)
    return found


def _back(now: DealFacts, before: Mapping[str, Any]) -> DealFacts:
    known = {KEPT[name]: value for name, value in before.items() if name in KEPT}
    own = {name.removeprefix("custom:"): value for name, value in before.items() if name.startswith("custom:")}
    if own:
        merged = {**now.custom, **own}
        known["custom_text"] = json.dumps({name: value for name, value in merged.items() if value is not None})
    return now._replace(**known)


def before(as_of: datetime) -> Before:
    """What the first change after a moment says was there before it."""
    found = Before()
    verbs = ("deal.amended", "deal.tagged", "deal.products")
    rows = Entry.objects.filter(subject_kind="deal", verb__in=verbs, at__gt=as_of).order_by("id")
    for key, verb, data in rows.values_list("subject_id", "verb", "data").iterator(2000):
        if verb == "deal.amended":
            said = found.facts.setdefault(key, {})
            for name, pair in data.get("changes", {}).items():
                said.setdefault(name, pair[0])
        elif "before" in data and verb == "deal.tagged":
            found.tags.setdefault(key, data["before"])
        elif "before" in data:
            found.products.setdefault(key, [product for product, *_ in data["before"]])
    return found


def loss_reasons(stages: Sequence[int], *, as_of: datetime) -> dict[int, int | None]:
    """By deal, the reason named when it was last lost, until a moment; of the moves that touch these stages."""
    rows = Move.objects.filter(to_stage__in=stages, to_status="lost", at__lte=as_of)
    return dict(rows.order_by("deal_id", "number").values_list("deal_id", "loss_reason_id"))
