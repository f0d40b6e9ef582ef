"""Copies of dashboards on their way, each once.

What is due becomes a row a reader and occasion; whoever takes a row makes its copy, and hands it to the post in the
transaction that ends the row. Who dies in between leaves the row to be taken again: no copy is lost, none is sent twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from piste.company.models import Settings
from piste.company.queries import company
from piste.dashboards import rules
from piste.dashboards.models import Delivery, Reader, Schedule
from piste.dashboards.queries import eyes, timing, why_not
from piste.post.models import Letter
from piste.post.operations import write
from piste.post.writing import File, Page

from .scheduling import copies

PURPOSE = "dashboard"


@dataclass(frozen=True, slots=True)
class Copy:
    """What a reader is sent, and the language it is in."""

    page: Page
    file: File
    language: str


def fall_due(*, at: datetime) -> int:
    """Makes the copies due of every schedule whose hour has come; returns how many."""
    settings = company()
    return sum(_fall_due(schedule, settings, at) for schedule in Schedule.objects.running().select_related("by"))


def take(*, at: datetime) -> Delivery | None:
    """The copy that has waited longest, held by the caller from now on; those nobody may have are given up on the way."""
    while (found := _take(at)) is not None:
        if why := why_not(found.schedule, found.reader):
            give_up(delivery=found, why=why, at=at)
        elif at - found.due_at >= rules.WORTH:
            give_up(delivery=found, why="too late", at=at)
        elif found.tries > rules.TRIES:
            give_up(delivery=found, why="could not be made", at=at)
        else:
            return found
    return None


@transaction.atomic
def hand_over(*, delivery: Delivery, copy: Copy, at: datetime) -> bool:
    """Gives a copy to the post; False when it was over meanwhile, or its schedule gone."""
    current = Delivery.objects.select_for_update().filter(pk=delivery.pk, over_at=None).first()
    if current is None:
        return False
    schedule, reader = delivery.schedule, delivery.reader
    written = write(
        key=_key(delivery),
        purpose=PURPOSE,
        about={"schedule": schedule.pk, "reader": reader.pk, "asked": _is_asked(delivery)},
        to=eyes(schedule, reader),
        address=reader.address,
        language=copy.language,
        page=copy.page,
        file=copy.file,
        at=at,
        expires_at=delivery.due_at + rules.WORTH,
    )
    current.over_at, current.why_not = at, "" if written else "was sent"
    current.save(update_fields=["over_at", "why_not"])
    return written


@transaction.atomic
def give_up(*, delivery: Delivery, why: str, at: datetime) -> None:
    """Nobody gets this copy."""
    Delivery.objects.filter(pk=delivery.pk, over_at=None).update(over_at=at, why_not=why)


@transaction.atomic
def put_off(*, delivery: Delivery, at: datetime) -> None:
    """A copy that could not be made is tried again later."""
    Delivery.objects.filter(pk=delivery.pk, over_at=None).update(held_until=at + rules.wait(delivery.tries))


def still_wanted(letter: Letter, at: datetime) -> bool:
    """Whether whom a copy is for may have it still, when it is about to leave."""
    reader = Reader.objects.filter(pk=letter.about["reader"]).select_related("member", "schedule__by").first()
    if reader is None or (reader.schedule.paused_at is not None and not letter.about["asked"]):
        return False
    return not why_not(reader.schedule, reader)


def clear_away(*, at: datetime) -> int:
    """Forgets copies that have long been over."""
    return Delivery.objects.filter(over_at__lt=at - rules.KEPT).delete()[0]


@transaction.atomic
def _fall_due(schedule: Schedule, settings: Settings | None, at: datetime) -> int:
    plan = timing(schedule, settings=settings)
    day = plan.due(at, since=schedule.since)
    if day is None:
        return 0
    # Under its lock: a schedule that is changed at the same moment is read after the change.
    current = Schedule.objects.running().select_for_update(of=("self",)).filter(pk=schedule.pk).select_related("by").first()
    if current is None or timing(current, settings=settings).due(at, since=current.since) != day:
        return 0
    return copies(current, day.isoformat(), plan.moment(day), at)


@transaction.atomic
def _take(at: datetime) -> Delivery | None:
    found = Delivery.objects.filter(over_at=None, held_until__lte=at).order_by("held_until", "pk")
    around = ("schedule__by", "schedule__dashboard__pipeline", "schedule__dashboard__owner", "reader__member")
    delivery = found.select_for_update(skip_locked=True, of=("self",)).select_related(*around).first()
    if delivery is not None:
        delivery.held_until, delivery.tries = at + rules.HELD, delivery.tries + 1
        delivery.save(update_fields=["held_until", "tries"])
    return delivery


def _is_asked(delivery: Delivery) -> bool:
    return delivery.occasion.startswith("asked")


def _key(delivery: Delivery) -> str:
    """What the post knows a copy by: the same for a reader who was taken off and put back."""
    reader = delivery.reader
    who = str(reader.member_id or hashlib.sha256(reader.address.encode()).hexdigest()[:24])
    return f"dashboard:{delivery.schedule_id}:{who}:{delivery.occasion}"
