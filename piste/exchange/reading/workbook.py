"""Spreadsheets, read by a child process that may use little memory and time; its rows come as lines of JSON."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .findings import Unreadable

CHILD = Path(__file__).with_name("spreadsheet.py")
EXHAUSTED = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGSEGV}


class Workbook:
    """A workbook. `facts` holds what the child told besides rows: the sheet's name, the others, formulas without a value.

    Parsing is slow, so that the first complete reading is kept in a temporary file (as large as the child may say at most) for
    the next ones.
    """

    def __init__(self, path: Path, tab: str = "") -> None:
        self.path, self.tab = path, tab
        self.facts: dict[str, Any] = {}
        self.kept: Any = None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row with its number. Raises `Unreadable`; the child ends with the iteration, however that ends."""
        if self.kept is not None:
            with Path(self.kept.name).open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)
            return
        keeping = tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="piste-sheet-")  # noqa: SIM115 (it outlives this)
        for text in self._told():
            keeping.write(text)
            number, cells = json.loads(text)
            yield number, cells
        keeping.flush()
        self.kept = keeping

    def _told(self) -> Iterator[str]:
        """The rows as lines of JSON."""
        weighed = "weighed" if "formulas" in self.facts else ""
        # Isolated: neither the surroundings nor the working directory choose what the child imports.
        command = [sys.executable, "-I", "-X", "utf8", str(CHILD), str(self.path.resolve()), self.tab, weighed]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
        ) as child:
            assert child.stdout is not None
            try:
                for text in child.stdout:
                    if text.startswith("["):
                        yield text
                        continue
                    told = json.loads(text)
                    if "refused" in told:
                        raise Unreadable(told["refused"], **told["facts"])
                    else:
                        self.facts |= told
                        if "end" in told:
                            return
            finally:
                ended = child.poll()
                child.kill()
            ended = child.wait() if ended is None else ended
            raise Unreadable("too_large", limit="400 MiB") if ended in EXHAUSTED else Unreadable("spreadsheet")
