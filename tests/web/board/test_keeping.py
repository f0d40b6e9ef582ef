"""What a board keeps is never older than what happened, and never another's."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from piste.company.models import Member
from piste.deals import operations
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


def board(member: Member, stage: Stage) -> tuple[str, int]:
    """The page, and how many statements it took."""
    client = Client()
    client.force_login(member)
    with CaptureQueriesContext(connection) as spent:
        html = client.get(f"/pipelines/{stage.pipeline_id}/").content.decode()
    return html, len(spent)


@time_machine.travel(NOW, tick=False)
def test_it_is_renewed_by_whatever_happens_and_shared_by_who_sees_the_same(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.rosa, title="Rosa’s own")
    _html, first = board(cast.alice, stages[0])
    html, again = board(cast.alice, stages[0])
    assert "Rosa’s own" in html
    if connection.vendor == "sqlite":
        assert again < first, "nothing happened: the cards were not read again"
    assert "Rosa’s own" not in board(cast.olga, stages[0])[0]
    operations.amend(deal=deal, facts={"title": "Another name"}, by=cast.rosa, at=NOW)
    assert "Another name" in board(cast.alice, stages[0])[0]
    assert "Another name" in board(cast.rosa, stages[0])[0]
    operations.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    html, _ = board(cast.alice, stages[0])
    assert html.index(f'id="cards-{stages[1].pk}"') < html.index("Another name")


def test_the_clock_alone_renews_it(cast: Cast, stages: list[Stage]) -> None:
    make.deal(stages[0], cast.rosa, at=NOW)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        assert ">3" in board(cast.alice, stages[0])[0]
    with time_machine.travel(NOW + timedelta(days=9), tick=False):
        assert ">9" in board(cast.alice, stages[0])[0]
