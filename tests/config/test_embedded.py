"""Writers of one process on the embedded database: each in turn, and nobody keeps the turn, however a transaction ends."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import DatabaseError, OperationalError
from django.test.utils import CaptureQueriesContext

from config.embedded.base import TURNS, Plain
from config.env import sqlite

BESIDE = "beside"


@pytest.fixture
def beside(tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """A database of its own with one table, known by a name of its own."""
    path = tmp_path / "beside.sqlite3"
    connections.databases[BESIDE] = connections.configure_settings({"default": {}, BESIDE: sqlite(path)})[BESIDE]
    with django_db_blocker.unblock():
        try:
            ask("CREATE TABLE told (word TEXT UNIQUE)")
            yield str(path)
        finally:
            connections[BESIDE].close()
            del connections.databases[BESIDE], connections[BESIDE]
            TURNS.pop(str(path), None)


def ask(statement: str, *values: str) -> list[Any]:
    with connections[BESIDE].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def free(path: str) -> bool:
    return not TURNS[path].locked()


@pytest.mark.embedded
def test_the_turn_ends_with_the_transaction_however_it_ends(beside: str) -> None:
    with transaction.atomic(BESIDE):
        assert not free(beside)
        with transaction.atomic(BESIDE):
            ask("INSERT INTO told VALUES (%s)", "kept")
        assert not free(beside)
    assert free(beside)
    with pytest.raises(IntegrityError), transaction.atomic(BESIDE):
        ask("INSERT INTO told VALUES (%s)", "kept")
    assert free(beside)
    with contextlib.suppress(ZeroDivisionError), transaction.atomic(BESIDE):
        connections[BESIDE].close()
        raise ZeroDivisionError
    assert free(beside)
    assert ask("SELECT word FROM told") == [("kept",)]


@pytest.mark.embedded
def test_all_who_write_at_once_have_their_turn(beside: str) -> None:
    gate, failed = threading.Barrier(8), list[BaseException]()

    def write(name: str) -> None:
        try:
            gate.wait(10)
            for number in range(5):
                with transaction.atomic(BESIDE):
                    ask("INSERT INTO told VALUES (%s)", f"{name} {number}")
        except BaseException as problem:
            failed.append(problem)
        finally:
            connections[BESIDE].close()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert ask("SELECT COUNT(*) FROM told") == [(40,)]
    assert free(beside)


@pytest.mark.embedded
def test_who_waits_too_long_is_told(beside: str) -> None:
    connections[BESIDE].settings_dict["OPTIONS"]["timeout"] = 0.05
    with TURNS.setdefault(beside, threading.Lock()), pytest.raises(OperationalError, match="locked"), transaction.atomic(BESIDE):
        pass
    with transaction.atomic(BESIDE):
        ask("INSERT INTO told VALUES (%s)", "after all")
    assert ask("SELECT word FROM told") == [("after all",)]


@pytest.mark.embedded
def test_a_plain_cursor_raises_what_the_framework_does(beside: str) -> None:
    ask("INSERT INTO told VALUES (%s)", "once")
    # What goes wrong while rows are read is told as well: the second number is too small for SQLite to turn round.
    late = "SELECT abs(number) FROM (SELECT 1 AS number UNION ALL SELECT -9223372036854775808)"
    with connections[BESIDE].cursor() as cursor:
        assert isinstance(cursor, Plain)
        with pytest.raises(IntegrityError):
            cursor.executemany("INSERT INTO told VALUES (%s)", [["twice"], ["once"]])
        for read in (cursor.fetchall, lambda: list(cursor)):
            cursor.execute(late)
            with pytest.raises(DatabaseError, match="overflow"):
                read()
    with transaction.atomic(BESIDE):
        with contextlib.suppress(IntegrityError), transaction.atomic(BESIDE, savepoint=False):
            ask("INSERT INTO told VALUES (%s)", "once")
        with pytest.raises(TransactionManagementError):
            ask("SELECT word FROM told")
    assert ask("SELECT word FROM told WHERE word LIKE '%%c_' AND word = %s", "once") == [("once",)]


@pytest.mark.embedded
def test_who_watches_a_connection_sees_all(beside: str) -> None:
    link, seen = connections[BESIDE], list[str]()

    def watch(execute: Any, sql: str, *words: Any) -> Any:
        seen.append(sql)
        return execute(sql, *words)

    with link.execute_wrapper(watch), CaptureQueriesContext(link) as captured:
        ask("SELECT word FROM told WHERE word = %s", "none")
    assert seen == ["SELECT word FROM told WHERE word = %s"]
    assert [query["sql"] for query in captured] == ["SELECT word FROM told WHERE word = 'none'"]


@pytest.mark.embedded
def test_a_connection_is_not_lent_to_another_thread(beside: str) -> None:
    refused = list[BaseException]()

    def borrow(link: Any) -> None:
        try:
            link.cursor()
        except DatabaseError as problem:
            refused.append(problem)

    thread = threading.Thread(target=borrow, args=(connections[BESIDE],))
    thread.start()
    thread.join(10)
    assert len(refused) == 1
