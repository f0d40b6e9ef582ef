"""What the clock does to deals."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.tasks import task
from django.utils import timezone

from piste.company.models import Settings

from . import operations
from .models import BulkEdit
from .operations import bulk


@task()
def wake() -> int:
    """Wakes held deals whose day has come in the company's time zone, including days no worker ran."""
    settings = Settings.objects.filter(pk=1).first()
    if settings is None:
        return 0
    now = timezone.now()
    return operations.wake_due(today=now.astimezone(ZoneInfo(settings.time_zone)).date(), at=now)


@task()
def carry_out_bulk(edit: int) -> None:
    """Does what is left of an edit of many deals, and of taking it back."""
    found = BulkEdit.objects.filter(pk=edit).first()
    if found is not None:
        bulk.carry_out(edit=found, at=timezone.now())
        found.refresh_from_db()
        if found.undo_asked_at is not None:
            bulk.take_all_back(edit=found, at=timezone.now())
