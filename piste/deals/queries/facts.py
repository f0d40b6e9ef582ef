"""Which facts a move requires, and which are known of a deal."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from piste.deals.models import Deal, DealContact, DealProduct
from piste.pipelines.models import Requirement


def required_facts(*, enter: int | None, leave: int | None) -> list[str]:
    """The facts required to enter one stage and to leave another, in the order the company gave them."""
    wanted = Q()
    if enter is not None:
        wanted |= Q(stage_id=enter, to_enter=True)
    if leave is not None:
        wanted |= Q(stage_id=leave, to_leave=True)
    if not wanted:
        return []
    return list(
        Requirement.objects.filter(wanted).order_by("position", "pk").values_list("fact", flat=True)
    )


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
        people = DealContact.objects.filter(deal=deal).values_list(
            "role", "contact__email", "contact__phone"
        )
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
