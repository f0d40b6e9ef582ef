"""Two people at the same instant, on each database: nothing is lost, nobody is stuck, the second is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection

from piste.upkeep.queries import checks
from tests.deals.racing import ROUNDS, race
from tests.installation import fresh


def judge(ended: dict[str, dict[str, int]]) -> None:
    assert ended["one card, both saw it"] == {"done": ROUNDS, "Overtaken": ROUNDS}
    assert ended["one card, neither says what they saw"] == {"done": 3 * ROUNDS}
    assert ended["many cards of one column"] == {"done": 24}
    retiring = ended["into a stage that is being retired"]
    assert retiring["retire done"] == ROUNDS
    assert retiring["resume done"] == ROUNDS
    assert retiring.get("move done", 0) + retiring.get("move StageRetired", 0) == ROUNDS
    assert "left behind" not in retiring
    assert ended["two change one fact that both saw"] == {"done": ROUNDS, "FactsChanged": ROUNDS}
    assert ended["two undo one move"] == {"done": ROUNDS, "CannotUndo": ROUNDS, "moves": 3 * ROUNDS}


@pytest.mark.embedded
def test_on_the_embedded_database(tmp_path: Path) -> None:
    home = fresh(tmp_path)
    process = home.start("-m", "tests.deals.racing")
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    judge(json.loads(out))
    assert home.verify()["ok"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the embedded database has its own test above")
@pytest.mark.django_db(transaction=True)
def test_on_postgresql() -> None:
    judge(race())
    assert [check for check in checks() if not check.ok] == []
