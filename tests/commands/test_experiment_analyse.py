"""`piste experiment-analyse`: units in, what the variants differ by out, and clear words where a file cannot be used."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.commands import main

COOKIES = Path(__file__).parents[3] / "shared/data/cookie_cats/cookie_cats.csv.gz"
ROLES = ["--unit", "id", "--variant", "version", "--measure", "bought"]


def written(path: Path, rows: list[list[Any]], head: str = "id,version,bought,amount,before,firm") -> Path:
    opening = gzip.open if path.suffix == ".gz" else open
    with opening(path, "wt", newline="") as file:
        out = csv.writer(file)
        out.writerows([head.split(","), *rows])
    return path


def units(count: int = 400) -> list[list[Any]]:
    """A third variant that sells better and dearer, in French spelling; some units are not known yet."""
    rng = np.random.default_rng(1)
    rows = []
    for number in range(count):
        which = number % 3
        before = rng.normal()
        bought = rng.random() < (0.2, 0.2, 0.5)[which]
        amount = f"{1000 + 300 * before + 200 * which:.2f}".replace(".", ",")
        known = number % 10 != 9
        rows.append(
            [
                f"u{number}",
                ("témoin", "B", "C")[which],
                ("Oui" if bought else "non") if known else "",
                amount,
                f"{before:.3f}".replace(".", ","),
                number // 2,
            ]
        )
    return rows


def said(path: Path, *options: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["experiment-analyse", str(path), *ROLES, *options, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.skipif(not COOKIES.exists(), reason="needs the shared data")
def test_the_game_whose_gate_was_moved(capsys: pytest.CaptureFixture[str]) -> None:
    columns = ["--unit", "userid", "--variant", "version", "--measure", "retention_1", "--measure", "retention_7"]
    assert main(["experiment-analyse", str(COOKIES), *columns, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["comparisons"][0]["points"] for one in found["measures"]] == [-0.59, -0.82]
    assert round(found["sample_ratio"]["p"], 4) == 0.0086
    assert found["sample_ratio"]["flagged"] is True


def test_every_documented_key_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "trial.csv.gz", units())
    found = said(path, "--measure", "amount", "--covariate", "before", "--planned", "600", capsys=capsys)
    page = (Path(__file__).parents[2] / "docs/howto/experiment-analyse.md").read_text()
    names = [name for line in page.splitlines() if line.startswith("| `") for name in line.split("`")[1].split(", ")]
    assert {name.split(".")[0].split("[")[0] for name in names} == set(found)
    for name in names:
        # The second measure is a mean: it has everything that a measure may have.
        place: Any = found
        for part in name.replace("measures[]", "measures.1").replace("[]", ".0").split("."):
            place = place[int(part)] if part.isdigit() else place[part]
    assert found["control"] == "témoin"
    assert [one["kind"] for one in found["measures"]] == ["share", "mean"]
    assert found["measures"][0]["not_known"] == 40
    assert found["measures"][0]["share_of_plan"] == 0.6
    b, c = found["measures"][1]["comparisons"]
    assert c["variant"] == "C"
    assert c["verdict"] == "more"
    assert c["adjusted"]["difference"] == pytest.approx(400, abs=1)
    assert c["adjusted"]["high"] - c["adjusted"]["low"] < 5 < c["high"] - c["low"]
    assert b["low"] < b["adjusted"]["difference"] < b["high"]
    assert {"sample_ratio", "not_known"} & {one["code"] for one in found["warnings"]} == {"not_known"}


def test_people_read_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "trial.csv", units())
    assert main(["experiment-analyse", str(path), *ROLES, "--cluster", "firm", "--control", "B"]) == 0
    out = capsys.readouterr().out
    assert "400 units: B 133, C 133, témoin 134. Control: B." in out
    assert "C − B" in out
    assert "→ C has more than B" in out
    assert "200 groups have units in several variants" in out


def test_units_named_twice_and_unknown_variants_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[list[Any]] = [[f"u{number}", "AB"[number % 2], number % 3 == 0] for number in range(60)]
    rows += [["u0", "A", True], ["u1", "A", True], ["", "A", True], ["x", "", True], ["y", "pilot", False]]
    path = written(tmp_path / "trial.csv", rows, "id,version,bought")
    found = said(path, "--share", "A=0.5", "--share", "B=0.5", capsys=capsys)
    assert found["units"] == 59
    told = {one["code"]: one.get("count") for one in found["warnings"]}
    assert told == {"unit_twice": 1, "unit_in_two": 2, "unit_missing": 1, "variant_missing": 1, "variant_unknown": 1}
    assert found["arms"] == [{"name": "A", "units": 30}, {"name": "B", "units": 29}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "There is no file"),
        ("", "The file is empty"),
        ("id,bought\n1,yes\n", "lacks the columns: version. It has: id, bought."),
        ("id,version,bought\n1,A,yes\n2,A,no\n", "holds only A"),
        ("id,version,bought\n1,A,\n2,B,\n", "The column bought of trial.csv is empty"),
        ("id,version,bought\n1,A,yes\n2,B,perhaps\n", "Line 3 of trial.csv: in bought, “perhaps”"),
        ("id,version,bought\n,A,yes\n", "No row of trial.csv can be used. The first one: rows do not name their unit"),
        ("id,version,bought\n" + "".join(f"{n},v{n},yes\n" for n in range(30)), "30 different values"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, text: str | None, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "trial.csv"
    if text is not None:
        path.write_text(text)
    assert main(["experiment-analyse", str(path), *ROLES]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"), [(["--control", "Z"], "no variant Z. Its variants are: A, B"), (["--share", "Z=1"], "variant Z")]
)
def test_variants_that_nobody_has_are_refused(
    tmp_path: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[number, "AB"[number % 2], 1] for number in range(4)]
    shares = ["--share", "A=1"] if options[0] == "--share" else []
    path = written(tmp_path / "trial.csv", rows, "id,version,bought")
    assert main(["experiment-analyse", str(path), *ROLES, *shares, *options]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--planned", "0"], ["--planned", "x"], ["--share", "A"], ["--share", "A=-1"]])
def test_options_are_checked(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["experiment-analyse", "trial.csv", *ROLES, *words])
    assert refused.value.code == 2
    assert words[1] in capsys.readouterr().err
