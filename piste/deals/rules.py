"""Decisions about deals: what a move makes of a state, what is missing, when a deal stalls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from piste.pipelines.rules import kind_of_step

OPEN, WON, LOST, HELD = "open", "won", "lost", "held"
CLOSED = (WON, LOST)


@dataclass(frozen=True, slots=True)
class State:
    """What the ledger says of a deal at an instant."""

    stage_id: int
    status: str
    entered_stage_at: datetime
    closed_at: datetime | None = None
    hold_until: date | None = None
    loss_reason_id: int | None = None
    loss_note: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The facts of a move that decide the state after it."""

    number: int
    kind: str
    to_stage_id: int
    to_status: str
    at: datetime
    why: str = ""
    loss_reason_id: int | None = None
    hold_until: date | None = None
    undoes: int | None = None


class BrokenLedger(ValueError):
    """A sequence of moves that no deal can have."""


def after(before: State | None, step: Step) -> State:
    """The state a step other than `undone` makes of the one before; `before` is None for the first."""
    lost = step.to_status == LOST
    closed_at = None
    if step.to_status in CLOSED:
        same = before is not None and before.status == step.to_status
        closed_at = before.closed_at if before is not None and same else step.at
    entered = before.entered_stage_at if before is not None and before.stage_id == step.to_stage_id else step.at
    return State(
        stage_id=step.to_stage_id,
        status=step.to_status,
        entered_stage_at=entered,
        closed_at=closed_at,
        hold_until=step.hold_until if step.to_status == HELD else None,
        loss_reason_id=step.loss_reason_id if lost else None,
        loss_note=step.why if lost else "",
    )


def states(steps: Iterable[Step]) -> list[tuple[int, State]]:
    """The effective moves (those not undone) as number and state after each; raises `BrokenLedger`."""
    effective: list[tuple[int, State]] = []
    expected = 1
    for step in steps:
        if step.number != expected:
            raise BrokenLedger(f"expected move {expected}, found {step.number}")
        expected += 1
        if step.kind == "undone":
            if len(effective) < 2 or effective[-1][0] != step.undoes:
                raise BrokenLedger(f"move {step.number} undoes {step.undoes}, not the last one")
            effective.pop()
            continue
        if (step.kind == "created") != (not effective):
            raise BrokenLedger(f"move {step.number} is {step.kind}")
        effective.append((step.number, after(effective[-1][1] if effective else None, step)))
    if not effective:
        raise BrokenLedger("no move")
    return effective


def replay(steps: Iterable[Step]) -> State:
    """The state that a ledger gives; raises `BrokenLedger` when no deal can have it."""
    return states(steps)[-1][1]


def kind_of_going(status: str, order: Sequence[int], origin: int, target: int, *, role: str) -> str:
    """What going to a stage is called for a deal of this status; empty when it is there already.

    `order` holds the stage ids of the deal's own pipeline, `role` is that of the target.
    """
    if status == HELD:
        return "resumed"
    if status == LOST or (status == WON and not (role == "retention" and target in order)):
        return "reopened"
    if target == origin:
        return ""
    return kind_of_step(order, origin, target) if target in order else "changed_pipeline"


def asks(kind: str, order: Sequence[int], origin: int, target: int) -> tuple[bool, bool]:
    """Whether a move of this kind asks for the facts to enter its target, and for those to leave its origin.

    Going back asks for nothing, nor does a deal that resumes where it stood. A held or lost deal that comes back further
    on has to know all that the direct way would have asked. `order` holds the stage ids of the deal's own pipeline.
    """
    if kind == "returned":
        return False, False
    if kind in ("advanced", "skipped"):
        return True, True
    if kind in ("resumed", "reopened") and target in order:
        distance = order.index(target) - order.index(origin)
        return distance > 0 or (distance == 0 and kind == "reopened"), distance > 0
    return True, False


def shows_in_column(status: str, stage_role: str) -> bool:
    """Whether the board shows a deal in its stage's column: open ones, and customers in retention."""
    return status == OPEN or (status == WON and stage_role == "retention")


def weighted(amount_minor: int, status: str, probability: int) -> int:
    """Amount × the stage's fixed probability, in minor units, halves to even; what is won counts whole."""
    if status == WON:
        return amount_minor
    whole, rest = divmod(amount_minor * probability, 100)
    if rest > 50 or (rest == 50 and whole % 2):
        return whole + 1
    return whole


def missing(required: Iterable[str], known: Collection[str]) -> list[str]:
    """The required facts that are not known, in their order, each once."""
    return [fact for fact in dict.fromkeys(required) if fact not in known]


def days_in_stage(entered: datetime, now: datetime) -> int:
    """Whole days since a deal entered its stage."""
    return max(0, (now - entered).days)


def is_gone_by(closing: date | None, status: str, today: date) -> bool:
    """Whether an open deal should have been closed before this day: a forecast counts with a date that can still be true."""
    return status == OPEN and closing is not None and closing < today


def stalls(days: int, norm_days: int | None) -> bool:
    """Whether a deal stays longer than its stage's norm."""
    return norm_days is not None and days > norm_days
