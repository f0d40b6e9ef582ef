"""What the clock does to the database."""

from __future__ import annotations

from django.tasks import task

from . import operations


@task()
def count_rows() -> None:
    """Counts the rows of tables that grew."""
    operations.count_rows()
