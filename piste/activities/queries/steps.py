"""What is to be done: the next step of deals, what is planned on one, how far a playbook is followed."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.db.models.lookups import Exact

from piste.activities.models import Activity, ActivitySet, Outcome
from piste.company.models import Member
from piste.deals.models import Status, sees
from piste.playbooks.rules import Progress

__all__ = [
    "Progress",
    "Step",
    "beside_a_deal",
    "hour_passed",
    "left_undone",
    "outcomes",
    "overdue",
    "place_of",
    "planned_with",
    "progress",
    "read",
    "sees_deal",
    "steps_of",
]


class Step(NamedTuple):
    """What a card or a line needs of a step."""

    id: int
    deal_id: int
    kind: str
    title: str
    due_on: date
    due_at: datetime | None
    assignee_id: int


def planned_with(kind: str, key: int) -> ActivitySet:
    """What is to be done with a contact or a company itself, as `steps_of` has a deal's; what is planned on their deals stands
    there."""
    return Activity.objects.undone().filter(deal=None, **{kind: key}).select_related("assignee").in_order()


def overdue(today: date, now: datetime) -> Q:
    """The steps that are overdue, as `rules.due_state` says of one: after their day, or after their moment when they have an
    hour."""
    # The first bound alone is one that an index serves.
    return Q(due_on__lte=today) & (Q(due_on__lt=today) | Q(due_at__lt=now))


def hour_passed(today: date, now: datetime) -> Q:
    """The deals with a step of today whose hour has passed."""
    return Q(Exists(_steps_of_row().filter(due_on=today, due_at__lt=now)))


def _steps_of_row() -> ActivitySet:
    """The steps of the deal of a row, as `ahead` says; its status is the row's own."""
    is_held = Exact(Cast(OuterRef("status"), TextField()), Status.HELD)
    return Activity.objects.steps().filter(Q(in_play=True) | Q(is_held), deal_id=OuterRef("pk"))


def sees_deal(activity: Activity, member: Member) -> bool:
    """Whether somebody sees the deal of an activity, if it has one: who is given a step does not for that."""
    deal = activity.deal
    return deal is None or sees(member, owner_id=deal.owner_id, team_id=deal.team_id)


def place_of(activity: Activity, member: Member) -> str:
    """The address of what an activity is about; its own for who does not see its deal."""
    kind, key = activity.subject
    if not sees_deal(activity, member) or kind == "activity":
        return f"/steps/{activity.pk}/"
    return {"deal": f"/deals/{key}/", "contact": f"/contacts/{key}/", "company": f"/companies/{key}/"}[kind]


def beside_a_deal() -> Subquery:
    """The next step of the deal of a row, for a statement over deals to fetch along: text for `read`, None without one."""
    first = _steps_of_row().in_order()
    told = Cast(JSONObject(**{name: name for name in Step._fields}), TextField())
    return Subquery(first.values_list(told)[:1])


@lru_cache(maxsize=8000)
def read(text: str | None) -> Step | None:
    """The step that `beside_a_deal` fetched; boards and lists read the same ones again and again."""
    if text is None:
        return None
    told = json.loads(text)
    due_at = told["due_at"] and datetime.fromisoformat(told["due_at"])
    return Step(
        told["id"],
        told["deal_id"],
        told["kind"],
        told["title"],
        date.fromisoformat(told["due_on"]),
        # SQLite writes moments in UTC without saying so.
        due_at.replace(tzinfo=due_at.tzinfo or UTC) if due_at else None,
        told["assignee_id"],
    )


def steps_of(deal_id: int) -> ActivitySet:
    """All that is still to be done on a deal: dated ones first, the earliest at the head."""
    return _told(Activity.objects.ahead(), deal_id)


def left_undone(deal_id: int) -> ActivitySet:
    """What a closed deal has left undone: it counts no more, unless the deal is reopened."""
    return _told(Activity.objects.undone().filter(in_play=False), deal_id)


def _told(found: ActivitySet, deal_id: int) -> ActivitySet:
    return found.filter(deal_id=deal_id).select_related("assignee", "contact", "standard").in_order()


def progress(deal_ids: Collection[int], stage_id: int, *, today: date) -> dict[int, Progress]:
    """How far each of these deals has followed the playbook of a stage: its activities there, done and late."""
    rows = (
        Activity.objects.present()
        .filter(deal_id__in=deal_ids, standard__stage_id=stage_id)
        .values_list("deal_id")
        .annotate(
            asked=Count("pk"),
            done=Count("pk", filter=Q(done_at__isnull=False)),
            late=Count("pk", filter=Q(done_at=None, due_on__lt=today)),
        )
        .order_by()
    )
    return {deal: Progress(asked, done, late) for deal, asked, done, late in rows}


def outcomes(kind: str) -> list[Outcome]:
    """What can come of an activity of a kind, in the order offered."""
    return list(Outcome.objects.filter(kind=kind, retired_at=None).order_by("position", "pk"))
