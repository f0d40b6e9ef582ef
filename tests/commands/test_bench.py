"""`piste bench`: databases of its own, figures for each work and size, plain sentences for what it cannot do."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from piste.commands import bench
from tests.installation import ROOT, Installation, fresh

pytestmark = pytest.mark.embedded

COMMON = {"median_ms", "p95_ms", "cpu_ms", "per_s", "ratio_to_bare"}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, dict[str, dict[str, dict[str, float]]]]:
    home = fresh(tmp_path_factory.mktemp("home"))
    # Its own database, as it is once migrated.
    fresh(home.folder / "bench" / "90")
    process = home.start("-m", "piste.commands", "bench", "--works", "W1,W3c,W5,W8,W11", "--sizes", "90", "--json")
    # Hundreds of moves, each of them on the disk: not a matter of two minutes on a busy machine.
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return home, json.loads(out)


def test_every_work_has_its_figures_for_each_size(measured) -> None:
    found = measured[1]
    assert found.keys() == {"W1", "W3c", "W5", "W8", "W11"}
    for sizes in found.values():
        assert sizes.keys() == {"90"}
        assert sizes["90"].keys() >= COMMON
        assert all(sizes["90"][name] > 0 for name in COMMON)


def test_the_board_says_what_it_costs(measured) -> None:
    board = measured[1]["W1"]["90"]
    assert board["statements"] <= 8
    assert 10_000 < board["bytes"] <= 100_000
    assert board["cpu_ratio_to_bare"] > 0


def test_no_acknowledged_move_is_lost(measured) -> None:
    moves = measured[1]["W3c"]["90"]
    assert moves["failed"] == moves["lost"] == 0
    assert moves["acknowledged"] == moves["in_ledger"] == 320


def test_the_installation_itself_is_left_alone(measured) -> None:
    home = measured[0]
    assert home.piste("manage", "shell", "-v0", "-c", COUNT)[1].strip() == "0"
    assert (home.folder / "bench" / "90" / "piste.sqlite3").exists()


COUNT = "from piste.deals.models import Deal; print(Deal.objects.count())"


def test_what_cannot_be_measured_is_said(tmp_path: Path) -> None:
    asked = (
        (["--works", "W99"], "there is no work 'W99'. The works are: W1,"),
        (["--works", ""], "there is no work ''"),
        (["--sizes", "many"], "'many' is no size"),
        (["--sizes", "1000,3"], "'3' is no size"),
        (["--sizes", "-5"], "'-5' is no size"),
    )
    answers = fresh(tmp_path).each(*(["bench", *words] for words, _said in asked))
    for (code, out, err), (_words, said) in zip(answers, asked, strict=True):
        assert (code, out) == (2, "")
        assert said in err


def test_without_a_checkout_it_says_where_the_benchmarks_are(tmp_path: Path) -> None:
    """As an installed wheel lies on the disk: the packages, and no benchmarks beside them."""
    for name in ("piste", "config"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    environment = fresh(tmp_path / "home").environment | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "piste.commands", "bench"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "not part of the installed package" in done.stderr
    assert "clone the repository" in done.stderr


def figures(**told: float) -> dict[str, float]:
    return {"median_ms": 10.0, "ratio_to_bare": 2.0, "cpu_ratio_to_bare": 2.0, "statements": 8, "bytes": 70_000} | told


def test_marks_are_held_or_missed() -> None:
    told = bench.verdicts({"W1": {"1000": figures(), "100000": figures(median_ms=21, cpu_ratio_to_bare=2.6)}})
    assert "MISSED  W1 median_ms 21 (at most 20)" in told
    assert "held    W1 statements 8 (at most 8)" in told
    assert "MISSED  W1 growth from 1,000 to 100,000 deals 1.30 (at most 1.25)" in told
    assert bench.verdicts({"W1": {"1000": figures()}}) == []
