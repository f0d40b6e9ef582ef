"""What the worker does with letters."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from . import operations
from .operations import Carried


@task()
def carry() -> int:
    """Carries what waits until nothing is left or the server is out of reach; returns how many letters were seen to."""
    count = 0
    while operations.carry(at=timezone.now()) is Carried.ONE:
        count += 1
    operations.clear_away(at=timezone.now())
    return count
