"""What rules are told of deals and of what happened."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from piste.automations.rules import Facts, Happened
from piste.deals.models import Deal
from piste.experiments.models import Assignment
from piste.foundations.money import UnknownCurrency, to_decimal


def facts_of(deal: Deal) -> Facts:
    """What conditions are held against; one statement for the tags, one for the variants of split tests."""
    drawn = Assignment.objects.filter(deal_id=deal.pk).order_by().values_list("variant_id", flat=True)
    return Facts(
        amount=major(deal.amount_minor, deal.currency),
        stage=str(deal.stage_id),
        owner=str(deal.owner_id),
        team=str(deal.team_id or ""),
        source=str(deal.source_id or ""),
        tags=frozenset(tag.name for tag in deal.tags.all()),
        variants=frozenset(map(str, drawn)),
        custom=deal.custom,
    )


def happened(verb: str, data: dict[str, Any], deal: Deal) -> Happened:
    """What an entry of the journal told of a deal."""
    pair = (data.get("changes") or {}).get("amount_minor")
    now = major(pair[1], deal.currency) if pair else major(deal.amount_minor, deal.currency)
    return Happened(verb, data, now, major(pair[0], deal.currency) if pair else None)


def major(minor: int | None, currency: str) -> Decimal | None:
    try:
        return None if minor is None else to_decimal(minor, currency)
    except UnknownCurrency:
        return None
