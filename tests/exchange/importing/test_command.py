"""The import as a stranger does it: the command line in a process of its own, on whole exports of other programs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pysqlite3
import pytest

from tests.installation import fresh

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).resolve().parents[3]
HOW_TO = ROOT / "docs" / "howto" / "import-map.md"
COUNTS = ("read", "created", "updated", "skipped", "refused")
KEYS = {
    *COUNTS, "kind", "file", "run", "dry_run", "error", "also_created", "columns", "notes", "questions", "problems", "header",
}  # fmt: skip


class Place:
    """A data folder of its own, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def piste(self, *words: str | Path, code: int = 0) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PISTE_", "DJANGO_"))}
        done = subprocess.run(
            [sys.executable, "-m", "piste.commands", *map(str, words)],
            cwd=ROOT,
            env={**kept, "PISTE_DATA_DIR": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def told(self, *words: str | Path, code: int = 0) -> Any:
        found = json.loads(self.piste("import", *words, "--json", code=code))
        for report in found if isinstance(found, list) else [found]:
            assert report.keys() >= KEYS
            assert report["read"] == sum(report[name] for name in COUNTS[1:])
        return found

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with pysqlite3.connect(self.folder / "piste.sqlite3") as database:
            return database.execute(statement).fetchall()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, but the sequences that a rolled back write may leave behind."""
        tables = self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        return {name: self.rows(f'SELECT * FROM "{name}"') for (name,) in tables}

    def verified(self) -> bool:
        checks = json.loads(self.piste("verify", "--json"))
        return bool(checks) and "false" not in json.dumps(checks)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(fresh(tmp_path / "var").folder)


def test_four_related_files_in_any_order_and_back_again(tmp_path: Path, data: Path) -> None:
    place = Place(tmp_path / "new")  # nothing is there yet, not even the tables
    folder = data / "maven_crm"
    names = ("sales_pipeline_asof_2017-09-30.csv", "sales_teams.csv", "products.csv", "accounts.csv")
    reports = place.told(*(folder / name for name in names))
    assert [(report["kind"], report["created"], report["refused"]) for report in reports] == [
        ("members", 35, 0),
        ("products", 7, 0),
        ("companies", 85, 0),
        ("deals", 7135, 0),
    ]
    assert reports[-1]["questions"] == [], "all are known: agents, products, accounts"
    states = "SELECT status, count(*) FROM deals_deal WHERE deleted_at IS NULL GROUP BY 1 ORDER BY 1"
    assert place.rows(states) == [("lost", 1684), ("open", 2409), ("won", 3042)]
    assert place.rows("SELECT sum(amount_minor) FROM deals_deal WHERE status = 'won'") == [(720_303_800,)]
    assert place.rows("SELECT count(DISTINCT owner_id) FROM deals_deal") == [(30,)]
    assert place.rows("SELECT count(*) FROM catalogue_product") == [(7,)], "GTXPro is the GTX Pro of the product list"
    assert reports[-1]["also_created"].get("companies", 0) == 0, "every account was known from its own file"
    again = place.told(folder / names[0], "--as", "deals", "--dry-run")
    assert (again["created"], again["updated"], again["skipped"]) == (0, 0, 7135)
    place.piste("undo-import", str(reports[-1]["run"]))
    assert place.rows(states) == []
    assert place.verified()


def test_a_history_by_the_mapping_of_the_guide(place: Place, data: Path, tmp_path: Path) -> None:
    path = data / "chip_pipeline" / "opportunity_changes_asof_2016-04-30.csv.gz"
    example = next(text for text in re.findall(r"```json\n(.*?)```", HOW_TO.read_text("utf-8"), re.DOTALL) if "Stage 9" in text)
    (tmp_path / "chip.json").write_text(example, "utf-8")
    report = place.told(path, "--as", "moves", "--map", tmp_path / "chip.json")
    assert report["also_created"]["deals"] == 3749
    assert place.rows("SELECT status, count(*) FROM deals_deal GROUP BY 1 ORDER BY 1") == [
        ("lost", 351),
        ("open", 1153),
        ("won", 2245),
    ]
    assert place.rows("SELECT count(*) FROM deals_move WHERE kind <> 'created'") == [(4536,)]
    kept = "(SELECT id FROM pipelines_stage WHERE role = 'retention')"
    back = f"SELECT count(*) FROM deals_move WHERE kind = 'returned' AND from_stage_id NOT IN {kept}"
    assert place.rows(back) == [(608,)]
    again = place.told(path, "--as", "moves", "--map", tmp_path / "chip.json", "--dry-run")
    assert (again["created"], again["updated"], again["refused"]) == (0, 0, 0)
    assert place.verified()


def test_another_program_whole(place: Place, data: Path) -> None:
    folder = data / "zoho_export"
    reports = place.told(*(folder / f"{name}.csv.gz" for name in ("Potentials", "Contacts", "Accounts")))
    assert [(report["kind"], report["created"]) for report in reports][:2] == [("companies", 2226), ("contacts", 1265)]
    assert reports[2]["kind"] == "deals"
    assert reports[2]["created"] > 3600
    assert place.verified()


def test_what_cannot_be_taken_leaves_no_trace(place: Place, tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("Title,Amount\nOne,1\n", "utf-8")
    place.told(tmp_path / "good.csv", "--as", "deals")
    before = place.everything()
    (tmp_path / "other.csv").write_text("Title,Amount,Owner,Source\nTwo,2,Nobody Known,Fair\n", "utf-8")
    rehearsed = place.told(tmp_path / "other.csv", "--as", "deals", "--dry-run")
    assert [question["answer"] for question in rehearsed["questions"]] == [{"members": {"Nobody Known": "?"}}]
    assert place.everything() == before, "a rehearsal writes nothing"
    (tmp_path / "moves.csv").write_text("Deal ID,Stage,At\n1,Somewhere,2026-01-02\n", "utf-8")
    draft = tmp_path / "draft.json"
    place.told(tmp_path / "moves.csv", "--as", "moves", "--write-map", draft, code=1)
    assert json.loads(draft.read_text("utf-8"))["values"] == {"Somewhere": "?"}
    (tmp_path / "nul.csv").write_bytes(b"Title\0\0\0\0,Amount\n" * 9)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and then nothing of the kind")
    (tmp_path / "wide.csv").write_text(",".join(f"c{n}" for n in range(10_000)) + "\n" + "1," * 9_999 + "1\n", "utf-8")
    (tmp_path / "empty.csv").write_text("", "utf-8")
    names = ("nul.csv", "broken.xlsx", "wide.csv", "empty.csv", "missing.csv", ".")
    reports = place.told(*(tmp_path / name for name in names), "--as", "deals", code=2)
    codes = [report["error"]["code"] for report in reports]
    assert codes == ["not_text", "spreadsheet", "too_wide", "empty", "file_missing", "file_missing"]
    assert all(report["error"]["message"] and report["run"] is None for report in reports)
    assert place.everything() == before
