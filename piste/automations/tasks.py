"""What the worker does with automations."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from piste.post.tasks import carry

from . import operations


@task()
def follow() -> int:
    """Answers what was written in the journal; e-mails and messages that follow leave at once."""
    made = operations.follow(at=timezone.now())
    if made:
        carry.enqueue()
        deliver.enqueue()
    return made


@task()
def look() -> int:
    """Does what the clock asks for, and what waited for working hours."""
    made = operations.look(at=timezone.now()) + operations.catch_up(at=timezone.now())
    if made:
        carry.enqueue()
    deliver.enqueue()
    return made


@task()
def deliver() -> int:
    """Sends messages to other systems until none is due."""
    count = 0
    while operations.deliver(at=timezone.now()):
        count += 1
    operations.clear_away(at=timezone.now())
    return count


@task()
def clear() -> int:
    """Clears the runs of more than a year ago from the logs."""
    count = 0
    while done := operations.clear_runs(at=timezone.now()):
        count += done
    return count
