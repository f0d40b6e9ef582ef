"""Audits that are made by themselves, and who is sent them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time

from django.db import transaction

from piste.audits.models import Reader, Schedule
from piste.company.models import Member
from piste.journal.operations import record
from piste.pipelines.models import Pipeline


class NotAReader(Exception):
    """Somebody who may not read these audits was to be sent them."""


@transaction.atomic
def schedule(
    *, pipeline: Pipeline, rhythm: str, weekday: int, hour: time, readers: Collection[Member], by: Member, at: datetime
) -> Schedule:
    """Makes audits of a pipeline from now on, with the eyes of `by`; one schedule each. Raises `NotAReader`."""
    if any(not reader.may_manage or not (reader.sees_all or reader == by) for reader in readers):
        raise NotAReader
    when = {"rhythm": rhythm, "weekday": weekday, "hour": hour}
    found, _ = Schedule.objects.update_or_create(pipeline=pipeline, by=by, defaults=when | {"since": at})
    Reader.objects.filter(schedule=found).delete()
    Reader.objects.bulk_create([Reader(schedule=found, member=reader) for reader in readers])
    told = when | {"hour": hour.isoformat("minutes"), "readers": sorted(reader.pk for reader in readers)}
    _record("scheduled", found, by, at, told)
    return found


@transaction.atomic
def end(*, schedule: Schedule, by: Member, at: datetime) -> None:
    """No more audits by themselves; those made stay."""
    _record("unscheduled", schedule, by, at, {})
    schedule.delete()


def _record(what: str, found: Schedule, by: Member, at: datetime, data: dict[str, object]) -> None:
    about = {"pipeline": found.pipeline_id, **data}
    record(verb=f"audit.{what}", subject_kind="audit_schedule", subject_id=found.pk, actor_id=by.pk, at=at, data=about)
