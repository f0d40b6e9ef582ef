"""Computing the forecasts of a pipeline and writing down what they say, for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from piste.company.models import Settings
from piste.deals.models import Deal
from piste.forecasting.models import Chance, Computing, Snapshot
from piste.forecasting.queries.snapshots import due
from piste.pipelines.models import Pipeline

if TYPE_CHECKING:
    from piste.forecasting.queries.forecast import ChanceSaid

#: A computing that has told nothing for so long was stopped with its worker.
LOST = timedelta(minutes=30)
#: How far a computing comes before it says so again.
STEP = 0.04


def ask(*, pipeline: Pipeline, at: datetime) -> tuple[Computing, bool]:
    """Asks for the forecasts to be computed, and tells whether anybody has to begin: one that waits or runs already is enough."""
    Computing.objects.filter(pipeline=pipeline, ended_at=None, asked_at__lt=at - LOST).update(ended_at=at, failed=True)
    try:
        with transaction.atomic():
            return Computing.objects.create(pipeline=pipeline, asked_at=at), True
    except IntegrityError:
        return Computing.objects.get(pipeline=pipeline, ended_at=None), False


def compute(*, computing: Computing, settings: Settings, clock: Callable[[], datetime]) -> bool:
    """Does what was asked; False when somebody else does it already. What it says is written at once: all of it, or nothing. It
    speaks as of the moment it begins, and asks the clock again when it ends: in between lie seconds to minutes."""
    from piste.forecasting.queries.forecast import make

    at = clock()
    taken = Computing.objects.filter(pk=computing.pk, started_at=None, ended_at=None).update(started_at=at)
    if not taken:
        return False
    told = 0.0

    def tell(done: float) -> None:
        nonlocal told
        if done - told >= STEP:
            told = done
            Computing.objects.filter(pk=computing.pk).update(progress=min(done, 0.99))

    pipeline = computing.pipeline
    try:
        made = make(pipeline, settings, at=at, progress=tell)
    except Exception:
        Computing.objects.filter(pk=computing.pk).update(ended_at=clock(), failed=True)
        raise
    day = at.astimezone(ZoneInfo(settings.time_zone)).date()
    with transaction.atomic():
        for one in made:
            Snapshot.objects.create(
                pipeline=pipeline,
                span=int(one.period.span),
                first=one.period.first,
                day=day,
                at=at,
                currency=settings.currency,
                said=one.said,
                chances=one.by_deal,
            )
        _keep(made[0].period.last, made[0].chances, pipeline, at=at)
        Computing.objects.filter(pk=computing.pk).update(ended_at=clock(), progress=1.0)
    return True


def _keep(until: date, said: Sequence[ChanceSaid], pipeline: Pipeline, *, at: datetime) -> None:
    """The chances of the open deals in the place of those before. A deal closed meanwhile has none."""
    Chance.objects.filter(deal__pipeline=pipeline).delete()
    there = set(Deal.objects.present().filter(pipeline=pipeline, status__in=("open", "held")).values_list("pk", flat=True))
    rows = [Chance(at=at, until=until, **asdict(one)) for one in said if one.deal_id in there]
    Chance.objects.bulk_create(rows, batch_size=500)


def refresh(*, at: datetime) -> list[int]:
    """Asks for the forecasts of every pipeline whose last are of another day, from the early hours on; the computings asked."""
    settings = Settings.objects.filter(pk=1).first()
    if settings is None:
        return []
    asked = [ask(pipeline=pipeline, at=at) for pipeline in due(settings, at=at)]
    return [computing.pk for computing, is_new in asked if is_new]
