"""What the documents state is true: commands, options, variables, rooms, and the words of the user guides."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

import pytest

from tests.house.test_house import ROOT, tracked

#: Where commands are told.
TOLD = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/admin.md",
    "docs/settings.md",
    *(f"docs/guide/{tongue}.md" for tongue in ("en", "fr")),
]
COMMAND = re.compile(r"(?<![\w/.-])piste ([a-z][a-z-]+)((?: (?!piste\b)[^\s`|)]+)*)")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def code(name: str) -> list[str]:
    """The lines of code blocks and the code spans of a document."""
    whole = text(name)
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", whole, re.DOTALL | re.MULTILINE)
    rest = re.sub(r"^```.*?^```", "", whole, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)


def options_of(command: str) -> set[str]:
    from piste.commands import names

    parser = argparse.ArgumentParser()
    importlib.import_module(f"piste.commands.{names()[command]}").add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings}


def told_commands() -> list[tuple[str, str, list[str]]]:
    documents = [*TOLD, *(name for name in tracked(".md") if name.startswith("docs/howto/"))]
    found = []
    for name in documents:
        for line in code(name):
            for command, rest in COMMAND.findall(line):
                found.append((name, command, re.findall(r"--[a-z][a-z-]*", rest)))
    return found


def test_commands_and_their_options_exist() -> None:
    from piste.commands import names

    told = told_commands()
    assert {command for _, command, _ in told} >= {"run", "import", "undo-import", "verify", "backup", "restore", "demo"}
    wrong = []
    for name, command, options in told:
        if command == "manage":
            continue
        if command not in names():
            wrong.append(f"{name}: piste {command}")
            continue
        wrong += [f"{name}: piste {command} {option}" for option in options if option not in options_of(command)]
    assert wrong == []


def test_the_readme_tells_every_command() -> None:
    from piste.commands import names

    told = {command for name, command, _ in told_commands() if name in ("README.md", "docs/admin.md")}
    assert told >= set(names())


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    told = {word for name in TOLD for line in code(name) for word in re.findall(r"\bmake ([a-z]+)", line)}
    assert told
    assert told <= targets


def test_variables_told_are_read() -> None:
    read = set(re.findall(r"\"(PISTE_[A-Z_]+)\"", text("config/env.py")))
    wrong = [
        f"{name}: {variable}"
        for name in tracked(".md")
        for variable in re.findall(r"\bPISTE_[A-Z_]+\b", text(name))
        if variable not in read
    ]
    assert wrong == []


def test_the_rooms_told_are_those_there() -> None:
    table = text("docs/house.md").split("| room | what it is |")[1].split("\n\n")[0]
    told = set(re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE))
    there = {path.parent.name for path in (ROOT / "piste").glob("*/__init__.py")}
    assert told == there


def test_files_told_are_there() -> None:
    wrong = []
    for name in tracked(".md"):
        if name == "CHANGELOG.md":
            continue
        for path in re.findall(r"`((?:piste|tests|config|frontend|docs|benchmarks|requirements)/[\w./-]+)`", text(name)):
            if not (ROOT / path).exists():
                wrong.append(f"{name}: {path}")
    assert wrong == []


def test_decisions_are_numbered_without_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def words_of_the_interface(tongue: str) -> set[str]:
    """Every sentence of the interface, as the catalogues hold it."""
    from babel.messages.pofile import read_po

    found: set[str] = set()
    for path in sorted((ROOT / "piste" / "locale" / "fr").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                side = message.id if tongue == "en" else message.string
                found.update([side] if isinstance(side, str) else side)
    return {plain(words) for words in found}


def plain(words: str) -> str:
    """Without what a line break or a kind of space changes."""
    return re.sub(r"\s+", " ", words.replace("\u202f", " ").replace("\xa0", " ")).strip()


@pytest.mark.parametrize("tongue", ["en", "fr"])
def test_what_is_bold_in_a_guide_stands_on_the_screen(tongue: str) -> None:
    known = words_of_the_interface(tongue)
    bold = {plain(words) for words in re.findall(r"\*\*(.+?)\*\*", text(f"docs/guide/{tongue}.md"), re.DOTALL)}
    assert len(bold) > 80
    assert sorted(bold - known) == []


@pytest.mark.parametrize("tongue", ["en", "fr"])
def test_the_guide_leads_to_its_own_parts_and_pictures(tongue: str) -> None:
    whole = text(f"docs/guide/{tongue}.md")
    headings = {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", whole, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", whole)) <= headings
    pictures = re.findall(r"!\[([^\]]*)\]\(\.\./images/([\w.]+)\)", whole)
    assert all(told for told, _ in pictures)
    assert {Path(name).suffixes[0] for _, name in pictures} == {".png" if tongue == "en" else ".fr"}


def test_both_guides_tell_the_same() -> None:
    english, french = text("docs/guide/en.md"), text("docs/guide/fr.md")
    levels = [re.findall(r"^(#+) ", whole, re.MULTILINE) for whole in (english, french)]
    assert levels[0] == levels[1]
    names = [re.findall(r"images/(\w+)", whole) for whole in (english, french)]
    assert names[0] == names[1]
    assert {path.name.split(".")[0] for path in (ROOT / "docs" / "images").iterdir()} == set(names[0])
