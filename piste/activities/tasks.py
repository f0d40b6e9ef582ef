"""What the clock does to activities."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from piste.post.tasks import carry

from . import operations
from .models import Adoption


@task()
def remind() -> int:
    """Reminds of what is due at an hour that is near; its letters leave at once."""
    made = operations.remind(at=timezone.now())
    if made:
        carry.enqueue()
    return made


@task()
def adopt() -> int:
    """Lets the running deals adopt the playbooks of versions that were published, as far as that is still to be done."""
    left = list(Adoption.objects.filter(finished_at=None).order_by("version"))
    for adoption in left:
        operations.carry_out(adoption=adoption, at=timezone.now())
    return len(left)
