"""The columns that the insights keep, laid by in a file of the data folder: a process that has just started maps them instead of
reading every move again.

The file is a copy, never the truth. It is taken up only when nothing in it was damaged, when it was made by this version of the
product under these migrations, and when the journal and the ledger of this database still hold the very rows they ended with;
what has happened since is then read behind it, as after any other pause.
"""

from __future__ import annotations

import json
import mmap
import zlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import models
from django.db.migrations.recorder import MigrationRecorder

from piste.deals.models import Move
from piste.insights.rules import COPY
from piste.journal.models import Entry
from piste.stats.history import Moves

from .changes import COLUMNS as OF_CHANGES
from .changes import Changes
from .facts import COLUMNS as OF_FACTS
from .facts import Facts, Texts
from .heads import Head, place
from .rows import Rows

#: What a file begins with. Another number for every change of what is read into the columns, or of how they are packed.
MAGIC = b"piste insights 5\n"
#: Columns begin at multiples of so many bytes.
STEP = 64
OF_MOVES = tuple(one.name for one in fields(Moves))


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """What a file holds: the ledger until `ledger`, and the parts as the journal stood at `journal` (or later)."""

    journal: Head
    ledger: Head
    moves: Moves
    texts: Texts
    parts: dict[str, Any]


def path() -> Path:
    """Where the file of this installation lies."""
    return Path(settings.DATA_DIR) / COPY


def packed(laid: Laid) -> bytes:
    """A file's bytes: what they prove, where each column lies, the columns."""
    columns = {f"moves.{name}": getattr(laid.moves, name) for name in OF_MOVES}
    for part, found in laid.parts.items():
        columns |= {f"{part}.{name}": getattr(found, name) for name in _names(part)}
    table, body, at = {}, [], 0
    for name, column in columns.items():
        data = np.ascontiguousarray(column).tobytes()
        table[name] = (column.dtype.str, column.shape, at)
        gap = -len(data) % STEP
        body += [data, bytes(gap)]
        at += len(data) + gap
    told = {
        "place": place(),
        "schema": _schema(),
        "journal": _told(laid.journal),
        "ledger": _told(laid.ledger),
        "columns": table,
        "texts": list(laid.texts),
    }
    head = json.dumps(told).encode()
    head += b" " * (-(len(MAGIC) + 24 + len(head)) % STEP)
    rest = head + b"".join(body)
    return MAGIC + b"%010x %010x   " % (len(head), zlib.crc32(rest)) + rest


def find() -> Laid | None:
    """What is laid by and proven to be of this database as it is; None without it."""
    try:
        with path().open("rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):
        return None
    try:
        return _unpacked(data)
    except (ValueError, KeyError, TypeError):
        # Damaged where its own sum could not tell, or of another make.
        return None


def _unpacked(data: mmap.mmap) -> Laid | None:
    begin = len(MAGIC) + 24
    if data[: len(MAGIC)] != MAGIC:
        return None
    length, total = (int(number, 16) for number in data[len(MAGIC) : begin].split())
    if zlib.crc32(memoryview(data)[begin:]) != total:
        return None
    told = json.loads(data[begin : begin + length])
    journal, ledger = (Head(last, bytes.fromhex(digest), None) for last, digest in (told["journal"], told["ledger"]))
    if told["place"] != place() or told["schema"] != _schema() or not (_holds(Entry, journal) and _holds(Move, ledger)):
        return None
    texts = Texts(told["texts"])
    columns: dict[str, dict[str, Any]] = {}
    for name, (kind, shape, at) in told["columns"].items():
        part, _, column = name.partition(".")
        count, made = int(np.prod(shape)), np.dtype(kind)
        found = np.frombuffer(data, made, count, begin + length + at) if count else np.zeros(0, made)
        columns.setdefault(part, {})[column] = found.reshape(shape)
    moves = Moves(**columns.pop("moves"))
    return Laid(journal, ledger, moves, texts, {part: _part(part, found, texts) for part, found in columns.items()})


def _part(name: str, columns: dict[str, Any], texts: Texts) -> Any:
    if name == "facts":
        return Facts(**columns, texts=texts)
    return Changes(**columns, texts=texts) if name == "changes" else Rows(**columns)


def _names(part: str) -> tuple[str, ...]:
    return {"facts": OF_FACTS, "changes": OF_CHANGES}.get(part, ("columns",))


def _told(head: Head) -> tuple[int, str]:
    return head.last, head.hash.hex()


def _holds(table: type[models.Model], head: Head) -> bool:
    """Whether a table holds the row that it ended with then."""
    found = table._default_manager.filter(pk=head.last).values_list("hash", flat=True).first()
    return found is not None and bytes(found) == head.hash


def _schema() -> list[Any]:
    """What the tables were last changed by."""
    found = MigrationRecorder.Migration.objects.order_by("-id").values_list("id", "app", "name").first()
    return list(found or ())
