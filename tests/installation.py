"""An installation of its own in a folder, for what must be seen from outside one process: commands, crashes, two movers."""

from __future__ import annotations

import fcntl
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Installation:
    """A data folder with an embedded database whose tables are there, and nobody in it."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "piste.sqlite3"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PISTE_", "DJANGO_"))}
        return kept | {"PISTE_DATA_DIR": str(self.folder), "PISTE_SECRET_KEY": "tests only", "PYTHONPATH": str(ROOT)}

    def start(self, *words: str | Path, **pipes: Any) -> subprocess.Popen[str]:
        """A Python process of this installation: `start("-m", "piste.commands", "verify")`."""
        command = [sys.executable, *(str(word) for word in words)]
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | {"env": self.environment} | pipes
        return subprocess.Popen(command, cwd=ROOT, text=True, **pipes)

    def piste(self, *words: str | Path) -> tuple[int, str, str]:
        """Runs a command to its end: exit code, what it said, what it complained of."""
        process = self.start("-m", "piste.commands", *words)
        out, err = process.communicate(timeout=600)
        return process.returncode, out, err

    def each(self, *commands: Sequence[str | Path]) -> list[tuple[int, str, str]]:
        """Runs commands that leave nothing behind one after the other, in one process: of each what `piste` returns."""
        given = json.dumps([[str(word) for word in words] for words in commands])
        process = self.start("-m", "tests.in_turn")
        out, err = process.communicate(given, timeout=600)
        assert process.returncode == 0, err
        return [(code, said, complained) for code, said, complained in json.loads(out)]

    def verify(self) -> dict[str, Any]:
        """The verdict of `piste verify`."""
        _, out, err = self.piste("verify", "--json")
        assert out, err
        found: dict[str, Any] = json.loads(out)
        return found


@functools.cache
def template() -> Path:
    """A folder with an embedded database whose tables are there. All the workers of a run share it where `checks.py` says where
    (`TESTS_SHARE`): whoever comes first makes it, the others wait."""
    share = Path(os.environ.get("TESTS_SHARE") or tempfile.mkdtemp(prefix="piste-template-"))
    made = share / "made"
    with (share / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not made.exists():
            half = Installation(share / "half")
            half.folder.mkdir()
            code, _, err = half.piste("manage", "migrate", "--verbosity", "0")
            assert code == 0, err
            half.folder.rename(made)
    return made


@functools.cache
def _with_deals() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="piste-deals-"))
    code, _, err = fresh(folder).piste("demo", "--deals", "30")
    assert code == 0, err
    return folder


def with_deals(folder: Path) -> Installation:
    """An installation in a folder with a generated company of 30 deals, made once a session and copied."""
    shutil.copytree(_with_deals(), folder, dirs_exist_ok=True)
    return Installation(folder)


def fresh(folder: Path) -> Installation:
    """A new installation in a folder; tables are made once a session and copied."""
    shutil.copytree(template(), folder, dirs_exist_ok=True)
    return Installation(folder)
