"""What the first page of the insights needs worked out, before somebody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from piste.pipelines.models import Pipeline

from .figures import Within, stage_figures
from .reading import earlier, reading, settled
from .scope import Scope

YEAR = timedelta(days=365)


def work_out(now: datetime) -> None:
    """Reads the history of the first pipeline and the year before it: visits and their orders last until a deal moves, whatever
    the period. Other pipelines are worked out when they are asked for."""
    pipeline = Pipeline.objects.in_use().first()
    if pipeline is None:
        return
    moment = settled(now)
    read = reading(Scope(pipeline, moment))
    stage_figures(read, Within(moment - YEAR))
    stage_figures(earlier(read, moment - YEAR), Within(moment - 2 * YEAR))
