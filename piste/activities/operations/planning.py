"""Planning what is to be done, and changing the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from piste.activities.models import Activity
from piste.company.models import Member
from piste.deals.models import Deal
from piste.journal.rows import add_row, add_with_ids, unsaved
from piste.people.models import Company, Contact
from piste.playbooks.models import StandardActivity

from .keeping import hold_deal, lock, settle, tell, tell_together


class ActivityError(Exception):
    """An operation on an activity was refused; nothing was written."""


class AlreadyDone(ActivityError):
    """The activity has been done, or taken to the bin, in the meantime; `activity` is what it is now."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.title)
        self.activity = activity


class ActivityChanged(ActivityError):
    """Somebody changed the activity since the caller last saw it; `activity` is what it is now."""

    def __init__(self, activity: Activity) -> None:
        super().__init__(activity.title)
        self.activity = activity


@dataclass(frozen=True, slots=True)
class Wanted:
    """An activity as somebody wants it: `due_at` only with `due_on`, which is its day in the assignee's zone."""

    title: str
    kind: str = "task"
    detail: str = ""
    due_on: date | None = None
    due_at: datetime | None = None
    minutes: int | None = None
    repeats: str = ""


#: Facts that `amend` may change.
FACTS = ("kind", "title", "detail", "contact", "due_on", "due_at", "minutes", "repeats")


@transaction.atomic
def plan(
    *,
    wanted: Wanted,
    assignee: Member,
    by: Member | None,
    at: datetime,
    deal: Deal | None = None,
    contact: Contact | None = None,
    company: Company | None = None,
    standard: StandardActivity | None = None,
    follows: Activity | None = None,
    is_internal: bool = False,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> Activity:
    """Something to be done about a deal, a contact or a company (of a deal, `contact` is whom it concerns), or about the work
    itself (`is_internal`).

    With a day it is a step; `besides` is what the journal's entry says more. Raises `ValueError` without a subject or for
    somebody who has left.
    """
    if not is_internal and deal is None and contact is None and company is None:
        raise ValueError("about nothing")
    hold_deal(deal.pk if deal else None)
    about = {"deal": deal, "contact": contact, "company": company, "standard": standard, "follows": follows}
    activity = _unplanned(wanted, assignee, by, at, **about)
    add_row(activity)
    settle(activity.deal_id)
    tell(activity, "planned", by=by, at=at, cause=cause, **(besides or {}))
    return activity


@transaction.atomic(savepoint=False)
def plan_standards_of(
    *, deal: Deal, asked: Sequence[tuple[StandardActivity, Member, date]], at: datetime, cause: str = "playbook"
) -> list[Activity]:
    """What a playbook asks of a deal: standard activities, each with who does it and its day. As `plan` for each, in the
    statements of one."""
    hold_deal(deal.pk)
    found = [
        _unplanned(
            Wanted(title=standard.title, kind=standard.kind, detail=standard.detail, due_on=day), assignee, None, at,
            deal=deal, standard=standard,
        )
        for standard, assignee, day in asked
    ]  # fmt: skip
    add_with_ids(Activity, found)
    settle(deal.pk)
    tell_together(found, "planned", by=None, at=at, cause=cause)
    return found


def _unplanned(wanted: Wanted, assignee: Member, by: Member | None, at: datetime, **about: Any) -> Activity:
    """The row, not yet written. Raises `ValueError` for somebody who has left."""
    if not assignee.is_active:
        raise ValueError("assigned to somebody who has left")
    facts = {
        "kind": wanted.kind,
        "title": wanted.title.strip()[:200],
        "detail": wanted.detail.strip(),
        "assignee": assignee,
        "due_on": wanted.due_on,
        "due_at": wanted.due_at if wanted.due_on else None,
        "minutes": wanted.minutes,
        "repeats": wanted.repeats,
        "created_at": at,
        "created_by": by,
        "updated_at": at,
    }
    return unsaved(Activity, facts | about)


@transaction.atomic
def amend(
    *,
    activity: Activity,
    facts: Mapping[str, Any],
    by: Member | None,
    at: datetime,
    seen: datetime | None = None,
    cause: str = "page",
) -> dict[str, list[Any]]:
    """Changes what an activity is (names of `FACTS`); returns what really changed as [before, after].

    `seen` is the `updated_at` the caller last saw. Raises `ActivityChanged`, `AlreadyDone`.
    """
    current = _undone(activity, seen)
    changes: dict[str, list[Any]] = {}
    for name, value in facts.items():
        if name not in FACTS:
            raise KeyError(name)
        before = getattr(current, name)
        if before != value:
            setattr(current, name, value)
            changes[name] = [_said(before), _said(value)]
    if current.due_on is None and current.due_at is not None:
        current.due_at = None
    if changes:
        _save(current, at)
        tell(current, "amended", by=by, at=at, cause=cause, changes=changes)
    return changes


@transaction.atomic
def snooze(
    *,
    activity: Activity,
    until: date,
    by: Member | None,
    at: datetime,
    moment: datetime | None = None,
    seen: datetime | None = None,
    cause: str = "page",
) -> Activity:
    """Puts an undone activity off to another day, at an hour when `moment` is given. Raises as `amend`."""
    current = _undone(activity, seen)
    before = current.due_on
    current.due_on, current.due_at = until, moment
    _save(current, at)
    tell(current, "snoozed", by=by, at=at, cause=cause, before=_said(before))
    return current


@transaction.atomic
def reassign(
    *, activity: Activity, to: Member, by: Member | None, at: datetime, seen: datetime | None = None, cause: str = "page"
) -> Activity:
    """Gives an undone activity to somebody else. Raises as `amend`, `ValueError` for somebody who has left."""
    if not to.is_active:
        raise ValueError("assigned to somebody who has left")
    current = _undone(activity, seen)
    if current.assignee_id != to.pk:
        before, current.assignee = current.assignee_id, to
        _save(current, at)
        tell(current, "reassigned", by=by, at=at, cause=cause, before=before)
    return current


@transaction.atomic
def discard(*, activity: Activity, by: Member | None, at: datetime, cause: str = "page") -> Activity:
    """Puts an activity in the bin; one already there stays."""
    current = lock(activity)
    if current.deleted_at is None:
        current.deleted_at = at
        _save(current, at)
        tell(current, "discarded", by=by, at=at, cause=cause)
    return current


@transaction.atomic
def restore(*, activity: Activity, by: Member | None, at: datetime, cause: str = "page") -> Activity:
    """Brings an activity back from the bin; one not there stays, and so does one that was erased."""
    current = lock(activity)
    if current.deleted_at is not None and current.erased_at is None:
        current.deleted_at = None
        _save(current, at)
        tell(current, "restored", by=by, at=at, cause=cause)
    return current


def _undone(activity: Activity, seen: datetime | None) -> Activity:
    current = lock(activity)
    if current.done_at is not None or current.deleted_at is not None:
        raise AlreadyDone(current)
    if seen is not None and seen != current.updated_at:
        raise ActivityChanged(current)
    return current


def _save(activity: Activity, at: datetime) -> None:
    activity.updated_at = max(at, activity.updated_at)
    activity.save()
    settle(activity.deal_id)


def _said(value: Any) -> Any:
    """A value as the journal keeps it."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.pk if isinstance(value, Contact) else value
