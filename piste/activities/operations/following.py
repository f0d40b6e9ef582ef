"""Activities that come by themselves: a playbook's, a waking deal's, and those handed on with a deal or by a leaver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext, override

from piste.activities.models import Activity
from piste.activities.queries import unplanned
from piste.company.models import Member
from piste.company.queries import company, working_time
from piste.deals.models import Deal, Move, Status
from piste.deals.queries import with_owner
from piste.journal.models import Entry
from piste.playbooks.models import Assigns, StandardActivity
from piste.playbooks.queries import named

from .keeping import settle, turn
from .planning import Wanted, discard, plan, plan_standards_of, reassign


@transaction.atomic(savepoint=False)
def follow_status(entry: Entry) -> None:
    """Reacts to a deal that closes, waits or comes back: what is to be done on it counts no more, or counts again."""
    before, now = entry.data.get("from_status"), entry.data.get("status")
    if before is None or before != now:
        turn(entry.subject_id, closing={before, now} != {Status.OPEN, Status.HELD})


@transaction.atomic(savepoint=False)
def follow_roles(entry: Entry) -> None:
    """Reacts to stages that may have become or ceased to be the customers’: of won deals, what their playbooks ask counts."""
    if {change["code"] for change in entry.data["changes"]} & {"stage.role", "stage.added"}:
        asked = Activity.objects.undone().filter(deal__status=Status.WON, standard__stage__pipeline=entry.subject_id)
        settle(*asked.order_by().values_list("deal_id", flat=True).distinct())


@transaction.atomic(savepoint=False)
def follow_playbook(entry: Entry) -> None:
    """Reacts to a deal that enters a stage: plans the stage's standard activities, each once in the life of the deal."""
    to, origin = entry.data["to"], entry.data.get("from")
    if to == origin or entry.data.get("status") not in ("open", "won"):
        return
    fresh = unplanned(entry.subject_id, to, tested=entry.data.get("tested", False))
    if not fresh:
        return
    asked = named(fresh)
    mover = _actor(entry) if any(standard.assigns == Assigns.MOVER for standard in asked) else None
    _plan(asked, deal=with_owner(entry.subject_id), mover=mover, at=entry.at)


def plan_standards(asked: Sequence[StandardActivity], *, deal: Deal, mover: Member | None, at: datetime) -> None:
    """Plans standard activities on a deal, but those it has had: done, undone or in the bin."""
    had = set(Activity.objects.filter(deal=deal, standard__in=asked).values_list("standard_id", flat=True)) if asked else set()
    _plan([standard for standard in asked if standard.pk not in had], deal=deal, mover=mover, at=at)


def _plan(fresh: Sequence[StandardActivity], *, deal: Deal, mover: Member | None, at: datetime) -> None:
    if not fresh:
        return
    settings, asked = company(), []
    for standard in fresh:
        assignee = _assignee(standard, deal, mover)
        time = working_time(assignee, settings=settings)
        day = time.add_working_days(at.astimezone(time.zone).date(), standard.offset_days)
        asked.append((standard, assignee, day))
    plan_standards_of(deal=deal, asked=asked, at=at)


@transaction.atomic
def unwind(entry: Entry) -> None:
    """Reacts to a move taken back: what the stage it led to had planned by itself, and nobody has done, goes to the bin.
    It is planned anew when the deal comes there again."""
    left = entry.data.get("from")
    if left == entry.data["to"]:
        return
    move = Move.objects.get(deal_id=entry.subject_id, number=entry.data["undoes"])
    planned = Activity.objects.undone().filter(deal_id=entry.subject_id, standard__stage_id=left, created_at__gte=move.at)
    if _came_before(move):
        # Of one instant, as histories told by the day are: what it had planned when it came there first is not this move's.
        planned = planned.exclude(created_at=move.at)
    for activity in planned.order_by("pk"):
        Activity.objects.filter(pk=activity.pk).update(standard=None)
        discard(activity=activity, by=_actor(entry), at=entry.at, cause=entry.cause)


def _came_before(move: Move) -> bool:
    """Whether the deal had come to the stage a move led to at the very same moment, by a move that still counts."""
    alike = Move.objects.filter(deal=move.deal_id, to_stage=move.to_stage_id, at=move.at, number__lt=move.number)
    return alike.counted().exists()


def _actor(entry: Entry) -> Member | None:
    return None if entry.actor_id is None else Member.objects.filter(pk=entry.actor_id).first()


def _assignee(standard: StandardActivity, deal: Deal, mover: Member | None) -> Member:
    """Who gets it; the owner when the one meant has left."""
    if standard.assigns == Assigns.MOVER and mover is not None and mover.is_active:
        return mover
    if standard.assigns == Assigns.MEMBER and standard.member is not None and standard.member.is_active:
        return standard.member
    return deal.owner


@transaction.atomic
def greet_waking(entry: Entry) -> None:
    """Reacts to a deal that wakes by itself: a step for its owner on that day, with why it was set aside."""
    if entry.cause != "clock":
        return
    deal = Deal.objects.select_related("owner", "pipeline").get(pk=entry.subject_id)
    held = deal.moves.filter(kind="held").order_by("-number").first()
    with override(deal.owner.language):
        title = gettext("Take up again after the hold")
    wanted = Wanted(
        title=title,
        detail=held.why if held else "",
        due_on=entry.at.astimezone(ZoneInfo(deal.owner.time_zone)).date(),
    )
    plan(wanted=wanted, assignee=deal.owner, by=None, at=entry.at, deal=deal, cause="clock")


@transaction.atomic
def hand_on(entry: Entry) -> None:
    """Reacts to a deal that changes owner: what its former owner still had to do on it goes to the new one."""
    owner = (entry.data.get("changes") or {}).get("owner")
    if not owner:
        return
    successor = Member.objects.get(pk=owner[1])
    actor = _actor(entry)
    for activity in Activity.objects.undone().filter(deal_id=entry.subject_id, assignee_id=owner[0]).order_by("pk"):
        reassign(activity=activity, to=successor, by=actor, at=entry.at, cause=entry.cause)


@transaction.atomic
def relieve(entry: Entry) -> None:
    """Reacts to a member who leaves: what they still had to do goes to their successor, else to the owner of the deal, else
    to whoever let them go."""
    actor = _actor(entry)
    successor = Member.objects.active().filter(pk=entry.data.get("successor", 0)).first()
    for activity in Activity.objects.undone().filter(assignee_id=entry.subject_id).select_related("deal__owner").order_by("pk"):
        owner = activity.deal.owner if activity.deal is not None else None
        heir = successor or (owner if owner is not None and owner.is_active else actor)
        if heir is not None and heir.is_active:
            reassign(activity=activity, to=heir, by=actor, at=entry.at, cause=entry.cause)
