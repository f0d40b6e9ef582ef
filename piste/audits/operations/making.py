"""Making an audit: looking first, then keeping what was seen in one transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from piste.audits import rules
from piste.audits.models import Audit, Finding, Schedule
from piste.audits.queries import newest
from piste.audits.queries.told import timing
from piste.audits.rules import Looked
from piste.company.models import Member
from piste.company.queries import company
from piste.journal.operations import record
from piste.pipelines.models import Pipeline


def make(*, pipeline: Pipeline, by: Member, at: datetime) -> Audit:
    """An audit that somebody asks for, of what they see."""
    eyes = None if by.sees_all else by
    return _keep(pipeline, _look(pipeline, eyes=eyes, at=at), by=by, eyes=eyes, at=at)


def fall_due(*, at: datetime) -> list[Audit]:
    """Makes the audits of every schedule whose hour has come, each once."""
    settings = company()
    made = []
    running = Schedule.objects.filter(by__is_active=True, pipeline__retired_at=None).select_related("by", "pipeline")
    for schedule in running:
        day = timing(schedule, settings=settings).due(at, since=schedule.since)
        if day is None or not schedule.by.may_manage:
            continue
        occasion = day.isoformat()
        if Audit.objects.filter(schedule_key=schedule.pk, occasion=occasion).exists():
            continue
        eyes = None if schedule.by.sees_all else schedule.by
        looked = _look(schedule.pipeline, eyes=eyes, at=at)
        try:
            made.append(_keep(schedule.pipeline, looked, by=None, eyes=eyes, at=at, schedule=schedule, occasion=occasion))
        except IntegrityError:
            # Another worker made it at the same moment.
            continue
    return made


def bring_in(*, pipeline: Pipeline, looked: Looked, at: datetime) -> Audit:
    """An audit of the past that is told rather than made: that of a demo company."""
    return _keep(pipeline, looked, by=None, eyes=None, at=at)


def _look(pipeline: Pipeline, *, eyes: Member | None, at: datetime) -> Looked:
    # What it counts with is large, and loaded where an audit is made.
    from piste.audits.queries.looking import look

    return look(pipeline, eyes=eyes, at=at)


@transaction.atomic
def _keep(
    pipeline: Pipeline,
    looked: Looked,
    *,
    by: Member | None,
    eyes: Member | None,
    at: datetime,
    schedule: Schedule | None = None,
    occasion: str = "",
) -> Audit:
    before = newest(pipeline, eyes)
    audit = Audit.objects.create(
        pipeline=pipeline,
        at=at,
        by=by,
        eyes=eyes,
        before=before,
        schedule_key=schedule.pk if schedule else None,
        occasion=occasion,
        facts=looked.facts | {"fine": looked.fine, "mute": looked.mute},
    )
    former = {(one.code, one.key): one for one in Finding.objects.filter(audit=before).defer("named")} if before else {}
    Finding.objects.bulk_create([_finding(audit, one, former.get((one.code, one.key))) for one in looked.found])
    record(
        verb="audit.made",
        subject_kind="audit",
        subject_id=audit.pk,
        pipeline_id=pipeline.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause="worker" if occasion else "page",
        data={"findings": len(looked.found)},
    )
    return audit


def _finding(audit: Audit, one: rules.Found, former: Finding | None) -> Finding:
    return Finding(
        audit=audit,
        code=one.code,
        key=one.key,
        severity=one.severity or rules.severity(one.code, one.count, one.out_of),
        count=one.count,
        out_of=one.out_of,
        amounts=dict(one.amounts),
        facts=dict(one.facts),
        kind=one.kind if one.subjects else "",
        named=rules.packed(one.subjects),
        became=rules.became(one.count, former.count if former else None, is_first=audit.before_id is None),
        before=former,
    )
