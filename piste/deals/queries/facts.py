"""Which facts a move requires, and which are known of a deal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from piste.deals import rules
from piste.deals.models import Deal, DealContact, DealProduct
from piste.pipelines.models import Requirement, Stage
from piste.pipelines.queries import stage_order

#: Every move asks this; written once, it costs a fifth of what the ORM takes to write it.
REQUIRED = (
    "SELECT fact FROM pipelines_requirement WHERE (stage_id = %s AND to_enter) OR (stage_id = %s AND to_leave) "
    "ORDER BY position, id"
)


#: What rooms above have a deal know to leave its stage instead of what the stage asks for: given deal and stage, the facts, or
#: None when it is as for everybody. Asked where a split test is in force alone; `reactions.py` fills it.
INSTEAD: list[Callable[[int, int], list[str] | None]] = []


def fact_value(deal: Deal, name: str) -> Any:
    """A fact's present value as the journal keeps it: ids, ISO days, minor units, sorted tags; rows for what stands around.

    `contacts` are [contact id, role] with the main one first, `products` [product id, thousandths, price in minor units].
    """
    match name:
        case "tags":
            return sorted(deal.tags.values_list("name", flat=True))
        case "contacts":
            rows = DealContact.objects.filter(deal=deal).order_by("-is_main", "pk")
            return [list(row) for row in rows.values_list("contact_id", "role")]
        case "products":
            goods = DealProduct.objects.filter(deal=deal).order_by("pk")
            return [list(row) for row in goods.values_list("product_id", "quantity_milli", "price_minor")]
        case _ if name.startswith("custom:"):
            return said(deal.custom.get(name.removeprefix("custom:")))
    return said(getattr(deal, {name: f"{name}_id" for name in ("company", "owner", "team", "source")}.get(name, name)))


def said(value: Any) -> Any:
    """A value as the journal keeps it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def required_facts(*, enter: int | None, leave: Stage | None, of: Deal | None = None) -> list[str]:
    """The facts required to enter one stage and to leave another, in the order the company gave them; `of` a deal to which a
    split test may ask for others."""
    instead = _instead(of, leave) if of is not None and leave is not None and leave.is_tested else None
    if instead is not None:
        return list(dict.fromkeys([*required_facts(enter=enter, leave=None), *instead]))
    if enter is None and leave is None:
        return []
    with connection.cursor() as cursor:
        # No row has the stage 0.
        cursor.execute(REQUIRED, [enter or 0, leave.pk if leave else 0])
        return [fact for (fact,) in cursor.fetchall()]


def _instead(deal: Deal, stage: Stage) -> list[str] | None:
    found = (ask(deal.pk, stage.pk) for ask in INSTEAD)
    return next((facts for facts in found if facts is not None), None)


def known_facts(deal: Deal, *, among: Collection[str]) -> set[str]:
    """Which of the given facts are known of a deal; asks the database only for those that need it."""
    known = {
        name
        for name, value in (
            ("amount", deal.amount_minor),
            ("expected_close_on", deal.expected_close_on),
            ("company", deal.company_id),
            ("source", deal.source_id),
        )
        if value is not None
    }
    known |= {f"custom:{key}" for key, value in deal.custom.items() if value not in ("", None, [])}
    if {"contact", "contact_email", "contact_phone", "decision_maker"} & set(among):
        people = DealContact.objects.filter(deal=deal).values_list("role", "contact__email", "contact__phone")
        for role, email, phone in people:
            known.add("contact")
            if email:
                known.add("contact_email")
            if phone:
                known.add("contact_phone")
            if role in ("decides", "signs"):
                known.add("decision_maker")
    if "product" in among and DealProduct.objects.filter(deal=deal).exists():
        known.add("product")
    return known


def lacking(deal: Deal, *, stages: Sequence[Stage]) -> dict[int, list[str]]:
    """For each of these stages of one pipeline in order, what would be missing to move the deal there."""
    ids = [stage.pk for stage in stages]
    needs = list(
        Requirement.objects.filter(Q(stage_id__in=ids) | Q(stage_id=deal.stage_id))
        .order_by("position", "pk")
        .values_list("stage_id", "fact", "to_enter", "to_leave")
    )
    instead = _instead(deal, deal.stage) if deal.stage.is_tested else None
    if instead is not None:
        needs = [(key, fact, enter, leave and key != deal.stage_id) for key, fact, enter, leave in needs]
        needs += [(deal.stage_id, fact, False, True) for fact in instead]
    if not needs:
        return {key: [] for key in ids}
    known = known_facts(deal, among={fact for _, fact, _, _ in needs})
    order = ids if deal.stage_id in ids else stage_order(deal.pipeline_id)
    found = {}
    for stage in stages:
        kind = rules.kind_of_going(deal.status, order, deal.stage_id, stage.pk, role=stage.role)
        entering, leaving = rules.asks(kind, order, deal.stage_id, stage.pk) if kind else (False, False)
        required = [
            fact
            for stage_id, fact, enter, leave in needs
            if (entering and stage_id == stage.pk and enter) or (leaving and stage_id == deal.stage_id and leave)
        ]
        found[stage.pk] = rules.missing(required, known)
    return found
