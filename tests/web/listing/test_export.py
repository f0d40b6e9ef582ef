"""An export holds what the list shows: deals, columns, order and rights."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from piste.activities import operations as activities
from piste.company.operations import add_field
from piste.deals import operations
from piste.deals.queries import listing
from piste.people.operations import create_company
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast

type SignIn = Callable[[Any], Client]


def body(client: Client, stages: list[Stage], kind: str, query: str = "") -> bytes:
    answer: Any = client.get(f"/pipelines/{stages[0].pipeline_id}/list/export.{kind}{query}")
    assert answer.status_code == 200
    assert f".{kind}" in answer.headers["Content-Disposition"]
    return b"".join(answer.streaming_content)


def table(client: Client, stages: list[Stage], query: str = "", delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(client, stages, "csv", query).decode("utf-8-sig")), delimiter=delimiter))


@pytest.fixture
def filled(cast: Cast, stages: list[Stage]) -> None:
    """Two deals of Rosa's and one of Olga's; one is called like a formula."""
    add_field(subject="deal", label="Size", kind="number", by=cast.alice, at=NOW)
    firm = create_company(name="=Alba", by=cast.rosa, at=NOW)
    first = make.deal(stages[0], cast.rosa, company=firm, title="Planning", amount_minor=1_250_050, custom={"size": "12.5"})
    wanted = activities.Wanted(title="Call", kind="call", due_on=NOW.date() + timedelta(days=2))
    activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=first)
    operations.name_tags(deal=first, tags=["b", "a"], by=cast.rosa, at=NOW)
    make.deal(stages[2], cast.rosa, title="Stock", amount_minor=None, currency="JPY")
    make.deal(stages[1], cast.olga, title="Elsewhere")
    columns = ["title", "stage", "owner", "amount", "weighted", "step", "days", "tags", "created", "custom:size"]
    for member in (cast.rosa, cast.olga):
        operations.choose_columns(member=member, columns=columns)


def test_a_file_holds_the_lines_and_columns_of_the_list(cast: Cast, stages: list[Stage], filled: None, sign_in: SignIn) -> None:
    rows = table(sign_in(cast.rosa), stages, "?by=title")
    assert rows == [
        ["Deal", "What they need", "Stage", "Owner", "Amount", "Weighted", "Currency", "Next step", "Due", "Days in stage",
         "Tags", "Created", "Size"],
        ["'=Alba", "Planning", "Prospecting", "Rosa Rep", "12500.50", "625.02", "EUR", "Call", "2026-11-26", "0", "a, b",
         "2026-11-24", "12.5"],
        ["Stock", "Stock", "Meeting", "Rosa Rep", "", "", "JPY", "", "", "0", "", "2026-11-24", ""],
    ]  # fmt: skip


def test_a_workbook_says_the_same(cast: Cast, stages: list[Stage], filled: None, sign_in: SignIn) -> None:
    sheet = load_workbook(io.BytesIO(body(sign_in(cast.rosa), stages, "xlsx", "?by=-title"))).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows] == ["Deal", "Stock", "=Alba"]
    assert sheet["A3"].data_type == "s"
    assert rows[2][4:7] == [12500.5, 625.02, "EUR"]


def test_filters_and_rights_are_those_of_the_list(cast: Cast, stages: list[Stage], filled: None, sign_in: SignIn) -> None:
    assert [row[1] for row in table(sign_in(cast.olga), stages)][1:] == ["Elsewhere"]
    assert [row[1] for row in table(sign_in(cast.rosa), stages, "?least=1")][1:] == ["Planning"]
    assert sign_in(cast.rosa).get(f"/pipelines/{stages[0].pipeline_id}/list/export.csv?least=x").status_code == 422
    cast.rosa.language = "fr"
    cast.rosa.save()
    assert table(sign_in(cast.rosa), stages, "?by=title", ";")[1][4] == "12500,50"


def test_an_export_asks_once_a_batch(cast: Cast, stages: list[Stage], filled: None, sign_in: SignIn, monkeypatch: Any) -> None:
    monkeypatch.setattr(listing, "BATCH", 10)
    client = sign_in(cast.rosa)
    with CaptureQueriesContext(connection) as before:
        assert len(table(client, stages)) == 3
    for number in range(25):
        make.deal(stages[number % 3], cast.rosa, title=f"Deal {number}")
    with CaptureQueriesContext(connection) as after:
        assert len(table(client, stages)) == 28
    assert len(after) == len(before) + 2
