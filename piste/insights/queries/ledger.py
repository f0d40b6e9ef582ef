"""The ledger of moves as arrays, kept by each process: written by the ORM, fetched past it, read once.

Moves are never changed, and taken away only together with their deals. What a process has read of them stays true, and what was
added is all that it reads later.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Case, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.sql.compiler import SQLCompiler

from piste.deals.models import Move
from piste.stats.history import CODES, Flags, Ints, Moves

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Microseconds of a day.
DAY = 86_400_000_000
#: Rows fetched at once: what Python holds of them meanwhile is bounded.
AT_ONCE = 20_000
#: A longer ledger is read anew each time: it would take more than some 100 MB to keep.
MOST_KEPT = 4_000_000
#: A move's number, times this, and its code in one integer.
SHIFT, UNDONE = 8, 4


def in_days(moment: datetime) -> float:
    """A moment as the statistics count it: days since 1970-01-01 UTC, of whole microseconds."""
    return (moment - EPOCH) // timedelta(microseconds=1) / DAY


class Microseconds(Func):
    """A moment as whole microseconds since 1970-01-01 UTC."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        # Kept as text, with six digits behind the second or none.
        template = "(unixepoch(%(expressions)s) * 1000000 + CAST(substr(%(expressions)s || '000000', 21, 6) AS INTEGER))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=template, **extra)


def table(rows: QuerySet[Any, Any]) -> Ints:
    """What a statement of whole numbers gives, as an array of as many columns."""
    statement, values = rows.query.sql_with_params()
    parts: list[Ints] = []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        width = len(cursor.description)
        while found := cursor.fetchmany(AT_ONCE):
            parts.append(np.fromiter(chain.from_iterable(found), dtype=np.int64, count=len(found) * width).reshape(-1, width))
    return np.concatenate(parts) if parts else np.zeros((0, width), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _Head:
    """What proves that nothing was added: the end of the ledger, and whether writers under way may still add before it."""

    last: int
    hash: bytes
    count: int
    under_way: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """The whole ledger as it stood at a head."""

    place: str
    head: _Head
    moves: Moves


_kept: _Kept | None = None
_turn = Lock()


def moves_of(stages: Iterable[int], *, until: datetime | None = None) -> Moves:
    """The moves that lead into these stages or out of them; until a moment, when told."""
    moves = _whole()
    inside = np.isin(moves.stage, list(stages))
    touching = inside.copy()
    # A move leads out of the stage that the deal's one before led into.
    touching[1:] |= inside[:-1] & (moves.deal[1:] == moves.deal[:-1])
    if until is not None:
        touching &= moves.at <= in_days(until)
    return moves if touching.all() else moves.where(touching)


def _whole() -> Moves:
    """The whole ledger: what is kept of it, brought up to date."""
    global _kept
    # What a transaction has written may be taken back with it.
    if connection.in_atomic_block:
        return _read(0)[0]
    place = f"{connection.vendor} {connection.settings_dict['NAME']}"
    with _turn:
        known = _kept if _kept is not None and _kept.place == place else None
        head = _head()
        if known is not None and _is_at(known.head, head):
            return known.moves
        grown = known is not None and not known.head.under_way and head.last > known.head.last
        if known is not None and grown:
            more, count = _read(known.head.last)
            moves, count = _joined(known.moves, more), known.head.count + count
        else:
            moves, count = _read(0)
        head = _head(count=True)
        # What came in between the statements is read the next time.
        _kept = _Kept(place, head, moves) if head.count == count <= MOST_KEPT else None
        return moves


def _is_at(known: _Head, now: _Head) -> bool:
    same = (known.last, known.hash) == (now.last, now.hash)
    return same and (not known.under_way or known.count == Move.objects.count())


def _head(*, count: bool = False) -> _Head:
    """The end of the ledger now. PostgreSQL may show a move after one with a greater id: as long as somebody writes, its end
    proves nothing; SQLite has one writer at a time."""
    counted = "(SELECT count(*) FROM deals_move)" if count else "0"
    under_way = "0"
    if connection.vendor == "postgresql":
        under_way = "pg_snapshot_xmin(pg_current_snapshot()) <> pg_snapshot_xmax(pg_current_snapshot())"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, hash, {counted}, {under_way} FROM deals_move ORDER BY id DESC LIMIT 1")  # noqa: S608
        last, digest, number, busy = cursor.fetchone() or (0, b"", 0, False)
    return _Head(last, bytes(digest), number, bool(busy))


def _read(after: int) -> tuple[Moves, int]:
    """The moves behind an id in the order of deals and numbers, and how many."""
    rows = Move.objects.filter(id__gt=after) if after else Move.objects.all()
    found = table(rows.order_by().values_list("deal_id", _order_and_code(), "to_stage_id", Microseconds("at")))
    deal, packed, stage, at = found.T
    place = np.lexsort((packed, deal))
    code = packed[place] % SHIFT
    return Moves(deal[place], stage[place], code % UNDONE, code >= UNDONE, at[place] / DAY), len(found)


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
