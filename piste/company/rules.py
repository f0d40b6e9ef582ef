"""What is kept of a link, and how long links live."""

from __future__ import annotations

import hashlib
from datetime import timedelta

LINK_LIFE = timedelta(minutes=15)
INVITATION_LIFE = timedelta(days=7)


def token_hash(token: str) -> str:
    """What is kept of a link: whoever reads the database cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()
