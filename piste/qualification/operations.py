"""Starting and stopping the contact clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext

from piste.activities.models import Activity
from piste.asking import KeptRecords
from piste.company.models import Member
from piste.company.queries import company, working_time
from piste.deals.models import Deal
from piste.deals.queries import with_owner
from piste.journal.models import Entry
from piste.journal.operations import record
from piste.journal.rows import add_values, unsaved
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import changing
from piste.pipelines.rules import Promise

from . import rules
from .models import ClockRule, ContactClock
from .queries import clock_rule, days_to_answer

#: What stands in the row of a clock that begins.
BEGINNING = ("deal_id", "owner_id", "started_at", "due_at")


@transaction.atomic(savepoint=False)
def watch_moves(entry: Entry) -> None:
    """Reacts to a move of a deal: starts its clock where the company says, drops a running one when the deal is no longer
    open or is taken back to before."""
    if entry.data.get("status") != "open":
        _drop(entry)
    elif days := days_to_answer(entry.data["to"], deal_id=entry.subject_id, tested=entry.data.get("tested", False)):
        _start(entry, days)


@transaction.atomic
def watch_activities(entry: Entry) -> None:
    """Reacts to something done about a deal: a contact stops its clock."""
    if entry.subject_kind != "deal" or not rules.is_contact(entry.data["kind"], entry.data.get("is_contact")):
        return
    activity = Activity.objects.get(pk=entry.data["activity"])
    clock = ContactClock.objects.running().filter(pk=entry.subject_id).first()
    if clock is not None and activity.done_at is not None and activity.done_at >= clock.started_at:
        clock.met_at, clock.met_by = activity.done_at, activity
        clock.save(update_fields=["met_at", "met_by"])
        _tell("clock_met", clock, entry, missed=clock.is_missed(entry.at))


@transaction.atomic
def watch_taking_back(entry: Entry) -> None:
    """Reacts to a contact that was not one after all: its clock runs again."""
    ContactClock.objects.filter(met_by_id=entry.data["activity"]).update(met_at=None, met_by=None)


@transaction.atomic
def set_clock_rule(
    *, role: str, working_days: int, by: Member | None, at: datetime, why: str, promise: Promise | None = None
) -> None:
    """Chooses which stages start the clock and how many working days it gives, for deals to come; 0 days: no clock.

    It is the company's: each pipeline in use gets a version of its process that says so.
    """
    with ExitStack() as versions:
        for pipeline in Pipeline.objects.in_use().order_by("pk"):
            versions.enter_context(changing(pipeline=pipeline, by=by, at=at, why=why, promise=promise))
        ClockRule.objects.update_or_create(pk=1, defaults={"role": role, "working_days": working_days})


def put_clock(pipeline: Pipeline, said: Mapping[str, Any], by: Member | None, at: datetime) -> None:
    """Makes the clock what a version of a pipeline's process says, as part of the change that publishes it."""
    why = gettext("The contact clock changed with the process of %(pipeline)s.") % {"pipeline": pipeline.name}
    set_clock_rule(role=said["role"], working_days=said["working_days"], by=by, at=at, why=why)


def _start(entry: Entry, days: int) -> None:
    clock = _clock.record(deal=entry.subject_id)
    if clock is not None:
        # One clock in a deal's life; one dropped by a hold or a loss goes on when the deal comes back.
        if clock.dropped_at is not None:
            clock.dropped_at = None
            clock.save(update_fields=["dropped_at"])
        return
    clock = _begin(with_owner(entry.subject_id), entry.at, days)
    _tell("clock_started", clock, entry, due_at=clock.due_at.isoformat())


@KeptRecords
def _clock(*, deal: int) -> Any:
    return ContactClock.objects.filter(pk=deal)


def _begin(deal: Deal, at: datetime, days: int) -> ContactClock:
    due_at = working_time(deal.owner).deadline(at, days)
    clock = unsaved(ContactClock, {"deal_id": deal.pk, "owner_id": deal.owner_id, "started_at": at, "due_at": due_at})
    add_values(ContactClock, BEGINNING, [[getattr(clock, name) for name in BEGINNING]])
    return clock


@transaction.atomic
def begin_where_due(*, since: datetime) -> int:
    """Starts the clocks of deals that were brought in as they stand, came into a stage with a clock since a moment, and have
    not been contacted there; returns how many."""
    rule = clock_rule()
    fresh = Deal.objects.open().filter(stage__role=rule.role, entered_stage_at__gte=since).select_related("owner")
    fresh = fresh.exclude(pk__in=ContactClock.objects.values("pk"))
    waiting = fresh.filter(Q(last_activity_at=None) | Q(last_activity_at__lt=F("entered_stage_at")))
    begun = (
        [_begin(deal, deal.entered_stage_at, rule.working_days) for deal in waiting.order_by("pk")] if rule.working_days else []
    )
    return len(begun)


class Past(NamedTuple):
    """What became of the first contact with a deal that is brought in: what met it, or when nothing was waited for any more."""

    deal: Deal
    started_at: datetime
    met_by: Activity | None
    dropped_at: datetime | None = None


@transaction.atomic
def bring_in(*, contacts: Sequence[Past]) -> int:
    """Adds the clocks that deals brought in would have had, ended as they were; nothing is told of them. Returns how many."""
    rule, settings = clock_rule(), company()
    ContactClock.objects.bulk_create(
        ContactClock(
            deal=past.deal,
            owner=past.deal.owner,
            started_at=past.started_at,
            due_at=working_time(past.deal.owner, settings=settings).deadline(past.started_at, rule.working_days),
            met_at=past.met_by.done_at if past.met_by else None,
            met_by=past.met_by,
            dropped_at=past.dropped_at,
        )
        for past in contacts
    )
    return len(contacts)


def _drop(entry: Entry) -> None:
    ContactClock.objects.running().filter(pk=entry.subject_id).update(dropped_at=entry.at)


def _tell(what: str, clock: ContactClock, entry: Entry, **data: object) -> None:
    record(
        verb=f"deal.{what}",
        subject_kind="deal",
        subject_id=clock.deal_id,
        pipeline_id=entry.pipeline_id,
        actor_id=None,
        at=entry.at,
        cause="clock",
        data=data,
    )
