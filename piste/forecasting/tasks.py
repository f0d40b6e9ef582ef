"""What the clock does for forecasts."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from piste.company.models import Settings

from .models import Computing
from .operations import refreshing


@task()
def refresh() -> int:
    """Has the forecasts of the day computed, once a night for each pipeline."""
    asked = refreshing.refresh(at=timezone.now())
    for key in asked:
        compute.enqueue(key)
    return len(asked)


@task()
def compute(key: int) -> None:
    """Computes what was asked, unless somebody does already."""
    computing = Computing.objects.select_related("pipeline").filter(pk=key).first()
    settings = Settings.objects.filter(pk=1).first()
    if computing is not None and settings is not None:
        refreshing.compute(computing=computing, settings=settings, clock=timezone.now)
