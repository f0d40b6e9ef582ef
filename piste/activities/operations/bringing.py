"""Bringing in many activities at once: a past, and plans that exist already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from piste.activities.models import Activity
from piste.company.models import Member
from piste.journal.operations import Happening, record_many
from piste.journal.rows import add_with_ids

from .keeping import settle


@transaction.atomic
def bring_in(*, activities: Sequence[Activity], by: Member | None, at: datetime, cause: str = "import") -> int:
    """Adds unsaved activities of deals, done ones with their outcome, in a handful of statements; nothing reacts to them.
    Returns how many."""
    add_with_ids(Activity, list(activities))
    record_many(happenings=[_told(activity, by, at, cause) for activity in activities])
    settle(*(activity.deal_id for activity in activities))
    return len(activities)


def _told(activity: Activity, by: Member | None, at: datetime, cause: str) -> Happening:
    kind, key = activity.subject
    data: dict[str, object] = {
        "activity": activity.pk,
        "kind": activity.kind,
        "title": activity.title,
        "assignee": activity.assignee_id,
    }
    if activity.done_at is not None:
        if activity.outcome is not None:
            data |= {"outcome": activity.outcome.name, "is_contact": activity.outcome.is_contact}
        if activity.result:
            data["result"] = activity.result
        return Happening("activity.logged", kind, key, activity.done_by_id, activity.done_at, data, _pipeline(activity), cause)
    if activity.due_on is not None:
        data["due_on"] = activity.due_on.isoformat()
    if activity.due_at is not None:
        data["due_at"] = activity.due_at.isoformat()
    planner = activity.created_by_id or (by.pk if by else None)
    return Happening("activity.planned", kind, key, planner, min(activity.created_at, at), data, _pipeline(activity), cause)


def _pipeline(activity: Activity) -> int | None:
    return activity.deal.pipeline_id if activity.deal is not None else None
