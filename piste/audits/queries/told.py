"""What audits found, with the tasks that came of it and what became of the findings of the audit before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from piste.activities.models import Activity
from piste.audits.models import Audit, Chore, Finding, Reader, Schedule
from piste.company.models import Member, Settings
from piste.company.queries import working_time
from piste.dashboards.rules import Timing
from piste.pipelines.models import Pipeline


@dataclass(frozen=True, slots=True)
class Followed:
    """A finding, the tasks it became, and those the same finding of the audit before became."""

    finding: Finding
    tasks: list[Activity]
    former: list[Activity]

    @property
    def done(self) -> int:
        """How many of all these tasks are done."""
        return sum(task.done_at is not None for task in [*self.tasks, *self.former])


def followed(audit: Audit) -> list[Followed]:
    """What an audit found, the most serious first; two statements."""
    rows = Finding.objects.filter(audit=audit).defer("named").select_related("before")
    return _with_tasks(list(rows.defer("before__named")))


def gone(audit: Audit) -> list[Followed]:
    """What the audit before found and this one did not."""
    if audit.before_id is None:
        return []
    still = Finding.objects.filter(audit=audit, before__isnull=False).values("before")
    return _with_tasks(list(Finding.objects.filter(audit=audit.before_id).exclude(pk__in=still).defer("named")))


def newest(pipeline: Pipeline, eyes: Member | None) -> Audit | None:
    """The last audit of a pipeline with these eyes."""
    return Audit.objects.filter(pipeline=pipeline, eyes=eyes).order_by("-at", "-pk").first()


def severities(audits: Iterable[Audit]) -> dict[int, dict[int, int]]:
    """How many findings of each severity audits have."""
    found: dict[int, dict[int, int]] = {audit.pk: {} for audit in audits}
    rows = Finding.objects.filter(audit__in=list(found)).order_by().values_list("audit_id", "severity").annotate(Count("pk"))
    for audit, severity, count in rows:
        found[audit][severity] = count
    return found


def timing(schedule: Schedule, *, settings: Settings | None) -> Timing:
    """When a schedule makes its audits, by the calendar of who set it."""
    return Timing(schedule.rhythm, schedule.weekday, schedule.hour, working_time(schedule.by, settings=settings))


def next_at(schedule: Schedule, at: datetime, *, settings: Settings | None) -> datetime | None:
    """When it makes the next one."""
    return timing(schedule, settings=settings).next_after(at)


def schedule_of(pipeline: Pipeline, member: Member) -> Schedule | None:
    """The schedule that a member set of a pipeline."""
    return Schedule.objects.filter(pipeline=pipeline, by=member).select_related("by").first()


def readers_of(schedule: Schedule) -> list[Member]:
    """Who is sent the audits of a schedule and may read them."""
    keys = Reader.objects.filter(schedule=schedule).values("member")
    found = Member.objects.active().filter(pk__in=keys).order_by("name", "pk")
    eyes = None if schedule.by.sees_all else schedule.by.pk
    return [member for member in found if member.may_manage and (member.sees_all or member.pk == eyes)]


def _with_tasks(found: Iterable[Finding]) -> list[Followed]:
    rows = list(found)
    keys = {row.pk for row in rows} | {row.before_id for row in rows if row.before_id}
    chores = Chore.objects.filter(finding__in=keys, activity__deleted_at=None).select_related("activity__assignee")
    tasks: dict[int, list[Activity]] = {}
    for chore in chores.order_by("pk"):
        tasks.setdefault(chore.finding_id, []).append(chore.activity)
    return [Followed(row, tasks.get(row.pk, []), tasks.get(row.before_id or 0, [])) for row in rows]
