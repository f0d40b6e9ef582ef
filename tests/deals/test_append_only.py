"""The database itself refuses to change or remove what happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from piste.deals.models import Move
from piste.journal.models import Entry
from piste.journal.operations import permit_removal
from piste.pipelines.models import ProcessVersion
from tests import make
from tests.cast import Cast

TABLES: list[tuple[type[Model], dict[str, object]]] = [
    (Move, {"why": "another"}),
    (Entry, {"verb": "deal.won"}),
    (ProcessVersion, {"why": "another"}),
]


@pytest.fixture(autouse=True)
def _past(cast: Cast) -> None:
    make.deal(make.stages(make.pipeline())[0], cast.rosa)


def refused(act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError, match="is append only"), transaction.atomic():
        act()


@pytest.mark.parametrize(("model", "change"), TABLES)
def test_rows_are_neither_changed_nor_removed(model: type[Model], change: dict[str, object]) -> None:
    rows = model._default_manager.all()
    before = list(rows.values())
    row = rows.order_by("pk")[0]
    refused(lambda: rows.update(**change))
    refused(lambda: rows.filter(pk=row.pk)._raw_delete(rows.db))
    refused(row.save)
    assert list(rows.values()) == before


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["journal_entry", "deals_move", "pipelines_processversion"])
def test_tables_are_not_emptied(table: str) -> None:
    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"TRUNCATE {table} CASCADE")

    refused(empty)


def test_removal_is_possible_only_while_it_is_permitted() -> None:
    with permit_removal(reason="erasure"):
        Entry.objects.filter(subject_kind="deal").update(data={})
    refused(lambda: Entry.objects.update(data={}))
