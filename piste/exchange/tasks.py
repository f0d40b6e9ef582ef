"""What the worker does for imports."""

from __future__ import annotations

from django.tasks import task
from django.utils import timezone

from .importing.pending import carry_out, try_waiting
from .models import PendingImport


@task()
def carry_out_import(pending: int) -> None:
    """Imports a waiting file in the background."""
    found = PendingImport.objects.filter(pk=pending).first()
    if found is not None:
        carry_out(pending=found, at=timezone.now())


@task()
def try_out_import(pending: int) -> None:
    """Rehearses a long file in the background."""
    found = PendingImport.objects.select_related("by").filter(pk=pending).first()
    if found is not None:
        try_waiting(pending=found, at=timezone.now())
