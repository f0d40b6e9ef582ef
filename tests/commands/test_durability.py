"""What makes a commit last: the settings of every connection, and a SQLite that cannot corrupt its log."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from config import sqlite
from tests.installation import fresh

ASKED = """
from django.db import connection, transaction
with connection.cursor() as cursor:
    for name in ("journal_mode", "synchronous"):
        cursor.execute(f"PRAGMA {name}")
        print(name, cursor.fetchone()[0])
seen = []
with connection.execute_wrapper(lambda execute, sql, *words: (seen.append(sql), execute(sql, *words))[1]), transaction.atomic():
    pass
print(*seen)
"""


@pytest.mark.embedded
def test_every_connection_keeps_its_log_and_waits_for_the_disk(tmp_path) -> None:
    code, out, err = fresh(tmp_path).piste("manage", "shell", "-v0", "-c", ASKED)
    assert code == 0, err
    # 2 is FULL: a commit returns when the log is on the disk.
    assert out.splitlines()[-3:] == ["journal_mode wal", "synchronous 2", "BEGIN IMMEDIATE"]


def test_the_linked_sqlite_is_free_of_the_race() -> None:
    import sqlite3

    sqlite.take_over()
    import sqlite3 as taken

    assert taken.sqlite_version_info >= sqlite.SAFE == (3, 51, 3)
    assert sqlite3 is not None


@pytest.mark.parametrize("version", [(3, 51, 2), (3, 46, 1), (3, 7, 0)])
def test_an_older_one_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...]) -> None:
    monkeypatch.setattr(sqlite.dbapi2, "sqlite_version_info", version)
    monkeypatch.setattr(sqlite.dbapi2, "sqlite_version", ".".join(map(str, version)))
    with pytest.raises(sqlite.UnsafeSQLite, match=r"SQLite [\d.]+ can corrupt .* 3\.51\.3 or newer is needed\. Reinstall"):
        sqlite.take_over()


@pytest.mark.django_db
def test_a_transaction_takes_the_write_lock_at_once() -> None:
    """Two who read, then write, would otherwise break each other: the second would be told that the database is locked."""
    if connection.vendor != "sqlite":
        pytest.skip("the embedded database alone has one writer")
    assert connection.transaction_mode == "IMMEDIATE"  # type: ignore[attr-defined]
    assert not transaction.get_autocommit()
