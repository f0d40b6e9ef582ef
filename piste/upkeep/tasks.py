"""What the clock does to the database."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.tasks import task
from django.utils import timezone

from piste.company.models import Settings

from . import operations


@task()
def count_rows() -> None:
    """Counts the rows of tables that grew."""
    operations.count_rows()


@task()
def retest() -> int:
    """Measures the process versions whose day to be looked at again has come."""
    # It computes: the web process, which knows this module too, does not wait for that at its start.
    from .queries.retests import due

    at = timezone.now()
    settings = Settings.objects.filter(pk=1).first()
    if settings is None:
        return 0
    today = at.astimezone(ZoneInfo(settings.time_zone)).date()
    return sum(operations.retest(version=version, on=today, by=None, at=at) is not None for version in due(today))


@task()
def empty_bin() -> int:
    """Erases what has lain in the bin for 90 days."""
    return operations.empty_bin(at=timezone.now())


@task()
def sweep_files() -> int:
    """Removes contents on disk that no file names any more."""
    return operations.sweep_files(at=timezone.now())
