"""What every test may ask for."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pysqlite3
import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings

from piste.journal.append_only import TABLES, protect, unprotect
from piste.web.board import keeping
from tests.cast import Cast, make_cast
from tests.installation import template
from tests.make.remembered import remembered

# Commands speak the language of the environment, and tests know their English.
os.environ["LC_ALL"] = "C.UTF-8"

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# A test leaves little that must be looked for: Python's own rhythm of doing so takes a tenth of the time.
gc.set_threshold(20_000, 50, 100)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """On PostgreSQL each worker's database is a copy of the one that `checks.py` took through all migrations."""
    if connection.vendor == "postgresql" and (made := os.environ.get("TESTS_TEMPLATE")):
        connection.settings_dict["TEST"]["TEMPLATE"] = made


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The embedded database of the tests is a copy of one that went through all migrations, triggers and first rows included."""
    with django_db_blocker.unblock():
        if connection.vendor != "sqlite":
            return
        path = tmp_path_factory.mktemp("tables") / "piste.sqlite3"
        shutil.copy(template() / "piste.sqlite3", path)
        connection.ensure_connection()
        with closing(pysqlite3.connect(path)) as made:
            # A database in memory has no log beside it.
            made.execute("PRAGMA journal_mode = DELETE")
            made.backup(connection.connection)


@pytest.fixture
def cast(db: None) -> Cast:
    """The company and everybody in it."""
    return remembered("cast", make_cast)


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """What is kept by the number of the last news, which a test that is rolled back leaves to the next."""
    keeping.forget()


@pytest.fixture(autouse=True)
def _in_english(request: pytest.FixtureRequest) -> Iterator[None]:
    """A request leaves its member's language behind in the thread; stories of the browser choose theirs for a while."""
    if request.node.get_closest_marker("browser"):
        yield
        return
    with translation.override("en"):
        yield


@pytest.fixture
def data() -> Path:
    """The folder of real files beside the repository; the test is skipped where it is absent."""
    if not SHARED_DATA.exists():
        pytest.skip("the real files are not beside this checkout")
    return SHARED_DATA


@pytest.fixture(scope="session", autouse=True)
def _flush_may_empty_append_only_tables() -> Iterator[None]:
    """Tests that really commit empty all tables afterwards, which append-only tables would refuse."""
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(case: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            for table in TABLES:
                unprotect(editor, table)
        original(case)
        with connection.schema_editor() as editor:
            for table in TABLES:
                protect(editor, table)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]
