"""Django's SQLite backend with turns, and with cursors that cost less than what they are asked.

SQLite takes one writer at a time. Whoever finds another one at work sleeps and looks again, each time a little later, up to a
tenth of a second: while they sleep nobody writes, and who came last may go first. Within a process writers wait for each other
here instead, and go on the moment the one before has finished; between processes SQLite's own waiting stays.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, wraps
from typing import Any, Self

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

#: One for each database file; whoever holds it is the one of this process who writes.
TURNS: dict[str, threading.Lock] = {}
#: Values given in the order of their places, not by name.
PLACED = (list, tuple)
#: The driver that Django was given.
Database: Any = base.DatabaseWrapper.Database


class Cursor(base.SQLiteCursorWrapper):
    """A cursor that knows the statements it was given before: Django writes places as `%s`, SQLite as `?`."""

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        return _converted(query) if param_names is None else super().convert_query(query, param_names=param_names)


@lru_cache(maxsize=1000)
def _converted(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


def _translated[**P, Found](ask: Callable[P, Found]) -> Callable[P, Found]:
    """What the driver raises, as the framework's own error."""

    @wraps(ask)
    def asked(*words: P.args, **named: P.kwargs) -> Found:
        try:
            return ask(*words, **named)
        except Database.Error:
            cursor: Any = words[0]
            with cursor.db.wrap_database_errors:
                raise

    return asked


class Plain(Cursor):
    """A cursor without the framework's own around it, whose layers take longer than SQLite takes for most statements of a page:
    for a connection that nobody watches. It refuses and raises what the framework's does."""

    db: DatabaseWrapper

    fetchone = _translated(Cursor.fetchone)
    fetchmany = _translated(Cursor.fetchmany)
    fetchall = _translated(Cursor.fetchall)

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        with self.db.wrap_database_errors:
            yield from iter(self.fetchone, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Database.Error):
            self.close()

    @_translated
    def execute(self, query: str, params: Any = None) -> Any:
        self.db.validate_no_broken_transaction()
        if type(params) in PLACED:
            return Database.Cursor.execute(self, _converted(query), params)
        return super().execute(query, params)

    @_translated
    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        self.db.validate_no_broken_transaction()
        return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes its turn before it begins a transaction, and leaves it when that has ended, whichever way."""

    has_turn = False

    def cursor(self) -> Any:
        if self.execute_wrappers or self.queries_logged:
            return super().cursor()
        self.ensure_connection()
        self.validate_thread_sharing()
        made = self.connection.cursor(factory=Plain)
        made.db = self
        return made

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
