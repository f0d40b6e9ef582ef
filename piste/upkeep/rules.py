"""How long the bin keeps what is put there."""

from __future__ import annotations

from datetime import datetime, timedelta

KEPT = timedelta(days=90)


def erased_from(deleted_at: datetime) -> datetime:
    """The moment from which something in the bin is erased."""
    return deleted_at + KEPT
