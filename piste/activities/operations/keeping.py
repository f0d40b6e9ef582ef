"""What every change of an activity has in common: the lock of its deal, what is kept there, and the journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q

from piste.activities.models import Activity
from piste.company.models import Member
from piste.deals.models import Deal
from piste.deals.operations import keep_activities
from piste.journal.operations import record


def hold_deal(deal_id: int | None) -> None:
    """Locks the deal of an activity until the end of the transaction: two who plan at once wait for each other, and the
    day kept on the deal is that of both."""
    if deal_id is not None and connection.features.has_select_for_update:
        list(Deal.objects.select_for_update(no_key=True).filter(pk=deal_id).values_list("pk"))


def settle(*deal_ids: int | None) -> None:
    """Keeps on deals the day of their next step and when the last activity was done; None stands for no deal."""
    keys = sorted({key for key in deal_ids if key is not None})
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        rows = (
            Activity.objects.present()
            .filter(deal_id__in=part)
            .values_list("deal_id")
            .annotate(first=Min("due_on", filter=Q(done_at=None)), last=Max("done_at"))
            .order_by()
        )
        found = {key: (first, last) for key, first, last in rows}
        keep_activities(rows=[(key, *found.get(key, (None, None))) for key in part])


def lock(activity: Activity) -> Activity:
    """The activity as it stands now, its deal locked, even when it is in the bin."""
    hold_deal(activity.deal_id)
    rows = Activity.objects.select_related("deal", "contact", "company", "assignee", "outcome")
    if connection.features.has_select_for_update:
        list(Activity.objects.select_for_update().filter(pk=activity.pk).values_list("pk"))
    return rows.get(pk=activity.pk)


def tell(activity: Activity, what: str, *, by: Member | None, at: datetime, cause: str = "page", **data: Any) -> None:
    """Writes the journal entry `activity.<what>` on the activity's subject."""
    kind, key = activity.subject
    told: dict[str, Any] = {"activity": activity.pk, "kind": activity.kind, "title": activity.title}
    if activity.due_on is not None:
        told["due_on"] = activity.due_on.isoformat()
    if activity.due_at is not None:
        told["due_at"] = activity.due_at.isoformat()
    record(
        verb=f"activity.{what}",
        subject_kind=kind,
        subject_id=key,
        pipeline_id=activity.deal.pipeline_id if activity.deal is not None else None,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data=told | {"assignee": activity.assignee_id} | data,
    )
