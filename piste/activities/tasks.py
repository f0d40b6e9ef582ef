"""What the clock does to activities."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from piste.post.tasks import carry

from . import operations


@task()
def remind() -> int:
    """Reminds of what is due at an hour that is near; its letters leave at once."""
    made = operations.remind(at=timezone.now())
    if made:
        carry.enqueue()
    return made
