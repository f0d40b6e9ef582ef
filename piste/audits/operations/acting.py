"""A finding becomes a task."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from piste.activities.operations import Wanted, plan
from piste.audits.models import Chore, Finding
from piste.company.models import Member
from piste.journal.operations import record


class NoLongerHere(Exception):
    """Who was to do it has left."""


@transaction.atomic
def act(*, finding: Finding, wanted: Wanted, assignee: Member, by: Member, at: datetime) -> Chore:
    """Gives somebody a task about a finding as a whole. Raises `NoLongerHere`."""
    if not assignee.is_active:
        raise NoLongerHere
    task = plan(wanted=wanted, assignee=assignee, by=by, at=at, is_internal=True, cause="audit")
    chore = Chore.objects.create(finding=finding, activity=task, at=at)
    record(
        verb="audit.tasked",
        subject_kind="audit",
        subject_id=finding.audit_id,
        actor_id=by.pk,
        at=at,
        data={"finding": finding.pk, "activity": task.pk, "assignee": assignee.pk},
    )
    return chore
