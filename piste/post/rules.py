"""Decisions about letters; facts in, verdict out."""

from __future__ import annotations

import hashlib
from datetime import timedelta

#: How long whoever carries a letter has it alone; a server that does not answer is left well before.
HELD = timedelta(minutes=2)
#: How long letters that are over are kept to be asked about.
KEPT = timedelta(days=30)
#: The longest wait between two attempts.
LONGEST = timedelta(minutes=30)


def wait(tries: int) -> timedelta:
    """How long to wait after so many attempts in vain: one minute, two, four…"""
    return min(timedelta(minutes=2 ** min(max(tries - 1, 0), 10)), LONGEST)


def message_id(key: str, sender: str, salt: str) -> str:
    """The Message-ID of a key: always the same, so that a letter carried twice is one message; it gives nothing away."""
    digest = hashlib.sha256(f"{salt}:{key}".encode()).hexdigest()[:32]
    host = sender.rsplit("@", 1)[-1].rstrip(">").strip() or "localhost"
    return f"<{digest}@{host}>"
