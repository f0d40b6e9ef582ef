"""What proves that nothing was added to a table that only grows: its end."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, models

#: Whether this transaction writes, or one that this statement does not see yet; those of the server's other databases cannot
#: write here. One that ended meanwhile, or of which this role may not know where it is, counts as being here.
UNDER_WAY = """
    pg_current_xact_id_if_assigned() IS NOT NULL OR EXISTS (
        SELECT 1 FROM pg_snapshot_xip(pg_current_snapshot()) AS writer WHERE writer::xid::text NOT IN (
            SELECT backend_xid::text FROM pg_stat_activity WHERE datname <> current_database() AND backend_xid IS NOT NULL))
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a table of chained rows. `count` is how many there are, known only while writers are under way that may still
    add a row before the end."""

    last: int
    hash: bytes
    count: int | None


def place() -> str:
    """The database that this process reads now."""
    return f"{connection.vendor} {connection.settings_dict['NAME']}"


def head_of(table: type[models.Model]) -> Head:
    """The end of a table now. PostgreSQL may show a row after one with a greater id: as long as somebody writes, the end alone
    proves nothing; SQLite has one writer at a time."""
    name = table._meta.db_table
    under_way = UNDER_WAY if connection.vendor == "postgresql" else "0"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, hash, {under_way} FROM {name} ORDER BY id DESC LIMIT 1")  # noqa: S608
        last, digest, busy = cursor.fetchone() or (0, b"", False)
        count = None
        if busy:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608
            (count,) = cursor.fetchone()
    return Head(last, bytes(digest), count)


def is_unchanged(table: type[models.Model], known: Head, now: Head) -> bool:
    """Whether a table that ended at one head and ends at another now is the same still."""
    if (known.last, known.hash) != (now.last, now.hash):
        return False
    return known.count is None or known.count == (table._default_manager.count() if now.count is None else now.count)
