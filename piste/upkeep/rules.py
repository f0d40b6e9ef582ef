"""Whether one deal's ledger holds."""

from __future__ import annotations

from collections.abc import Sequence

from piste.deals import rules
from piste.deals.models import Deal, Move
from piste.deals.operations.ledger import move_hash, state_of
from piste.deals.queries import MoveRow, step_of
from piste.journal.rules import GENESIS


def ledger_fault(deal: Deal, moves: Sequence[Move | MoveRow]) -> str:
    """What is wrong with one deal's ledger, naming the first move that is; empty when nothing is."""
    previous, stage_id, status = GENESIS, None, ""
    for move in moves:
        if bytes(move.previous_hash) != previous:
            return f"move {move.number} does not follow the one before it"
        if move_hash(move) != bytes(move.hash):
            return f"move {move.number} was changed"
        if (move.from_stage_id, move.from_status) != (stage_id, status):
            return f"move {move.number} does not start where move {move.number - 1} ended"
        previous, stage_id, status = bytes(move.hash), move.to_stage_id, move.to_status
    if deal.ledger_number != len(moves) or bytes(deal.ledger_hash) != previous:
        return f"the ledger ends at move {len(moves)}, the deal knows {deal.ledger_number}"
    try:
        state = rules.replay(step_of(move) for move in moves)
    except rules.BrokenLedger as problem:
        return str(problem)
    if state != state_of(deal):
        return f"its ledger gives {state}, it says {state_of(deal)}"
    return ""
