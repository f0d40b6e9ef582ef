"""What the clock does for mornings."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from piste.post.tasks import carry

from . import operations


@task()
def write() -> int:
    """Writes the morning letters whose hour has come; they leave at once."""
    written = operations.write(at=timezone.now())
    if written:
        carry.enqueue()
    return written
