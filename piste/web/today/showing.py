"""What My day shows, ready for its templates: its lines in HTML, its agenda."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from piste.activities.queries.day import DayDeal, DayStep
from piste.activities.rules import Due, due_state
from piste.company.models import Member, Settings
from piste.company.queries import working_time
from piste.foundations import typography
from piste.qualification.queries import HotClock
from piste.web.parts.mould import cast
from piste.web.templatetags.piste import tongue, zone

from . import words

ICONS = {"task": "note", "call": "phone", "meeting": "calendar", "email": "mail"}


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of the day: those shown, how many there are in all, and how many the next look at them may show."""

    name: str
    lines: SafeString
    shown: int
    total: int
    further: int


@dataclass(frozen=True, slots=True)
class Hot:
    """A prospect who waits for the first contact."""

    id: int
    owner_id: int
    name: str
    detail: str
    left: str
    before: str
    share: int
    state: str
    takes_over: bool


class Writer:
    """Writes the lines of a day in the language of the request; whatever people wrote is escaped here."""

    def __init__(self, ranks: Mapping[int, str], *, now: datetime, today: date, whole: bool) -> None:
        self.ranks, self.now, self.today, self.whole = ranks, now, today, whole
        self.tongue, self.zone = tongue(), zone()
        self.for_today = gettext("today")

    def steps(self, steps: Sequence[DayStep]) -> SafeString:
        return mark_safe("".join([self.step(step) for step in steps]))  # noqa: S308

    def step(self, step: DayStep) -> str:
        """A step and what it is about; the call key of a call does it, else it notes another one on the deal."""
        due = due_state(step.due_on, step.due_at, today=self.today, now=self.now)
        calls = step.kind != "call" and step.deal_id is not None
        values = {
            "id": step.id,
            "due": due,
            "title": escape(step.title),
            "about": escape(step.about),
            "detail": escape(self.detail(step.deal_title, step.deal_company, step.amount_minor, step.currency)),
            "href": step.place,
            "call_url": f"/deals/{step.deal_id}/call/" if calls else f"/steps/{step.id}/done/",
            "when": self.when(step, due),
            "stage": escape(step.stage or ""),
            "rank": self.ranks.get(step.stage_id, "none") if step.stage_id is not None else "",
            "assignee": escape(step.assignee.split(" ")[0]) if self.whole else "",
        }
        line = ("today/lines.html#line", "line", values, self.tongue)
        return cast(*line, optional=("stage", "assignee"), icon=ICONS[step.kind], is_late=due == Due.OVERDUE)

    def when(self, step: DayStep, due: str) -> str:
        hour = typography.hour(step.due_at, self.zone) if step.due_at is not None else ""
        if due == Due.OVERDUE:
            return typography.days((self.today - step.due_on).days, self.tongue) if step.due_on < self.today else hour
        if step.due_on == self.today:
            return hour or self.for_today
        return f"{typography.day_near(step.due_on, self.tongue, today=self.today)} {hour}".strip()

    def detail(self, title: str | None, company: str | None, minor: int | None, currency: str | None) -> str:
        """What a deal is called besides its company, and its amount."""
        parts = [(title or "") if company else "", self.amount(minor, currency)]
        return ", ".join(part for part in parts if part)

    def amount(self, minor: int | None, currency: str | None) -> str:
        return "" if minor is None or currency is None else typography.amount(minor, currency, self.tongue)

    def hot(self, clock: HotClock, contacts: Mapping[int, str], *, settings: Settings | None, member: Member) -> Hot:
        """The face of a clock; its working time is that of the deal's owner."""
        shown = clock.face(settings=settings, now=self.now)
        missed, theirs = shown.state == "missed", clock.owner_id != member.pk
        detail = self.detail(clock.title, clock.company, clock.amount_minor, clock.currency)
        parts = [contacts.get(clock.deal_id, ""), detail]
        if theirs:
            parts.insert(0, gettext("Lead of %(who)s") % {"who": clock.owner.split(" ")[0]})
        return Hot(
            id=clock.deal_id,
            owner_id=clock.owner_id,
            name=clock.name,
            detail=". ".join(part for part in parts if part),
            left=typography.span(shown.left, self.tongue),
            before=words.before(clock.due_at, missed=missed),
            share=shown.share,
            state=shown.state,
            takes_over=theirs and shown.state != "running",
        )

    def leads(self, leads: Sequence[Hot], *, csrf: str) -> SafeString:
        """Those who wait for a first contact; the first one's call has the key of calls. `csrf` goes into their forms."""
        written = []
        for lead in leads:
            values = {
                "id": lead.id,
                "owner_id": lead.owner_id,
                "name": escape(lead.name),
                "detail": escape(lead.detail),
                "left": lead.left,
                "before": escape(lead.before),
                "share": lead.share,
                "csrf": csrf,
            }
            shape: dict[str, Any] = {"state": lead.state, "takes_over": lead.takes_over, "is_first": lead is leads[0]}
            written.append(cast("today/lead.html", "lead", values, self.tongue, **shape))
        return mark_safe("".join(written))  # noqa: S308

    def stepless(self, deals: Sequence[DayDeal]) -> SafeString:
        """Deals without a next step."""
        written = []
        for deal in deals:
            last = deal.last_activity_at and deal.last_activity_at.astimezone(self.zone).date()
            values = self.deal(deal) | {
                "owner": escape(deal.owner.split(" ")[0]) if self.whole else "",
                "last": typography.day(last, self.tongue, today=self.today) if last else "",
            }
            optional = ("amount", "owner", "last")
            written.append(cast("today/deals.html#stepless", "deal", values, self.tongue, optional=optional))
        return mark_safe("".join(written))  # noqa: S308

    def waking(self, deals: Sequence[DayDeal]) -> SafeString:
        """Deals that come back from hold."""
        written = []
        for deal in deals:
            until = typography.day_near(deal.hold_until, self.tongue, today=self.today) if deal.hold_until else ""
            values = self.deal(deal) | {"title": escape(deal.title), "until": until}
            written.append(cast("today/deals.html#waking", "deal", values, self.tongue, optional=("amount",)))
        return mark_safe("".join(written))  # noqa: S308

    def deal(self, deal: DayDeal) -> dict[str, object]:
        amount = self.amount(deal.amount_minor or None, deal.currency)
        return {"id": deal.id, "name": escape(deal.name), "stage": escape(deal.stage), "amount": amount}


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
    def lines(self) -> SafeString:
        """The events in HTML."""
        written = []
        for event in self.events:
            values = {
                "title": escape(event.title),
                "about": escape(event.about),
                "href": event.href,
                "rank": event.rank,
                "hour": event.hour,
                "place": event.place,
            }
            written.append(cast("today/event.html", "event", values, "", optional=("href",), is_done=event.is_done))
        return mark_safe("".join(written))  # noqa: S308

    @property
    def from_(self) -> str:
        return f"from {self.first}"

    @property
    def now_place(self) -> str:
        return f"at {self.now:.3f}" if self.now is not None else ""


def agenda(
    steps: Sequence[DayStep], ranks: Mapping[int, str], *, member: Member, now: datetime, settings: Settings | None
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
                title=step.about,
                about=step.title,
                href=f"/deals/{step.deal_id}/" if step.deal_id else "",
                rank=ranks.get(step.stage_id, "none") if step.stage_id is not None else "none",
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
