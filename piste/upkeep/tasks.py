"""What the clock does to the database."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from . import operations


@task()
def count_rows() -> None:
    """Counts the rows of tables that grew."""
    operations.count_rows()


@task()
def empty_bin() -> int:
    """Erases what has lain in the bin for 90 days."""
    return operations.empty_bin(at=timezone.now())


@task()
def sweep_files() -> int:
    """Removes contents on disk that no file names any more."""
    return operations.sweep_files(at=timezone.now())
