"""What was known of each deal at a moment: the present facts, with what was changed since taken back by the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q

from piste.deals.models import Deal, DealSet, Move
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


@dataclass(frozen=True, slots=True)
class DealFacts:
    """A deal as figures see it; `amount_minor` in minor units of `currency`, None when nobody said."""

    id: int
    amount_minor: int | None
    currency: str
    owner_id: int
    team_id: int | None
    source_id: int | None
    company_id: int | None
    custom: Mapping[str, Any]


COLUMNS = ("pk", "amount_minor", "currency", "owner_id", "team_id", "source_id", "company_id", "custom")


def facts_of(deals: DealSet, *, as_of: datetime | None = None) -> dict[int, DealFacts]:
    """The facts of these deals by id, today's or, with `as_of`, those known then."""
    found = {row[0]: DealFacts(*row) for row in deals.values_list(*COLUMNS)}
    if as_of is not None:
        for key, before in _since(as_of, found).items():
            found[key] = _back(found[key], before)
    return found


def _back(now: DealFacts, before: Mapping[str, Any]) -> DealFacts:
    known = {KEPT[name]: value for name, value in before.items() if name in KEPT}
    own = {name.removeprefix("custom:"): value for name, value in before.items() if name.startswith("custom:")}
    if own:
        merged = {**now.custom, **own}
        known["custom"] = {name: value for name, value in merged.items() if value is not None}
    return replace(now, **known)


def _since(as_of: datetime, among: Mapping[int, DealFacts]) -> dict[int, dict[str, Any]]:
    """By deal, the value each changed fact had at a moment: what its first later change says was there before."""
    found: dict[int, dict[str, Any]] = {}
    rows = Entry.objects.filter(subject_kind="deal", verb="deal.amended", at__gt=as_of).order_by("id")
    for key, data in rows.values_list("subject_id", "data").iterator(2000):
        if key in among:
            said = found.setdefault(key, {})
            for name, pair in data.get("changes", {}).items():
                said.setdefault(name, pair[0])
    return found


def loss_reasons(deals: Iterable[int] | None, stages: Sequence[int], *, as_of: datetime) -> dict[int, int | None]:
    """By deal, the reason named when it was last lost, until a moment; of the moves that touch these stages."""
    rows = Move.objects.filter(Q(to_stage__in=stages), to_status="lost", at__lte=as_of)
    if deals is not None:
        rows = rows.filter(deal__in=list(deals))
    return dict(rows.order_by("deal_id", "number").values_list("deal_id", "loss_reason_id"))


def present(as_of: datetime | None) -> DealSet:
    """The deals that are, or were at a moment, in the pipeline rather than in the bin."""
    if as_of is None:
        return Deal.objects.present()
    return Deal.objects.filter(Q(deleted_at=None) | Q(deleted_at__gt=as_of))
