"""`piste verify` from outside, and moves that survive a crash."""

from __future__ import annotations

import json
import signal
import sqlite3
from pathlib import Path

import pytest

from tests.installation import Installation, fresh, with_deals

pytestmark = pytest.mark.embedded


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    return with_deals(tmp_path)


def test_a_sound_company_passes(home: Installation) -> None:
    (code, out, _), (_, as_json, _) = home.each(["verify"], ["verify", "--json"])
    assert code == 0
    assert "BROKEN" not in out
    verdict = json.loads(as_json)
    assert verdict["ok"] is True
    assert {tuple(check) for check in verdict["checks"]} == {("name", "ok", "counted", "first_broken")}


def test_a_broken_row_is_named_and_the_exit_code_says_so(home: Installation) -> None:
    with sqlite3.connect(home.database) as database:
        database.execute("UPDATE deals_deal SET ledger_number = ledger_number + 1 WHERE id = 7")
    (code, out, _), (_, as_json, _) = home.each(["verify"], ["verify", "--json"])
    assert code == 1
    assert "BROKEN  replay = state, ledgers chained" in out
    assert "deal 7:" in out
    verdict = json.loads(as_json)
    assert verdict["ok"] is False
    broken = {check["name"]: check["first_broken"] for check in verdict["checks"] if not check["ok"]}
    assert broken.keys() == {"replay = state, ledgers chained", "journal tells every move"}


def test_one_pipeline_alone_and_one_that_is_not(home: Installation) -> None:
    (good, _, _), (code, _, err) = home.each(["verify", "--pipeline", "1"], ["verify", "--pipeline", "99"])
    assert good == 0
    assert (code, "no pipeline 99" in err) == (2, True)


def test_an_installation_without_tables_is_told_so(tmp_path: Path) -> None:
    code, _, err = Installation(tmp_path).piste("verify")
    assert code == 1
    assert "cannot be read" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("moves", [3, 40])
def test_every_acknowledged_move_survives_a_kill(tmp_path: Path, moves: int) -> None:
    """A process that moves deals is killed without warning: what it had acknowledged is there, nothing is half done."""
    home = fresh(tmp_path)
    process = home.start("-u", "-m", "tests.commands.moving")
    assert process.stdout is not None
    acknowledged = []
    for line in process.stdout:
        acknowledged.append(tuple(int(word) for word in line.split()))
        if len(acknowledged) == moves:
            process.send_signal(signal.SIGKILL)
            break
    acknowledged += [tuple(int(word) for word in line.split()) for line in process.stdout if line.endswith("\n")]
    process.wait(10)
    with sqlite3.connect(home.database) as database:
        kept = set(database.execute("SELECT deal_id, number, to_stage_id FROM deals_move"))
    assert len(acknowledged) >= moves
    assert set(acknowledged) <= kept
    assert home.verify()["ok"]
