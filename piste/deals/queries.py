"""Questions about deals."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q

from piste.pipelines.models import Requirement

from . import rules
from .models import Deal, DealContact, DealProduct, Move


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


def step_of(move: Move) -> rules.Step:
    """The facts of a ledger row that decide the state after it."""
    return rules.Step(
        number=move.number,
        kind=move.kind,
        to_stage_id=move.to_stage_id,
        to_status=move.to_status,
        at=move.at,
        why=move.why,
        loss_reason_id=move.loss_reason_id,
        hold_until=move.hold_until,
        undoes=move.undoes,
    )


def steps(deal: Deal) -> list[rules.Step]:
    """A deal's ledger in order."""
    return [step_of(move) for move in Move.objects.filter(deal=deal).order_by("number")]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One deal with its whole ledger, for checks that read many."""

    deal: Deal
    moves: list[Move]


def ledgers(*, batch: int = 1000) -> Iterator[Ledger]:
    """Every deal with its ledger, in order of id, in bounded memory."""
    last = 0
    while True:
        deals = list(
            Deal.objects.filter(pk__gt=last).select_related("stage", "pipeline").order_by("pk")[:batch]
        )
        if not deals:
            return
        last = deals[-1].pk
        moves: dict[int, list[Move]] = {deal.pk: [] for deal in deals}
        found = Move.objects.filter(deal_id__gte=deals[0].pk, deal_id__lte=last)
        for move in found.order_by("deal_id", "number"):
            moves[move.deal_id].append(move)
        for deal in deals:
            yield Ledger(deal, moves[deal.pk])
