"""What was said of the future, as it was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from piste.company.models import Settings
from piste.deals.models import Deal
from piste.forecasting.models import Chance, Computing, Snapshot
from piste.foundations.calendar import Period
from piste.pipelines.models import Pipeline

#: From this hour of the company on the forecasts of the day are computed.
HOUR = 3


def latest(pipeline: Pipeline, whole: Period) -> Snapshot | None:
    """The last forecast of a period."""
    found = Snapshot.objects.filter(pipeline=pipeline, span=int(whole.span), first=whole.first)
    return found.defer("chances").order_by("-at", "-pk").first()


def history(pipeline: Pipeline, whole: Period, *, most: int = 120) -> Sequence[Snapshot]:
    """The forecasts of a period in the order they were made, the last of each day."""
    found = Snapshot.objects.filter(pipeline=pipeline, span=int(whole.span), first=whole.first)
    found = found.defer("chances").order_by("-at", "-pk")[:most]
    by_day = {one.day: one for one in reversed(found)}
    return list(by_day.values())


def chance_of(deal: Deal) -> Chance | None:
    """The chance of a deal as last computed; None for one that is not open, or of which nothing was said yet."""
    return Chance.objects.filter(deal=deal).first() if deal.status in ("open", "held") else None


def computing_of(pipeline: Pipeline) -> Computing | None:
    """The computing of a pipeline's forecasts that is under way, else the last one."""
    return Computing.objects.filter(pipeline=pipeline).order_by("-pk").first()


def due(settings: Settings, *, at: datetime) -> list[Pipeline]:
    """The pipelines with deals that have no forecast of the day yet, nor a computing that failed on it."""
    zone = ZoneInfo(settings.time_zone)
    now = at.astimezone(zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Computing.objects.filter(pipeline=OuterRef("pk"))
    wanted = Pipeline.objects.in_use().filter(Exists(Deal.objects.present().filter(pipeline=OuterRef("pk"))))
    # The first forecast does not wait for the night.
    never = wanted.exclude(Exists(asked))
    if now.hour < HOUR:
        return list(never)
    return list(wanted.exclude(Exists(asked.filter(asked_at__gte=midnight.replace(hour=HOUR)))))
