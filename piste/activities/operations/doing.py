"""Doing what was planned, telling what was done, and taking it back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from piste.activities.models import Activity, Outcome
from piste.activities.rules import next_day
from piste.company.models import Member
from piste.company.queries import working_time
from piste.deals.models import Deal
from piste.people.models import Company, Contact
from piste.playbooks.queries import waiting_for

from .following import plan_standards
from .keeping import hold_deal, lock, settle, tell
from .planning import ActivityError, AlreadyDone, Wanted, discard, plan


class NoSuchOutcome(ActivityError):
    """The outcome belongs to another kind of activity, or is no longer in use."""


class NotDone(ActivityError):
    """Only what was done can be taken back."""


@transaction.atomic
def do(
    *,
    activity: Activity,
    by: Member | None,
    at: datetime,
    outcome: Outcome | None = None,
    result: str = "",
    next: Wanted | None = None,  # noqa: A002
    next_assignee: Member | None = None,
    cause: str = "page",
) -> tuple[Activity, Activity | None]:
    """Marks an activity done, with what came of it, and plans what comes next: `next` when given, and by itself what repeats
    and what the playbook begins after it. Returns it and the one that `next` made.

    Raises `AlreadyDone`, `NoSuchOutcome`, and what `plan` raises.
    """
    current = lock(activity)
    if current.done_at is not None or current.deleted_at is not None:
        raise AlreadyDone(current)
    _check(outcome, current.kind)
    current.done_at, current.done_by, current.updated_at = at, by, max(at, current.updated_at)
    current.outcome, current.result = outcome, result.strip()
    current.save(update_fields=["done_at", "done_by", "updated_at", "outcome", "result"])
    settle(current.deal_id)
    tell(current, "done", by=by, at=at, cause=cause, **_said(current))
    _repeat(current, by=by, at=at, cause=cause)
    if current.standard_id and current.deal is not None:
        plan_standards(waiting_for(current.standard_id), deal=current.deal, mover=by, at=at)
    if next is None:
        return current, None
    planned = plan(
        wanted=next,
        assignee=next_assignee or current.assignee,
        by=by,
        at=at,
        deal=current.deal,
        contact=current.contact,
        company=current.company,
        follows=current,
        is_internal=current.subject[0] == "activity",
        cause=cause,
    )
    return current, planned


@transaction.atomic
def take_back(*, activity: Activity, by: Member | None, at: datetime, cause: str = "page") -> Activity:
    """Makes a done activity undone again; what its doing planned by itself or along with it goes to the bin, unless it has
    been done since. Raises `NotDone`."""
    current = lock(activity)
    if current.done_at is None or current.deleted_at is not None:
        raise NotDone(current.title)
    current.done_at = current.done_by = current.outcome = None
    current.result = ""
    current.updated_at = max(at, current.updated_at)
    current.save(update_fields=["done_at", "done_by", "updated_at", "outcome", "result"])
    for planned in Activity.objects.undone().filter(follows=current).select_for_update():
        planned.deleted_at = planned.updated_at = at
        planned.save(update_fields=["deleted_at", "updated_at"])
        tell(planned, "discarded", by=by, at=at, cause=cause)
    settle(current.deal_id)
    tell(current, "taken_back", by=by, at=at, cause=cause)
    return current


@transaction.atomic
def unlog(*, activity: Activity, by: Member | None, at: datetime, cause: str = "page") -> Activity:
    """Takes away what was told by mistake, with what was planned along with it. Raises `NotDone`."""
    return discard(activity=take_back(activity=activity, by=by, at=at, cause=cause), by=by, at=at, cause=cause)


@transaction.atomic
def log(
    *,
    kind: str,
    title: str,
    by: Member,
    at: datetime,
    done_at: datetime | None = None,
    deal: Deal | None = None,
    contact: Contact | None = None,
    company: Company | None = None,
    outcome: Outcome | None = None,
    result: str = "",
    minutes: int | None = None,
    cause: str = "page",
) -> Activity:
    """Tells of something done without having been planned. Raises `NoSuchOutcome`, `ValueError` without a subject."""
    if deal is None and contact is None and company is None:
        raise ValueError("about nothing")
    _check(outcome, kind)
    hold_deal(deal.pk if deal else None)
    activity = Activity.objects.create(
        kind=kind,
        title=title.strip()[:200],
        deal=deal,
        contact=contact,
        company=company,
        assignee=by,
        minutes=minutes,
        created_at=at,
        created_by=by,
        updated_at=at,
        done_at=min(done_at, at) if done_at else at,
        done_by=by,
        outcome=outcome,
        result=result.strip(),
    )
    settle(activity.deal_id)
    tell(activity, "logged", by=by, at=at, cause=cause, **_said(activity))
    return activity


def _repeat(done: Activity, *, by: Member | None, at: datetime, cause: str) -> None:
    """Plans the next of an activity that repeats, on a working day of who does it."""
    if not done.repeats or done.due_on is None:
        return
    time = working_time(done.assignee)
    today = at.astimezone(time.zone).date()
    day: date = time.add_working_days(next_day(done.due_on, done.repeats, after=today), 0)
    wanted = Wanted(title=done.title, kind=done.kind, detail=done.detail, due_on=day, minutes=done.minutes, repeats=done.repeats)
    plan(
        wanted=wanted,
        assignee=done.assignee,
        by=by,
        at=at,
        deal=done.deal,
        contact=done.contact,
        company=done.company,
        follows=done,
        is_internal=done.subject[0] == "activity",
        cause=cause,
    )


def _check(outcome: Outcome | None, kind: str) -> None:
    if outcome is not None and (outcome.kind != kind or outcome.retired_at is not None):
        raise NoSuchOutcome(outcome.name)


def _said(activity: Activity) -> dict[str, object]:
    said: dict[str, object] = {}
    if activity.outcome is not None:
        said |= {"outcome": activity.outcome.name, "is_contact": activity.outcome.is_contact}
    if activity.result:
        said["result"] = activity.result
    return said
