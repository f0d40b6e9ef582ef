"""What is to be done on a deal: its next step, the others, and how to reach whom it concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from piste.activities.models import Activity
from piste.activities.queries import left_undone, steps_of
from piste.activities.rules import due_state
from piste.company.models import Settings
from piste.deals.models import Deal, DealContact, Status
from piste.foundations import typography
from piste.qualification.queries import face_of, ticking
from piste.web.parts.activities_told import ICONS
from piste.web.templatetags.piste import tongue, zone
from piste.web.today.words import before

#: Further steps shown under the next one; those after them are folded.
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page shows it: how it stands, its icon, when it is due."""

    activity: Activity
    state: str
    icon: str
    when: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The next step of a deal (None when there is none), the following ones, those after, whom to call; and what a closed deal
    has left undone."""

    next: Shown | None
    others: list[Shown]
    more: list[Shown]
    phone: str
    is_asked: bool
    left: list[Shown]
    #: Whether some of `left` was planned after the deal was closed: whoever planned it must see it.
    is_left_open: bool

    @classmethod
    def of(cls, deal: Deal, people: Sequence[DealContact], *, now: datetime) -> Steps:
        """What is planned on a deal; one statement, two when it is closed. One that is closed or on hold needs no next step."""
        planned = list(steps_of(deal.pk))
        head = planned[0] if planned and planned[0].due_on is not None else None
        # Those of the stage's playbook stand in its panel.
        is_held = deal.status == Status.HELD
        others = [shown(row, now=now, is_held=is_held) for row in planned if row is not head and not _is_of_playbook(row, deal)]
        left = _left(deal, now=now)
        closed = deal.closed_at
        return cls(
            next=shown(head, now=now, is_held=is_held) if head else None,
            others=others[:SHOWN],
            more=others[SHOWN:],
            phone=_phone(head, people),
            is_asked=deal.status == Status.OPEN,
            left=left,
            is_left_open=closed is not None and any(row.activity.created_at > closed for row in left),
        )


def _left(deal: Deal, *, now: datetime) -> list[Shown]:
    """What a closed deal has left undone, whose days have no more meaning than when they were."""
    if deal.status not in (Status.WON, Status.LOST):
        return []
    # A lost deal has no panel of its stage's playbook.
    rows = [row for row in left_undone(deal.pk) if deal.status == Status.LOST or not _is_of_playbook(row, deal)]
    today = timezone.localdate(now)
    days = [typography.day(row.due_on, tongue(), today=today) if row.due_on else gettext("no date") for row in rows]
    return [Shown(row, "left", ICONS[row.kind], day) for row, day in zip(rows, days, strict=True)]


def _is_of_playbook(activity: Activity, deal: Deal) -> bool:
    return activity.standard is not None and activity.standard.stage_id == deal.stage_id


def shown(activity: Activity, *, now: datetime, is_held: bool = False) -> Shown:
    """One step with its state and its date in words; `is_held` when its deal is on hold."""
    today = timezone.localdate(now)
    state = due_state(activity.due_on, activity.due_at, today=today, now=now, is_held=is_held)
    if is_held and activity.due_on is not None and activity.due_on <= today:
        day = typography.day(activity.due_on, tongue(), today=today)
        return Shown(activity, str(state), ICONS[activity.kind], gettext("%(day)s, waits for the deal to be back") % {"day": day})
    return Shown(activity, str(state), ICONS[activity.kind], _when(activity, state, now=now))


def _when(activity: Activity, state: str, *, now: datetime) -> str:
    """« ven. 20 nov., 3 j de retard », « aujourd’hui, 14:30 »."""
    if activity.due_on is None:
        return gettext("no date")
    today = timezone.localdate(now)
    said = typography.day_near(activity.due_on, tongue(), today=today)
    if state == "overdue":
        said = typography.day(activity.due_on, tongue(), today=today)
    if activity.due_at is not None:
        said = f"{said}, {typography.hour(activity.due_at, zone())}"
    late = (today - activity.due_on).days
    if state == "overdue" and late:
        said += ", " + ngettext("%(count)s day late", "%(count)s days late", late) % {"count": late}
    return said


def _phone(activity: Activity | None, people: Sequence[DealContact]) -> str:
    """The number to call: of whom the step concerns, else of the first contact who has one."""
    if activity is not None and activity.contact is not None and activity.contact.phone:
        return activity.contact.phone
    return next((person.contact.phone for person in people if person.contact.phone), "")


@dataclass(frozen=True, slots=True)
class Clock:
    """The contact clock as the page shows it: running, pressing or missed, how much is left, until when."""

    state: str
    share: int
    left: str
    before: str


def clock(deal: Deal, *, now: datetime, company: Callable[[], Settings | None]) -> Clock | None:
    """The clock that runs for a deal."""
    found = ticking(deal.pk) if deal.status == "open" else None
    if found is None:
        return None
    face = face_of(found, settings=company(), now=now)
    until = before(found.due_at, missed=face.state == "missed")
    return Clock(face.state, face.share, typography.span(face.left, tongue()), until)
