"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from piste.deals import rules
from piste.deals.models import Deal, Move


class MoveRow(NamedTuple):
    """A row of the ledger as it is read by the hundred thousand; the names are those of `Move`."""

    deal_id: int
    number: int
    kind: str
    from_stage_id: int | None
    to_stage_id: int
    from_status: str
    to_status: str
    at: datetime
    recorded_at: datetime
    by_id: int | None
    why: str
    cause: str
    loss_reason_id: int | None
    hold_until: date | None
    undoes: int | None
    override: str
    process_version_id: int | None
    previous_hash: bytes
    hash: bytes
    erased_at: datetime | None


def step_of(move: Move | MoveRow) -> rules.Step:
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
    moves: list[MoveRow]


def ledgers(*, batch: int = 1000, pipeline_id: int | None = None) -> Iterator[Ledger]:
    """Every deal (of one pipeline) with its ledger, in order of id, in bounded memory."""
    last = 0
    found = Deal.objects.all() if pipeline_id is None else Deal.objects.filter(pipeline_id=pipeline_id)
    while deals := list(found.filter(pk__gt=last).order_by("pk")[:batch]):
        last = deals[-1].pk
        moves: dict[int, list[MoveRow]] = {deal.pk: [] for deal in deals}
        rows = Move.objects.filter(deal_id__gte=deals[0].pk, deal_id__lte=last).order_by("deal_id", "number")
        for row in rows.values_list(*MoveRow._fields).iterator(2000):
            if row[0] in moves:
                moves[row[0]].append(MoveRow._make(row))
        for deal in deals:
            yield Ledger(deal, moves[deal.pk])
