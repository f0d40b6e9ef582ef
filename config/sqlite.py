"""The SQLite that Piste links: a version free of the WAL-reset race, in place of the interpreter's own.

SQLite 3.7.0 to 3.51.2 can corrupt a database in WAL mode when several processes write; interpreters often link one of those.
"""

from __future__ import annotations

import sys

import pysqlite3
from pysqlite3 import dbapi2

SAFE = (3, 51, 3)
#: SQLite's own numbers for the limits Django asks about (columns, variables in a statement), and their defaults.
COLUMN = 2
VARIABLE_NUMBER = 9
LIMITS = {COLUMN: 2_000, VARIABLE_NUMBER: 32_766}


class UnsafeSQLite(RuntimeError):
    """The linked SQLite has the WAL-reset race."""


class Connection(dbapi2.Connection):
    """A connection that answers what Django asks and the package leaves out."""

    def getlimit(self, category: int, /) -> int:
        """A limit that Django asks about; raises `KeyError` for any other."""
        return LIMITS[category]


def take_over() -> None:
    """Makes `import sqlite3` mean the linked package; must run before Django loads its backend. Raises `UnsafeSQLite`."""
    if dbapi2.sqlite_version_info < SAFE:
        raise UnsafeSQLite(
            f"SQLite {dbapi2.sqlite_version} can corrupt a database in WAL mode; 3.51.3 or newer is needed. "
            "Reinstall Piste's own dependencies (make setup)."
        )
    pysqlite3.SQLITE_LIMIT_COLUMN = COLUMN
    pysqlite3.SQLITE_LIMIT_VARIABLE_NUMBER = VARIABLE_NUMBER
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = dbapi2
