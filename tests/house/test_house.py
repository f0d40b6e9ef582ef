"""The architecture as tests: names, sizes, what templates may hold, what documents promise."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFUSED = re.compile(r"(^|/)(utils?|helpers?|common|misc|core|base|lib|managers?|services?)(\.py|/)")
#: Files whose name a framework prescribes.
NAMED_BY_OTHERS = {"config/embedded/base.py": "Django looks for a database's backend there"}
#: Longer than usual, each with its reason.
LONGER = {
    "piste/exchange/importing/deals.py": "planning and applying a row share every decision",
    "tests/browser/test_board.py": "one story a way of moving a card",
}
INLINE = re.compile(
    r"<style[\s>]|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE
)
HOSTS = re.compile(r"(pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|deb\.debian)")


def tracked(*endings: str) -> list[str]:
    """The files of the repository, by their endings."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout")
    return [name for name in listed.stdout.splitlines() if name.endswith(endings) and (ROOT / name).exists()]


def test_no_name_receives_everything() -> None:
    assert [name for name in tracked(".py") if REFUSED.search(name) and name not in NAMED_BY_OTHERS] == []


def test_files_keep_to_their_size() -> None:
    long = {}
    for name in tracked(".py", ".html", ".js", ".css"):
        if "/migrations/" in name:
            continue
        lines = (ROOT / name).read_text("utf-8").count("\n")
        limit = 200 if name.endswith(".html") else 400
        if lines > limit and name not in LONGER:
            long[name] = lines
    assert not long, f"split where a second subject has moved in, or name the reason in LONGER: {long}"


def test_functions_keep_to_their_size() -> None:
    long = []
    for name in tracked(".py"):
        if not name.startswith(("piste/", "config/")) or "/migrations/" in name:
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                length = node.end_lineno - node.lineno
                if length > 75:
                    long.append(f"{name}:{node.name} {length}")
    assert not long, long


def test_templates_hold_no_script_no_style_no_handler() -> None:
    found = []
    for name in tracked(".html"):
        if name.startswith("benchmarks/"):
            continue
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), start=1):
            if INLINE.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert not found, found


def test_migrations_say_their_intention() -> None:
    names = [name for name in tracked(".py") if "/migrations/" in name and not name.endswith("__init__.py")]
    assert names
    assert [name for name in names if re.search(r"/\d{4}_(auto|initial|alter|add_field)", name)] == []


def test_no_registry_is_named() -> None:
    found = []
    for name in tracked(".txt", ".lock", ".toml", ".json", ".md", ".py", ".cfg", "Makefile"):
        if name == "tests/house/test_house.py":
            continue
        if HOSTS.search((ROOT / name).read_text("utf-8", errors="replace")):
            found.append(name)
    assert found == []


def test_the_settings_told_are_those_read() -> None:
    told = set(re.findall(r"`(PISTE_[A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text("utf-8")))
    read = set(re.findall(r"\"(PISTE_[A-Z_]+)\"", (ROOT / "config" / "env.py").read_text("utf-8")))
    assert told == read


def test_documents_lead_somewhere() -> None:
    broken = []
    for name in tracked(".md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", (ROOT / name).read_text("utf-8")):
            if not ((ROOT / name).parent / target).exists():
                broken.append(f"{name} → {target}")
    assert broken == []


def test_raw_colours_stand_in_one_file() -> None:
    """Colours are tokens: no hexadecimal colour anywhere but where the tokens are made."""
    found = []
    for name in tracked(".css"):
        if name.endswith("tokens.css"):
            continue
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), start=1):
            if re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)", line) and "url(" not in line:
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert not found, found
