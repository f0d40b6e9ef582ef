"""Appending to the ledger: the one place where a deal's state changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.db import connection

from piste.asking import KeptRecords
from piste.company.models import Member
from piste.deals import rules
from piste.deals.models import Deal, Move
from piste.deals.queries import MoveRow
from piste.journal.operations import record
from piste.journal.rows import add_row, change_row, unsaved
from piste.journal.rules import link, stamp
from piste.pipelines.models import Stage

from .errors import Discarded, Overtaken, StageRetired, WrongDate
from .totals import Cell, shift


@dataclass(frozen=True, slots=True)
class Act:
    """Who does it, when, through which door, and why; `besides` is what the journal's entry says more."""

    by: Member | None
    at: datetime
    why: str = ""
    cause: str = "page"
    override: str = ""
    besides: Mapping[str, Any] = field(default_factory=dict)


def lock(deal: Deal, *, seen: int | None = None, binned: bool = False) -> Deal:
    """The deal as it stands now, locked until the end of the transaction.

    `seen` is the number of the last move the caller knew of; raises `Overtaken` when there has been another, and
    `Discarded` for a deal in the bin unless `binned` says that it may be there; an erased one is there for good.
    """
    if connection.features.has_select_for_update:
        # Locked alone first: a join would keep the stage the deal had before the wait, and then find no row at all.
        list(Deal.objects.select_for_update().filter(pk=deal.pk).values_list("pk"))
    current: Deal | None = _locked.record(key=deal.pk)
    if current is None:
        raise Deal.DoesNotExist
    if current.erased_at is not None or (current.deleted_at is not None and not binned):
        raise Discarded(current.title)
    if seen is not None and seen != current.ledger_number:
        last = Move.objects.filter(deal=current).select_related("by", "to_stage", "from_stage").latest("number")
        raise Overtaken(last)
    return current


@KeptRecords
def _locked(*, key: int) -> Any:
    return Deal.objects.filter(pk=key).select_related("stage", "pipeline")


def state_of(deal: Deal) -> rules.State:
    """The state kept on the deal's row."""
    return rules.State(
        stage_id=deal.stage_id,
        status=deal.status,
        entered_stage_at=deal.entered_stage_at,
        closed_at=deal.closed_at,
        hold_until=deal.hold_until,
        loss_reason_id=deal.loss_reason_id,
        loss_note=deal.loss_note,
    )


def keep_in_use(stage: Stage) -> None:
    """Makes sure that a stage still takes deals, and goes on taking them until the end of the transaction; learns whether a split
    test is in force there.

    Whoever retires it waits for this transaction, or has finished: then raises `StageRetired`.
    """
    asked = "SELECT retired_at, is_tested FROM pipelines_stage WHERE id = %s"
    if connection.features.has_select_for_update:
        asked += " FOR SHARE"
    with connection.cursor() as cursor:
        cursor.execute(asked, [stage.pk])
        row = cursor.fetchone()
    if row is None or row[0] is not None:
        raise StageRetired(stage.name)
    stage.is_tested = bool(row[1])


def put(deal: Deal, state: rules.State, stage: Stage) -> None:
    """Writes a state onto the deal's fields (not yet saved), with the column that follows from it."""
    deal.stage = stage
    deal.pipeline_id = stage.pipeline_id
    deal.status = state.status
    deal.entered_stage_at = state.entered_stage_at
    deal.closed_at = state.closed_at
    deal.hold_until = state.hold_until
    deal.loss_reason_id = state.loss_reason_id
    deal.loss_note = state.loss_note
    shown = deal.deleted_at is None and rules.shows_in_column(state.status, stage.role)
    deal.column_id = stage.pk if shown else None


def append(
    deal: Deal,
    *,
    kind: str,
    to: Stage,
    status: str,
    act: Act,
    loss_reason_id: int | None = None,
    hold_until: date | None = None,
    undone: tuple[int, rules.State] | None = None,
    kept: bool = False,
) -> Move:
    """Appends a move to a locked deal and carries the consequences: state, totals, journal.

    `undone` is the number of the move taken back and the state before it; `kept`: the stage is kept in use already. A move is
    never dated before what it follows: of two people acting in the same instant, the second waits and takes the first one's
    time. Raises `WrongDate` when `act.at` lies before the deal came to be, `StageRetired` when a deal that can still move would
    land in a retired stage.
    """
    if act.at < deal.created_at:
        raise WrongDate(deal.created_at)
    if act.at < deal.updated_at:
        act = replace(act, at=deal.updated_at)
    if not kept and (status in (rules.OPEN, rules.HELD) or rules.shows_in_column(status, to.role)):
        keep_in_use(to)
    before, old_cell = state_of(deal), Cell.of(deal)
    stood = [getattr(deal, name) for name in STATE]
    origin = deal.stage
    step = rules.Step(
        number=deal.ledger_number + 1,
        kind=kind,
        to_stage_id=to.pk,
        to_status=status,
        at=act.at,
        why=act.why,
        loss_reason_id=loss_reason_id,
        hold_until=hold_until,
        undoes=undone[0] if undone else None,
    )
    put(deal, undone[1] if undone else rules.after(before, step), to)
    written = write_move(deal, step, from_stage_id=origin.pk, from_status=before.status, act=act)
    written.to_stage = to
    deal.updated_at = act.at
    # Only what has changed: SQLite writes each index anew of which a column is named, be it as it was.
    change_row(deal, [name for name, was in zip(STATE, stood, strict=True) if getattr(deal, name) != was])
    shift([(old_cell, -1, -old_cell.amount), (Cell.of(deal), 1, Cell.of(deal).amount)])
    record(
        verb=f"deal.{kind}",
        subject_kind="deal",
        subject_id=deal.pk,
        pipeline_id=deal.pipeline_id,
        actor_id=act.by.pk if act.by else None,
        at=act.at,
        cause=act.cause,
        data=told(written, origin, to) | dict(act.besides),
    )
    return written


#: What a move may change of its deal's row.
STATE = (
    "pipeline_id",
    "stage_id",
    "status",
    "entered_stage_at",
    "closed_at",
    "hold_until",
    "loss_reason_id",
    "loss_note",
    "column_id",
    "ledger_number",
    "ledger_hash",
    "updated_at",
)


def write_move(deal: Deal, step: rules.Step, *, from_stage_id: int | None, from_status: str, act: Act) -> Move:
    """Writes the row of the ledger and remembers its number and hash on the deal (not saved)."""
    version_id = deal.pipeline.version_id
    move = build_move(deal, step, from_stage_id=from_stage_id, from_status=from_status, act=act, version_id=version_id)
    add_row(move)
    return move


def build_move(
    deal: Deal, step: rules.Step, *, from_stage_id: int | None, from_status: str, act: Act, version_id: int | None
) -> Move:
    """The row of the ledger, chained behind the deal's last one; the deal then carries its number and hash.

    `version_id` is the process version in force when it happened, None for a past before the first one.
    """
    previous = bytes(deal.ledger_hash) or bytes(32)
    facts = {
        "deal_id": deal.pk,
        "number": step.number,
        "kind": step.kind,
        "from_stage_id": from_stage_id,
        "to_stage_id": step.to_stage_id,
        "from_status": from_status,
        "to_status": step.to_status,
        "at": step.at,
        "recorded_at": act.at,
        "by": act.by,
        "why": step.why,
        "cause": act.cause,
        "loss_reason_id": step.loss_reason_id,
        "hold_until": step.hold_until,
        "undoes": step.undoes,
        "override": act.override,
        "process_version_id": version_id,
        "previous_hash": previous,
    }
    move = unsaved(Move, facts)
    move.hash = move_hash(move)
    deal.ledger_number, deal.ledger_hash = move.number, move.hash
    return move


def move_hash(move: Move | MoveRow) -> bytes:
    """The hash a move must carry: over the one before and all its facts."""
    return link(bytes(move.previous_hash), *_facts(move))


def seal(moves: Sequence[Move | MoveRow]) -> str:
    """What the journal keeps of an erased deal's ledger: over all that is left of its moves, and the hashes they carry. Those
    that lost their words no longer give their own hash, and are still proved by this one."""
    kept = bytes(32)
    for move in moves:
        kept = link(kept, *_facts(move), bytes(move.previous_hash).hex(), bytes(move.hash).hex())
    return kept.hex()


def _facts(move: Move | MoveRow) -> tuple[object, ...]:
    return (
        move.deal_id,
        move.number,
        move.kind,
        move.from_stage_id,
        move.to_stage_id,
        move.from_status,
        move.to_status,
        stamp(move.at),
        stamp(move.recorded_at),
        move.by_id,
        move.why,
        move.cause,
        move.loss_reason_id,
        move.hold_until.isoformat() if move.hold_until else None,
        move.undoes,
        move.override,
        move.process_version_id,
    )


def told(move: Move, origin: Stage | None, to: Stage) -> dict[str, object]:
    """What the journal says of a move: enough for the timeline and the live pages without another query."""
    data: dict[str, object] = {
        "move": move.number,
        "to": to.pk,
        "to_name": to.name,
        "status": move.to_status,
    }
    if origin is not None:
        data |= {"from": origin.pk, "from_name": origin.name, "from_status": move.from_status}
        if origin.pipeline_id != to.pipeline_id:
            data["from_pipeline"] = origin.pipeline_id
    for name, value in (
        ("tested", to.is_tested),
        ("why", move.why),
        ("override", move.override),
        ("undoes", move.undoes),
        ("hold_until", move.hold_until.isoformat() if move.hold_until else None),
        ("loss_reason", move.loss_reason_id),
    ):
        if value:
            data[name] = value
    return data
