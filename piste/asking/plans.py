"""Plans that PostgreSQL keeps: it plans each statement of a page anew, which takes longer than to carry most of them out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

#: How often a connection is asked a statement before it is prepared there.
ASKED = 2


@contextmanager
def plans_kept() -> Iterator[None]:
    """What is asked within is prepared by the connection, its values apart, so that its plan may be kept.

    For pages that ask the same each time. Not for what depends on its values, such as a search: a plan for whatever word is
    sought reads far too much for some. Elsewhere nothing changes, nor on SQLite, which hardly plans.
    """
    if connection.vendor != "postgresql":
        yield
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    link = connection.connection
    before = link.cursor_factory, link.prepare_threshold
    link.cursor_factory, link.prepare_threshold = ServerBindingCursor, ASKED
    try:
        yield
    finally:
        link.cursor_factory, link.prepare_threshold = before
