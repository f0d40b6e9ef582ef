"""Looking after the database."""

from __future__ import annotations

from django.db import connection

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
