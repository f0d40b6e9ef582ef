"""Django's SQLite backend with turns.

SQLite takes one writer at a time. Whoever finds another one at work sleeps and looks again, each time a little later, up to a
tenth of a second: while they sleep nobody writes, and who came last may go first. Within a process writers wait for each other
here instead, and go on the moment the one before has finished; between processes SQLite's own waiting stays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

#: One for each database file; whoever holds it is the one of this process who writes.
TURNS: dict[str, threading.Lock] = {}


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that knows the statements it was given before: Django writes places as `%s`, SQLite as `?`."""

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        return _converted(query) if param_names is None else super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=1000)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn before it begins a transaction, and leaves it when that has ended, whichever way."""

    has_turn = False

    def create_cursor(self, name: str | None = None) -> Cursor:
        made: Cursor = self.connection.cursor(factory=Cursor)
        return made

    def _start_transaction_under_autocommit(self) -> None:
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_turn()
            raise

    def _commit(self) -> Any:
        done = super()._commit()  # type: ignore[misc]
        # Of one that failed the transaction is still open, and is rolled back next.
        self._leave_turn()
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_turn()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._leave_turn()

    @property
    def _turns(self) -> threading.Lock:
        return TURNS.setdefault(str(self.settings_dict["NAME"]), threading.Lock())

    def _take_turn(self) -> None:
        if self.has_turn:
            return
        if not self._turns.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5)):
            raise OperationalError("database is locked")
        self.has_turn = True

    def _leave_turn(self) -> None:
        if self.has_turn:
            self.has_turn = False
            self._turns.release()
