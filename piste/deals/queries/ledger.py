"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from piste.deals import rules
from piste.deals.models import Deal, Move


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


def ledgers(*, batch: int = 1000, pipeline_id: int | None = None) -> Iterator[Ledger]:
    """Every deal (of one pipeline) with its ledger, in order of id, in bounded memory."""
    last = 0
    found = Deal.objects.all() if pipeline_id is None else Deal.objects.filter(pipeline_id=pipeline_id)
    while deals := list(found.filter(pk__gt=last).order_by("pk")[:batch]):
        last = deals[-1].pk
        moves: dict[int, list[Move]] = {deal.pk: [] for deal in deals}
        rows = Move.objects.filter(deal_id__gte=deals[0].pk, deal_id__lte=last)
        for move in rows.order_by("deal_id", "number").iterator(2000):
            if move.deal_id in moves:
                moves[move.deal_id].append(move)
        for deal in deals:
            yield Ledger(deal, moves[deal.pk])
