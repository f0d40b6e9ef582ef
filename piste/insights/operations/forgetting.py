"""What was erased is not to stay in the copy that was laid by."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from piste.insights.rules import COPY
from piste.journal.models import Entry


def forget(_: Entry) -> None:
    """Removes the copy; the worker makes another one without what was erased."""
    (Path(settings.DATA_DIR) / COPY).unlink(missing_ok=True)
