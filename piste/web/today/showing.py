"""What My day shows, ready for its templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext

from piste.activities.models import Activity
from piste.activities.rules import Due, due_state
from piste.company.models import Member, Settings
from piste.company.queries import working_time
from piste.deals.models import Deal
from piste.foundations import typography
from piste.qualification.models import ContactClock
from piste.qualification.rules import face
from piste.web.board.words import name_of
from piste.web.templatetags.piste import amount, near, tongue, zone

from . import words

ICONS = {"task": "note", "call": "phone", "meeting": "calendar", "email": "mail"}


@dataclass(frozen=True, slots=True)
class Line:
    """A step as a row of the day."""

    id: int
    icon: str
    title: str
    about: str
    detail: str
    href: str
    call_url: str
    due: str
    when: str
    stage: str
    rank: str
    assignee: Member | None


def line(step: Activity, ranks: Mapping[int, str], *, now: datetime, today: date, with_assignee: bool) -> Line:
    """A step and what it is about; the call key of a call does it, else it notes another one on the deal."""
    kind, key = step.subject
    deal = step.deal
    due = due_state(step.due_on, step.due_at, today=today, now=now)
    call_url = reverse("step_done", args=[step.pk])
    if step.kind != "call" and deal is not None:
        call_url = reverse("deal_call", args=[deal.pk])
    return Line(
        id=step.pk,
        icon=ICONS[step.kind],
        title=step.title,
        about=name_of(deal) if deal is not None else str(step.contact or step.company),
        detail=_detail(deal) if deal is not None else "",
        href={"deal": f"/deals/{key}/", "contact": f"/contacts/{key}/", "company": f"/companies/{key}/"}[kind],
        call_url=call_url,
        due=due,
        when=_when(step, due, today),
        stage=deal.stage.name if deal is not None else "",
        rank=ranks.get(deal.stage_id, "none") if deal is not None else "",
        assignee=step.assignee if with_assignee else None,
    )


def _detail(deal: Deal) -> str:
    parts = [deal.title if deal.company is not None else "", amount(deal.amount_minor, deal.currency)]
    return ", ".join(part for part in parts if part)


def _when(step: Activity, due: str, today: date) -> str:
    assert step.due_on is not None
    hour = typography.hour(step.due_at, zone()) if step.due_at is not None else ""
    if due == Due.OVERDUE:
        return words.late_by(step.due_on) if step.due_on < today else hour
    if step.due_on == today:
        return hour or gettext("today")
    return f"{near(step.due_on)} {hour}".strip()


@dataclass(frozen=True, slots=True)
class Hot:
    """A prospect who waits for the first contact."""

    deal: Deal
    name: str
    detail: str
    left: str
    before: str
    share: int
    state: str
    takes_over: bool


def hot(clock: ContactClock, contacts: Mapping[int, str], *, settings: Settings | None, member: Member, now: datetime) -> Hot:
    """The face of a clock; its working time is that of the deal's owner."""
    deal = clock.deal
    time = working_time(deal.owner, settings=settings)
    shown = face(
        time.time_between(now, clock.due_at),
        time.time_between(clock.started_at, clock.due_at),
        now=now,
        due_at=clock.due_at,
    )
    missed, theirs = shown.state == "missed", deal.owner_id != member.pk
    parts = [contacts.get(deal.pk, ""), _detail(deal)]
    if theirs:
        parts.insert(0, gettext("Lead of %(who)s") % {"who": deal.owner.first_name})
    return Hot(
        deal=deal,
        name=name_of(deal),
        detail=". ".join(part for part in parts if part),
        left=typography.span(shown.left, tongue()),
        before=words.before(clock.due_at, missed=missed),
        share=shown.share,
        state=shown.state,
        takes_over=theirs and shown.state != "running",
    )


@dataclass(frozen=True, slots=True)
class Event:
    """Something at an hour of the day: where it begins and how long it lasts, in hours. Those that run at once stand side by
    side: this one in place `lane` of `lanes`."""

    title: str
    about: str
    href: str
    rank: str
    is_done: bool
    at: float
    length: float
    hour: str
    lane: int = 0
    lanes: int = 1

    @property
    def place(self) -> str:
        return f"at {self.at:.3f}, for {self.length:.3f}, lane {self.lane}, lanes {self.lanes}"


@dataclass(frozen=True, slots=True)
class Agenda:
    """The hours from the first to the last that matter, and what they hold."""

    events: Sequence[Event]
    first: int
    hours: Sequence[str]
    now: float | None
    now_said: str

    @property
    def from_(self) -> str:
        return f"from {self.first}"

    @property
    def now_place(self) -> str:
        return f"at {self.now:.3f}" if self.now is not None else ""


def agenda(
    steps: Sequence[Activity], ranks: Mapping[int, str], *, member: Member, now: datetime, settings: Settings | None
) -> Agenda:
    """A member's day by the hour, from the opening of their day or the first event to its end or the last one's."""
    time = working_time(member, settings=settings)
    events = []
    for step in steps:
        assert step.due_at is not None
        local = step.due_at.astimezone(time.zone)
        start = local.hour + local.minute / 60
        events.append(
            Event(
                title=name_of(step.deal) if step.deal is not None else str(step.contact or step.company),
                about=step.title,
                href=f"/deals/{step.deal_id}/" if step.deal_id else "",
                rank=ranks.get(step.deal.stage_id, "none") if step.deal is not None else "none",
                is_done=step.done_at is not None,
                at=start,
                length=min(max(0.75, (step.minutes or 45) / 60), 24 - start),
                hour=typography.hour(step.due_at, time.zone),
            )
        )
    first = int(min([time.opens.hour, *(event.at for event in events)]))
    last = max([time.closes.hour, *(event.at + event.length for event in events)])
    here = now.astimezone(time.zone)
    moment = here.hour + here.minute / 60
    return Agenda(
        events=side_by_side(events),
        first=first,
        hours=[f"{hour}:00" for hour in range(first, int(-(-last // 1)))],
        now=moment if first <= moment < last else None,
        now_said=typography.hour(now, time.zone),
    )


def side_by_side(events: Sequence[Event]) -> list[Event]:
    """Events in order of their beginning, those that overlap each in a lane of its own."""
    found: list[Event] = []
    bunch: list[Event] = []
    for event in [*events, None]:
        if bunch and (event is None or event.at >= max(other.at + other.length for other in bunch)):
            lanes = 1 + max(other.lane for other in bunch)
            found += [replace(other, lanes=lanes) for other in bunch]
            bunch = []
        if event is not None:
            taken = {other.lane for other in bunch if event.at < other.at + other.length}
            bunch.append(replace(event, lane=next(lane for lane in range(len(taken) + 1) if lane not in taken)))
    return found
