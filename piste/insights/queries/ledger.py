"""The ledger of moves as arrays, kept by each process: written by the ORM, fetched past it, read once.

Moves are never changed, and taken away only together with their deals. What a process has read of them stays true, and what was
added is all that it reads later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When

from piste.deals.models import Move
from piste.stats.history import CODES, Flags, Moves

from .heads import Head, head_of, is_unchanged, place
from .whole_numbers import DAY, Microseconds, table

#: A longer ledger is read anew each time: it would take more than some 100 MB to keep.
MOST_KEPT = 4_000_000
#: A move's number, times this, and its code in one integer.
SHIFT, UNDONE = 8, 4


@dataclass(frozen=True, slots=True)
class _Kept:
    """The whole ledger as it stood at a head."""

    place: str
    head: Head
    moves: Moves


_kept: _Kept | None = None
_turn = Lock()


def moves_of(stages: Iterable[int]) -> Moves:
    """The moves that lead into these stages or out of them."""
    return touching(whole(), stages)


def touching(moves: Moves, stages: Iterable[int]) -> Moves:
    """Those among moves that lead into these stages or out of them."""
    inside = np.isin(moves.stage, list(stages))
    there = inside.copy()
    # A move leads out of the stage that the deal's one before led into.
    there[1:] |= inside[:-1] & (moves.deal[1:] == moves.deal[:-1])
    return moves if there.all() else moves.where(there)


def whole() -> Moves:
    """The whole ledger: what is kept of it, brought up to date."""
    global _kept
    # What a transaction has written may be taken back with it.
    if connection.in_atomic_block:
        return _read(0)
    with _turn:
        known = _kept if _kept is not None and _kept.place == place() else _laid()
        # What comes in behind the head is read the next time.
        head = head_of(Move)
        if known is not None and is_unchanged(Move, known.head, head):
            _kept = known
            return known.moves
        if known is not None and known.head.count is None and head.last > known.head.last:
            moves = _joined(known.moves, _read(known.head.last, head.last))
        else:
            moves = _read(0, head.last)
        _kept = _Kept(place(), head, moves) if len(moves) <= MOST_KEPT else None
        return moves


def _laid() -> _Kept | None:
    """What another process has laid by."""
    from .laid import find  # it names what this module and others keep

    found = find()
    return _Kept(place(), found.ledger, found.moves) if found is not None else None


def read(until: int) -> Moves:
    """The moves up to an id, from the database."""
    return _read(0, until)


def _read(after: int, until: int | None = None) -> Moves:
    """The moves behind an id, up to another, in the order of deals and numbers."""
    rows = Move.objects.filter(id__gt=after) if after else Move.objects.all()
    if until is not None:
        rows = rows.filter(id__lte=until)
    found = table(rows.values_list("deal_id", _order_and_code(), "to_stage_id", Microseconds("at")))
    deal, packed, stage, at = found.T
    place = np.lexsort((packed, deal))
    code = packed[place] % SHIFT
    return Moves(deal[place], stage[place], code % UNDONE, code >= UNDONE, at[place] / DAY)


def _order_and_code() -> Any:
    statuses = [When(to_status=name, then=Value(int(code))) for name, code in CODES.items()]
    status = Case(*statuses, output_field=IntegerField())
    undone = Case(When(kind="undone", then=Value(UNDONE)), default=Value(0), output_field=IntegerField())
    return F("number") * SHIFT + status + undone


def _joined(moves: Moves, more: Moves) -> Moves:
    """Later moves put behind what their deals had."""
    place = np.searchsorted(moves.deal, more.deal, side="right")
    undone: Flags = np.insert(moves.undone, place, more.undone)
    return Moves(
        np.insert(moves.deal, place, more.deal),
        np.insert(moves.stage, place, more.stage),
        np.insert(moves.status, place, more.status),
        undone,
        np.insert(moves.at, place, more.at),
    )
