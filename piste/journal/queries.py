"""Questions to the journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .models import Entry
from .rules import GENESIS, digest_of, entry_hash


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """An entry that does not follow from the one before it."""

    entry_id: int
    subject_kind: str
    subject_id: int
    number: int
    what: str


def broken_links(*, limit: int = 20) -> Iterator[BrokenLink]:
    """Walks every chain in order and yields the first `limit` rows that break it; bounded memory."""
    found = 0
    subject: tuple[str, int] | None = None
    number, previous = 0, GENESIS
    entries = Entry.objects.order_by("subject_kind", "subject_id", "number")
    for found_row in entries.values_list(*_Row._fields).iterator(2000):
        row = _Row._make(found_row)
        if (row.subject_kind, row.subject_id) != subject:
            subject, number, previous = (row.subject_kind, row.subject_id), 0, GENESIS
        what = _fault(row, number, previous)
        number, previous = row.number, bytes(row.hash)
        if what:
            yield BrokenLink(row.id, row.subject_kind, row.subject_id, row.number, what)
            found += 1
            if found >= limit:
                return


class _Row(NamedTuple):
    """An entry as it is read by the hundred thousand."""

    id: int
    subject_kind: str
    subject_id: int
    number: int
    verb: str
    at: datetime
    actor_id: int | None
    pipeline_id: int | None
    cause: str
    data: Any
    digest: bytes
    previous_hash: bytes
    hash: bytes
    erased_at: datetime | None


def _fault(row: _Row, number: int, previous: bytes) -> str:
    if row.number != number + 1:
        return f"expected entry {number + 1}, found {row.number}"
    if bytes(row.previous_hash) != previous:
        return "does not follow the entry before it"
    if row.erased_at is None and digest_of(row.data) != bytes(row.digest):
        return "its data was changed"
    expected = entry_hash(
        previous,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        number=row.number,
        verb=row.verb,
        at=row.at,
        actor_id=row.actor_id,
        pipeline_id=row.pipeline_id,
        cause=row.cause,
        digest=bytes(row.digest),
    )
    return "" if expected == bytes(row.hash) else "its facts were changed"
