"""Stages that ask for something, and deals on which it was done or not."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from piste.activities.models import Activity
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.pipelines.models import Stage
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Standard
from tests import make
from tests.cast import NOW, Cast

#: With clocks changed in the night, at midnight and a minute after, by half an hour; without; ahead and behind of all others.
ZONES = (
    "Europe/Paris",
    "America/St_Johns",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
)
#: Around nights in which they are.
NIGHTS = [date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2010, 3, 14), date(2010, 11, 7), date(1998, 10, 25)]


def asking_stages(cast: Cast) -> list[Stage]:
    """Two standard activities in the third stage: due on entry, and three working days later."""
    found = make.stages(make.pipeline(by=cast.alice))
    wanted = Guide(activities=(Standard("call", "Call"), Standard("email", "Write", offset_days=3, assigns="mover")))
    set_guide(stage=found[2], guide=wanted, by=cast.marc, at=NOW, why="Few follow up")
    return found


def enter(stage: Stage, owner: Member) -> tuple[Deal, list[Activity]]:
    """A deal there with what was asked of it, the first due first."""
    deal = make.deal(stage, owner)
    return deal, list(Activity.objects.filter(deal=deal).order_by("due_on"))


def done_at_random(chance: random.Random, stage: Stage, people: list[Member], reason: LossReason) -> None:
    """Deals of every status with what was asked of them, done around the end of its day or not."""
    for person in people:
        Member.objects.filter(pk=person.pk).update(time_zone=chance.choice(ZONES))
    for _ in range(30):
        deal, steps = enter(stage, chance.choice(people))
        for step in steps:
            due, who = chance.choice(NIGHTS) + timedelta(days=chance.randint(-1, 1)), chance.choice(people)
            zone = ZoneInfo(Member.objects.get(pk=who.pk).time_zone)
            ends = datetime.combine(due + timedelta(days=1), time(), zone).astimezone(UTC)
            apart = chance.choice([timedelta(microseconds=chance.randint(-1, 1)), timedelta(hours=chance.uniform(-40, 40))])
            done = {"done_at": ends + apart, "done_by": who} if chance.random() < 0.8 else {}
            binned = NOW if chance.random() < 0.1 else None
            Activity.objects.filter(pk=step.pk).update(due_on=due, assignee=who, deleted_at=binned, **done)
        end, by = chance.choice(["none", "none", "lose", "hold", "discard", "win"]), chance.choice(people)
        if end == "lose":
            deals.lose(deal=deal, reason=reason, by=by, at=NOW)
            day = datetime.combine(steps[0].due_on if chance.random() < 0.2 else chance.choice(NIGHTS), time(), UTC)
            Deal.objects.filter(pk=deal.pk).update(closed_at=day + timedelta(microseconds=chance.choice([-1, 0, 86_399_999_999])))
        elif end == "hold":
            deals.hold(deal=deal, until=date(2027, 1, 4), by=by, at=NOW, today=NOW.date())
        elif end == "discard":
            deals.discard(deal=deal, by=by, at=NOW)
        elif end == "win":
            deals.win(deal=deal, by=by, at=NOW)
