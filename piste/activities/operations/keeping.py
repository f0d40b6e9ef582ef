"""What every change of an activity has in common: the lock of its deal, what is kept there, and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Max, Min, Q, When

from piste.activities.models import Activity
from piste.activities.models.activity import of_deal_in_play
from piste.asking import Kept
from piste.company.models import Member
from piste.deals.models import Deal, Status
from piste.deals.operations import keep_activities, keep_next_step
from piste.journal.operations import Happening, record, record_together


def hold_deal(deal_id: int | None) -> None:
    """Locks the deal of an activity until the end of the transaction: two who plan at once wait for each other, and the
    day kept on the deal is that of both."""
    if deal_id is not None and connection.features.has_select_for_update:
        list(Deal.objects.select_for_update(no_key=True).filter(pk=deal_id).values_list("pk"))


def settle(*deal_ids: int | None) -> None:
    """Keeps on deals the day of their next step and when the last activity was done, and on their activities whether they are in
    play; None stands for no deal."""
    keys = sorted({key for key in deal_ids if key is not None})
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        found = {key: rest for key, *rest in _settled(deals=part)}
        keep_activities(rows=[(key, *found.get(key, (None, None, 0))[:2]) for key in part])
        keep_in_play(*(key for key in part if key in found and found[key][2]))


@Kept
def _settled(*, deals: list[int]) -> Any:
    undone, now = Q(done_at=None, deleted_at=None), Case(When(of_deal_in_play(), then=True), default=False)
    # As `ahead` says, of what is not kept yet.
    ahead = of_deal_in_play() | Q(deal__status=Status.HELD)
    return (
        Activity.objects.filter(deal_id__in=deals)
        .values_list("deal_id")
        .annotate(
            first=Min("due_on", filter=undone & ahead),
            last=Max("done_at", filter=Q(deleted_at=None)),
            wrong=Count("pk", filter=undone & ~Q(in_play=now)),
        )
        .order_by()
    )


def keep_in_play(*deal_ids: int) -> None:
    """Keeps on what is undone of some deals whether it is in play."""
    if deal_ids:
        with connection.cursor() as cursor:
            cursor.executemany(IN_PLAY, [[key] for key in deal_ids])


def turn(deal_id: int, *, closing: bool) -> None:
    """`settle` of a deal whose status alone changes, in fewer statements. `closing` when it is closed now or was: what the next
    step is stays the same between open and on hold."""
    with connection.cursor() as cursor:
        cursor.execute(IN_PLAY + AHEAD, [deal_id])
        undone = cursor.fetchall()
    if closing and undone:
        keep_next_step(deal_id=deal_id, on=min((day for day, ahead in undone if ahead and day is not None), default=None))


#: What `of_deal_in_play` says of what is undone of one deal: each win, loss and hold asks it.
IN_PLAY = """
    UPDATE activities_activity SET in_play = (
        SELECT d.deleted_at IS NULL AND (d.status = 'open' OR d.status = 'won' AND (
            activities_activity.standard_id IS NULL OR activities_activity.standard_id IN (
                SELECT s.id FROM playbooks_standardactivity s JOIN pipelines_stage g ON g.id = s.stage_id
                WHERE g.role = 'retention'
            )
        )) FROM deals_deal d WHERE d.id = activities_activity.deal_id
    ) WHERE deal_id = %s AND done_at IS NULL AND deleted_at IS NULL"""
#: The days of what it wrote, each with whether it is `ahead`.
AHEAD = """
    RETURNING due_on, in_play OR (SELECT d.status FROM deals_deal d WHERE d.id = activities_activity.deal_id) = 'held'"""


def lock(activity: Activity) -> Activity:
    """The activity as it stands now, its deal locked, even when it is in the bin."""
    hold_deal(activity.deal_id)
    rows = Activity.objects.select_related("deal", "contact", "company", "assignee", "outcome")
    if connection.features.has_select_for_update:
        list(Activity.objects.select_for_update().filter(pk=activity.pk).values_list("pk"))
    return rows.get(pk=activity.pk)


def tell(activity: Activity, what: str, *, by: Member | None, at: datetime, cause: str = "page", **data: Any) -> None:
    """Writes the journal entry `activity.<what>` on the activity's subject."""
    record(**_told(activity, what, by, at, cause, data))


def tell_together(activities: Sequence[Activity], what: str, *, by: Member | None, at: datetime, cause: str) -> None:
    """`tell` of several at once, in their order."""
    record_together(happenings=[Happening(**_told(one, what, by, at, cause, {})) for one in activities])


def _told(activity: Activity, what: str, by: Member | None, at: datetime, cause: str, data: dict[str, Any]) -> dict[str, Any]:
    kind, key = activity.subject
    told: dict[str, Any] = {"activity": activity.pk, "kind": activity.kind, "title": activity.title}
    if activity.due_on is not None:
        told["due_on"] = activity.due_on.isoformat()
    if activity.due_at is not None:
        told["due_at"] = activity.due_at.isoformat()
    return {
        "verb": f"activity.{what}",
        "subject_kind": kind,
        "subject_id": key,
        "pipeline_id": activity.deal.pipeline_id if activity.deal is not None else None,
        "actor_id": by.pk if by else None,
        "at": at,
        "cause": cause,
        "data": told | {"assignee": activity.assignee_id} | data,
    }
