"""`piste backtest`: two files in, what the forecast would have said out, and clear words where a file cannot be used."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from piste.commands import main
from tests.stats.histories import history

HEAD = ["id", "created_at", "closed_at", "status", "amount", "source"]


def moment(days: float | None) -> str:
    return "" if days is None else (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An export of 150 deals and their moves; the deals are compressed."""
    folder = tmp_path_factory.mktemp("export")
    deals, moves = folder / "deals.csv.gz", folder / "moves.csv"
    told = history(count=150)
    with gzip.open(deals, "wt", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*HEAD, "reason"])
        for one in told:
            reason = {"won": "signed", "lost": "too dear"}.get(one.status, "")
            rows.writerow([one.id, moment(one.created), moment(one.closed), one.status, one.amount, one.facts[0].value, reason])
    with moves.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["deal_id", "stage", "at"])
        rows.writerows([one.id, change.stage, moment(change.at)] for one in told for change in one.changes)
    return deals, moves


@pytest.fixture(scope="module")
def said(files: tuple[Path, Path]) -> dict[str, Any]:
    """What the command says of it, through its own functions, once."""
    from piste.exchange.proving.records import read
    from piste.exchange.proving.told import told
    from piste.stats.backtest import backtest

    taken = read(*files)
    return told(backtest(taken.deals, horizon=30, every=120), taken, seed=0)


def test_programs_read_everything(said: dict[str, Any]) -> None:
    assert json.loads(json.dumps(said, allow_nan=False)) == said
    assert said["deals"]["total"] == 150
    assert {"ours", "weighted_pipeline", "run_rate"} <= set(said["origins"][-1]["methods"])
    assert set(said["origins"][-1]["methods"]["ours"]) == {"median", "low", "high"}
    for name in ("ours", "stage_table", "prior"):
        assert {"brier", "log_loss", "auc", "ece", "reliability"} == set(said["probabilities"]["ever"][name])
    assert [leak["field"] for leak in said["dropped"]] == ["reason"]


def test_every_documented_key_is_there(said: dict[str, Any]) -> None:
    page = (Path(__file__).parents[2] / "docs/howto/backtest.md").read_text()
    paths = [line.split("`")[1].split(", ") for line in page.splitlines() if line.startswith("| `")]
    assert {name.split(".")[0].split("[")[0] for names in paths for name in names} == set(said)
    for names in paths:
        for name in names:
            found: Any = said
            for part in name.replace("[]", ".0").split("."):
                found = found[int(part)] if part.isdigit() else found[part]


def test_people_read_lines(files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    deals, moves = files
    assert main(["backtest", str(deals), "--moves", str(moves), "--horizon", "60", "--every", "120"]) == 0
    out = capsys.readouterr().out
    assert "150 deals (" in out
    assert "60 days ahead, every 120 days." in out
    assert "weighted pipeline" in out
    assert "won within the horizon" in out
    assert "reason is not used" in out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "There is no file"),
        ("", "The file is empty"),
        ("id,status\n1,won\n", "lacks the columns: created_at. It has: id, status."),
        ("id,created_at,status\n1,nonsense,won\n", "No row of deals.csv is a deal that can be read"),
        ("id,created_at,closed_at,status\n1,03/04/2026,05/06/2026,won\n", "nothing tells whether 03/04"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, text: str | None, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deals.csv"
    if text is not None:
        path.write_text(text)
    assert main(["backtest", str(path)]) == 2
    assert words in capsys.readouterr().err


def test_rows_that_cannot_be_read_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "id;created_at;closed_at;status;amount\n1;2026-01-01;2026-02-01;won;1 200,50\n1;2026-01-01;;open;3\n2;2026-01-05;;won;3\n"
        "3;2026-01-05;2025-01-05;lost;3\n4;2026-01-05;;later;3\n5;2026-01-05;;open;n/a x\n6;2026-01-05;;open;\n"
    )
    assert main(["backtest", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["deals"] == {"total": 2, "won": 1, "lost": 0, "open": 1}
    codes = {one["code"]: one.get("count") for one in found["warnings"]}
    assert codes["id_twice"] == codes["closed_missing"] == codes["closed_before"] == codes["status_unknown"] == 1
    assert codes["amount_unread"] == 1
    assert "short" in codes
    assert found["verdict"]["code"] == "base_rate"


@pytest.mark.parametrize("words", [["--horizon", "0"], ["--every", "x"], ["--seed", "-1"], ["--from", "yesterday"]])
def test_options_are_checked(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["backtest", "deals.csv", *words])
    assert refused.value.code == 2
    assert words[1] in capsys.readouterr().err
