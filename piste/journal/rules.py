"""How the chain is computed: facts in, hashes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

GENESIS = bytes(32)
#: Made once: to make one takes longer than to write a short value.
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: object) -> bytes:
    """The one byte form of a JSON value: sorted keys, no spaces, UTF-8."""
    return _CANONICAL.encode(value).encode()


@lru_cache(maxsize=64)
def stamp(moment: datetime) -> str:
    """A moment as the chain writes it: UTC to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(data: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical form of an entry's data."""
    return hashlib.sha256(canonical(data)).digest()


def link(previous: bytes, *facts: object) -> bytes:
    """The hash of a row: SHA-256 over the hash before it and its own facts in canonical form."""
    return hashlib.sha256(bytes(previous) + canonical(list(facts))).digest()


def entry_hash(
    previous: bytes,
    *,
    subject_kind: str,
    subject_id: int,
    number: int,
    verb: str,
    at: datetime,
    actor_id: int | None,
    pipeline_id: int | None,
    cause: str,
    digest: bytes,
) -> bytes:
    """The hash an entry must carry, given the hash of the one before it."""
    return link(
        previous,
        subject_kind,
        subject_id,
        number,
        verb,
        stamp(at),
        actor_id,
        pipeline_id,
        cause,
        bytes(digest).hex(),
    )
