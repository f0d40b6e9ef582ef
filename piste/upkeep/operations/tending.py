"""Looking after the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from piste.activities import operations as activities
from piste.deals import operations as deals
from piste.upkeep.queries import DUE, due

log = logging.getLogger(__name__)
#: Things of the bin looked at together.
BATCH = 200
#: After so long a file being uploaded is there, or never will be.
SETTLED = timedelta(days=1)
#: Look at every table, and count again those that grew much since they were last counted.
GROWN = 0x10002
#: Rows of an index that a count looks at, so that it takes a moment at any size.
LOOKED_AT = 1000


def count_rows() -> None:
    """Lets the embedded database learn how its rows are spread, from which it chooses its ways to them; a moment's work.

    PostgreSQL does this by itself. Connections that are already open go on with what they knew.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit={LOOKED_AT}")
        cursor.execute(f"PRAGMA optimize={GROWN}")


def erase(*, kind: str, row: Any, by: Any, at: datetime, cause: str = "page") -> None:
    """Erases one thing in the bin, whatever its kind. Raises what the operations of `deals` raise."""
    by_kind: dict[str, tuple[Callable[..., None], str]] = {
        "deal": (deals.erase, "deal"),
        "activity": (activities.erase, "activity"),
        "note": (activities.erase_note, "note"),
        "file": (activities.erase_file, "attachment"),
        "contact": (deals.erase_person, "person"),
        "company": (deals.erase_person, "person"),
    }
    verb, name = by_kind[kind]
    with written_over():
        verb(**{name: row}, by=by, at=at, cause=cause)


def empty_bin(*, at: datetime, limit: int = 2000) -> int:
    """Erases what has lain in the bin for as long as it is kept, each thing by itself, some thousand at most; returns how many.
    What is still named waits; what cannot be erased stands in nobody's way, and is tried again next time."""
    erased = 0
    for kind in DUE:
        after: tuple[datetime, int] | None = None
        while erased < limit and (rows := due(kind, at=at, after=after, limit=BATCH)):
            after = rows[-1].deleted_at, rows[-1].pk
            with written_over():
                for row in rows:
                    erased += _erased(kind, row, at)
    return erased


_writing_over: ContextVar[bool] = ContextVar("writing over", default=False)


@contextmanager
def written_over() -> Iterator[None]:
    """On the embedded database, where freed pages keep what they held: writes zeros over what is erased inside, and empties the
    log that holds it too, unless somebody reads from it just then (it is emptied at the next turn). PostgreSQL gives the room
    of dead rows away by itself."""
    if connection.vendor != "sqlite" or _writing_over.get():
        yield
        return
    token = _writing_over.set(True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA secure_delete=FAST")
        if not connection.in_atomic_block:
            _empty_log()
    finally:
        _writing_over.reset(token)


def _empty_log() -> None:
    """Nobody is made to wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        try:
            cursor.execute("PRAGMA busy_timeout=0")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.fetchall()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={int(patience)}")


def sweep_files(*, at: datetime) -> int:
    """Removes contents on disk that no file names any more; returns how many."""
    return activities.sweep(before=at - SETTLED)


def _erased(kind: str, row: Any, at: datetime) -> bool:
    try:
        erase(kind=kind, row=row, by=None, at=at, cause="clock")
    except (deals.StillNamed, deals.NotInTheBin, deals.Discarded):
        # Still named, or brought back or erased by somebody else a moment ago.
        return False
    except Exception:
        log.exception("%s %s could not be erased", kind, row.pk)
        return False
    return True
