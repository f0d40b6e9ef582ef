"""What the clock does to deals."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.tasks import task
from django.utils import timezone

from piste.company.models import Settings

from . import operations


@task()
def wake() -> int:
    """Wakes held deals whose day has come in the company's time zone, including days no worker ran."""
    settings = Settings.objects.filter(pk=1).first()
    if settings is None:
        return 0
    now = timezone.now()
    return operations.wake_due(today=now.astimezone(ZoneInfo(settings.time_zone)).date(), at=now)
