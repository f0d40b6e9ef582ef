"""Laying by what the insights read, for processes yet to start."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from django.conf import settings

from piste.deals.models import Move
from piste.insights.queries import keeping, laid, ledger
from piste.insights.queries.heads import Head, head_of
from piste.journal.models import Entry

#: A copy behind by more deals than this is made anew; fewer are read behind it by whoever takes it up.
MOST_BEHIND = 200
#: How often, and how many seconds apart, a moment is looked for in which nobody writes.
TURNS, BETWEEN = 20, 0.05


def lay_by() -> bool:
    """Lays the columns by, unless what lies there is fresh enough; returns whether it did. On PostgreSQL it waits for a moment
    in which nobody writes, and lets it be when none comes."""
    journal = _quiet()
    if journal is None or not journal.last or not _is_due(journal):
        return False
    ends = head_of(Move)
    if ends.count is not None or not ends.last:
        return False
    known = keeping.anew()
    _write(laid.packed(laid.Laid(journal, ends, ledger.read(ends.last), known.texts, known.parts)))
    return True


def _quiet() -> Head | None:
    for _turn in range(TURNS):
        head = head_of(Entry)
        if head.count is None:
            return head
        time.sleep(BETWEEN)
    return None


def _is_due(now: Head) -> bool:
    found = laid.find()
    if found is None:
        return True
    if found.journal.last == now.last:
        return False
    since = Entry.objects.filter(id__gt=found.journal.last)
    told_of = keeping.touched(found.journal, now)
    return told_of is None or len(told_of) > MOST_BEHIND or since.filter(verb__endswith=".erased").exists()


def _write(data: bytes) -> None:
    """Puts a whole file in the place of the other: whoever has that one mapped keeps it."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Readable by its owner alone, as all that tempfile makes.
    handle, name = tempfile.mkstemp(dir=settings.DATA_DIR, prefix=".insights-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(laid.path())
    except OSError:
        Path(name).unlink()
        raise
