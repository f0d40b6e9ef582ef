"""Writing the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from .models import Entry, EntrySet, RemovalPermit
from .rows import add_row, add_values, unsaved
from .rules import GENESIS, digest_of, entry_hash

#: The end of a subject's chain. Every change asks for it; the ORM would take ten times as long to write it.
LAST = "SELECT number, hash FROM journal_entry WHERE subject_kind = %s AND subject_id = %s ORDER BY number DESC LIMIT 1"

#: Takes the locks of some chains, one after the other as they stand.
TURNS = "SELECT pg_advisory_xact_lock(hashtext(%s), key) FROM unnest(%s::integer[]) AS turn(key)"

_listeners: list[Callable[[], None]] = []

#: What rooms above do in the same transaction when something is told, by its verb. `reactions.py` fills it.
REACTIONS: dict[str, list[Callable[[Entry], None]]] = {}


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be written about one subject; `actor_id` None means the product itself."""

    verb: str
    subject_kind: str
    subject_id: int
    actor_id: int | None
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    pipeline_id: int | None = None
    cause: str = "page"


def on_announcement(listener: Callable[[], None]) -> None:
    """Calls `listener` after each commit that wrote entries in this process (the live hub's wake-up)."""
    _listeners.append(listener)


def announce() -> None:
    """Wakes the listeners of this process; the table stays the truth, this is only a hint."""
    for listener in _listeners:
        listener()


def record(
    *,
    verb: str,
    subject_kind: str,
    subject_id: int,
    actor_id: int | None,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    pipeline_id: int | None = None,
    cause: str = "page",
) -> Entry:
    """Appends one entry; must be called inside the transaction of the change it tells of, and carries what goes with it."""
    happening = Happening(verb, subject_kind, subject_id, actor_id, at, data or {}, pipeline_id, cause)
    _wait_for_turn(subject_kind, subject_id)
    number, previous = _last(subject_kind, subject_id) or (0, GENESIS)
    entry = unsaved(Entry, _facts(happening, number=number + 1, previous=previous))
    add_row(entry)
    transaction.on_commit(announce)
    for react in REACTIONS.get(verb, ()):
        react(entry)
    return entry


def record_many(*, happenings: Sequence[Happening]) -> int:
    """Appends many entries at once, chaining each behind the last of its subject; returns how many.

    For a past that is brought in: nothing reacts to it.
    """
    return len(_append_many(happenings))


def record_together(*, happenings: Sequence[Happening]) -> None:
    """Appends what happens to some hundred subjects in one act: each in its turn, and with what goes with it, as `record`."""
    for kind in sorted({happening.subject_kind for happening in happenings}):
        _wait_for_turn(kind, *{happening.subject_id for happening in happenings if happening.subject_kind == kind})
    for facts in _append_many(happenings):
        for react in REACTIONS.get(facts["verb"], ()):
            react(unsaved(Entry, facts))


def _append_many(happenings: Sequence[Happening]) -> list[dict[str, Any]]:
    chains = _chain_ends(happenings)
    entries = []
    for happening in happenings:
        key = (happening.subject_kind, happening.subject_id)
        number, previous = chains.get(key, (0, GENESIS))
        entry = _facts(happening, number=number + 1, previous=previous)
        chains[key] = (number + 1, entry["hash"])
        entries.append(entry)
    if entries:
        add_values(Entry, list(entries[0]), [list(entry.values()) for entry in entries])
    transaction.on_commit(announce)
    return entries


@contextmanager
def permit_removal(*, reason: str) -> Iterator[None]:
    """Lets the current transaction remove or blank append-only rows; for erasure and demo removal alone."""
    with transaction.atomic():
        permit = RemovalPermit.objects.create(reason=reason)
        yield
        permit.delete()


def empty(*, entries: EntrySet, at: datetime) -> int:
    """Takes what entries say out of them for good; their digests stay, and with them the chain. For erasure alone, which tells
    of itself on the same subject at the same moment. Returns how many there were."""
    with permit_removal(reason="erasure"):
        return entries.filter(erased_at=None).update(data={}, erased_at=at)


def _wait_for_turn(kind: str, *subject_ids: int) -> None:
    """Lets one transaction at a time append to the chain of a subject, in the order of their numbers; SQLite has but one
    writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(TURNS, [kind, sorted(key % 2**31 for key in subject_ids)])


def _facts(happening: Happening, *, number: int, previous: bytes) -> dict[str, Any]:
    """An entry's columns, chained behind the one before."""
    digest = digest_of(happening.data)
    facts: dict[str, Any] = {
        "subject_kind": happening.subject_kind,
        "subject_id": happening.subject_id,
        "number": number,
        "verb": happening.verb,
        "at": happening.at,
        "actor_id": happening.actor_id,
        "pipeline_id": happening.pipeline_id,
        "cause": happening.cause,
        "digest": digest,
    }
    return {**facts, "data": dict(happening.data), "previous_hash": previous, "hash": entry_hash(previous, **facts)}


def _last(kind: str, subject_id: int) -> tuple[int, bytes] | None:
    """The number and hash of a subject's last entry."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [kind, subject_id])
        row = cursor.fetchone()
    return None if row is None else (row[0], bytes(row[1]))


def _chain_ends(happenings: Sequence[Happening]) -> dict[tuple[str, int], tuple[int, bytes]]:
    """The number and hash of the last entry of each subject that already has one."""
    ends: dict[tuple[str, int], tuple[int, bytes]] = {}
    by_kind: dict[str, set[int]] = {}
    for happening in happenings:
        by_kind.setdefault(happening.subject_kind, set()).add(happening.subject_id)
    for kind, ids in by_kind.items():
        if len(ids) == 1:
            (subject,) = ids
            if last := _last(kind, subject):
                ends[kind, subject] = last
            continue
        ordered = sorted(ids)
        for start in range(0, len(ordered), 500):
            part = ordered[start : start + 500]
            tops = (
                Entry.objects.filter(subject_kind=kind, subject_id__in=part)
                .values("subject_id")
                .annotate(top=Max("number"))
                .values_list("subject_id", "top")
            )
            known = dict(tops)
            if not known:
                continue
            for subject, number, found in Entry.objects.filter(subject_kind=kind, subject_id__in=list(known)).values_list(
                "subject_id", "number", "hash"
            ):
                if known[subject] == number:
                    ends[kind, subject] = (number, bytes(found))
    return ends
