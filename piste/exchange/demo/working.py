"""What the sellers of the demo company do: two playbooks, calls made, and what is planned for each open deal."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from piste.activities.models import Activity, Outcome
from piste.activities.operations import bring_in
from piste.company.models import Member
from piste.company.queries import working_time
from piste.deals.models import Deal
from piste.deals.operations import PastMove
from piste.foundations.calendar import WorkingTime
from piste.pipelines.models import Stage, StageRole
from piste.playbooks.models import StandardActivity
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import standards
from piste.playbooks.rules import Criterion, Guide, Standard, Text
from piste.qualification.operations import Past
from piste.qualification.operations import bring_in as bring_in_clocks

from .story import Story

#: Share of open deals for which nothing is planned, and of planned steps that are late.
FORGOTTEN, LATE, TODAY = 0.08, 0.09, 0.12
#: How much of what a playbook asks is done by who follows it and by who does not, and how much of that in time.
DONE, PUNCTUAL = {True: 0.94, False: 0.45}, 0.85
#: How often the first contact with a new prospect comes in time, by the same.
ANSWERED = {True: 0.92, False: 0.68}
#: How often a call in a stage without playbook was noted.
NOTED = 0.25
ZONE = ZoneInfo("Europe/Paris")


def write_playbooks(stages: Sequence[Stage], *, by: Member, at: datetime) -> None:
    """The playbooks of qualification and proposal."""
    qualification = Guide(
        activities=(
            Standard("call", _("Discovery call"), offset_days=1),
            Standard("task", _("Check budget and decision maker"), offset_days=3),
            Standard("email", _("Send the summary of the call"), offset_days=1, after=0),
        ),
        criteria=(Criterion(_("The need is said in the client’s own words")), Criterion(_("The budget is known"))),
        script=_(
            "Begin with what made them write. Let them tell how they work today before you show anything. "
            "Ask who else will look at the proposal, and when they want to decide."
        ),
    )
    proposal = Guide(
        activities=(
            Standard("task", _("Take up the needs word for word"), offset_days=1),
            Standard("email", _("Send the proposal"), offset_days=3),
            Standard("call", _("Call within two days of its reading"), offset_days=2, after=1),
            Standard("task", _("Have the signatory confirmed"), offset_days=6, assigns="member", member_id=by.pk),
        ),
        templates=(
            Text(
                "email",
                _("First proposal"),
                _("Dear {contact},\n\nHere is our proposal for {title}. I will call you on Thursday.\n\n{owner}"),
                _("Our proposal for {company}"),
            ),
        ),
    )
    set_guide(stage=stages[1], guide=qualification, by=by, at=at, why=_("Demo company"))
    set_guide(stage=stages[3], guide=proposal, by=by, at=at, why=_("Demo company"))


def _stays(past: Sequence[PastMove]) -> Iterator[tuple[PastMove, PastMove]]:
    """The stays in stages that have ended: the move that began each, and the move that ended it."""
    began: PastMove | None = None
    for move in past:
        if began is not None and (move.to != began.to or move.status in ("lost", "won")):
            yield began, move
            began = None
        if began is None and move.status == "open":
            began = move


def habits() -> tuple[tuple[tuple[str, str], ...], ...]:
    """What one does next in each stage, as (kind, title)."""
    return (
        (("call", _("First call")), ("email", _("Write again"))),
        (("call", _("Discovery call")),),
        (("meeting", _("Demonstration")), ("meeting", _("Visit on site"))),
        (("call", _("Follow up the proposal")), ("email", _("Send the second version"))),
        (("task", _("Go through the contract")), ("meeting", _("Signature"))),
        (("call", _("Check-in")),),
    )


@dataclass
class Work:
    """Plans and remembers for one batch of deals after the other."""

    stages: Sequence[Stage]
    at: datetime
    chance: random.Random

    def __post_init__(self) -> None:
        self.time: WorkingTime = working_time()
        self.today = self.at.astimezone(ZONE).date()
        self.place = {stage.pk: number for number, stage in enumerate(self.stages)}
        self.habits = habits()
        self.standards = {stage.pk: standards([stage.pk]) for stage in self.stages}
        self.reached = {row.kind: row for row in Outcome.objects.filter(is_contact=True).order_by("-position")}

    def do(self, deals: Sequence[Deal], told: Sequence[Story], pasts: Sequence[Sequence[PastMove]], *, by: Member) -> None:
        """What was done about these deals, of which stories were told and whose moves are `pasts`, and what is planned."""
        activities: list[Activity] = []
        contacts: list[Past] = []
        for deal, story, past in zip(deals, told, pasts, strict=True):
            known, contact = self._followed(deal, story, past)
            activities += known
            contacts += [contact] if contact else []
            if deal.status == "open":
                activities += [row for row in self._open(deal) if row.standard not in {own.standard for own in known} - {None}]
            elif deal.closed_at is not None and self.chance.random() < NOTED:
                activities.append(self._done(deal, "call", self._title(deal, "call"), deal.closed_at - timedelta(hours=20)))
        bring_in(activities=activities, by=by, at=self.at, cause="demo")
        bring_in_clocks(contacts=contacts)

    def _followed(self, deal: Deal, story: Story, past: Sequence[PastMove]) -> tuple[list[Activity], Past | None]:
        """What was done in the stages gone through, by their playbooks if they have any, and how the first contact came."""
        found: list[Activity] = []
        contact: Past | None = None
        seen = set[int]()
        for move, after in _stays(past):
            if move.to.pk in seen:
                continue
            seen.add(move.to.pk)
            asked = self.standards[move.to.pk]
            if move.to.role == StageRole.QUALIFICATION and deal.status == "won" and not story.follows:
                found.append(self._done(deal, *self.habits[1][0], self._answered(story, move.at, after.at)))
            elif asked:
                found += self._by_the_book(deal, story, move, after, asked)
            elif self.chance.random() < NOTED:
                kind, title = self.habits[self.place[move.to.pk]][0]
                found.append(self._done(deal, kind, title, min(after.at, move.at + timedelta(hours=self.chance.randint(1, 60)))))
            if move.to.role == StageRole.QUALIFICATION and contact is None:
                contact = self._first_contact(deal, move, after, found)
        return found, contact

    def _by_the_book(
        self, deal: Deal, story: Story, move: PastMove, after: PastMove, asked: Sequence[StandardActivity]
    ) -> list[Activity]:
        """What a playbook asked of a stay, done or left. Sellers leave things undone on lost deals alone, else their day would be
        full of them; on won ones the manager does."""
        found: list[Activity] = []
        done: dict[int, datetime] = {}
        for standard in asked:
            began = move.at if standard.after_id is None else done.get(standard.after_id)
            if began is None:
                continue
            due_on = self.time.add_working_days(began.astimezone(ZONE).date(), standard.offset_days)
            is_done = self.chance.random() < DONE[story.follows]
            if deal.status == "won":
                is_done = story.follows or standard.member is None
            elif not is_done and deal.status != "lost":
                continue
            if is_done:
                moment = self._moment(story, standard, began, due_on, after.at)
                activity = self._done(deal, standard.kind, standard.title, moment)
                done[standard.pk] = moment
            else:
                activity = self._planned(deal, standard.kind, standard.title, due_on)
                activity.due_at, activity.minutes = None, None
                activity.created_at = activity.updated_at = began
            activity.due_on, activity.standard = due_on, standard
            if standard.member is not None:
                activity.assignee = standard.member
                activity.done_by = standard.member if is_done else None
            found.append(activity)
        return found

    def _moment(self, story: Story, standard: StandardActivity, began: datetime, due_on: date, ended: datetime) -> datetime:
        """When a standard activity was done: within its day or some days late, but never after the stay."""
        if standard.kind == "call" and standard.after_id is None:
            return self._answered(story, began, ended)
        due = datetime.combine(due_on, time(self.chance.randint(9, 17), self.chance.randint(0, 59)), ZONE)
        if self.chance.random() >= PUNCTUAL:
            due += timedelta(days=self.chance.randint(1, 4))
        return max(began, min(due, ended))

    def _answered(self, story: Story, began: datetime, ended: datetime) -> datetime:
        """When somebody who waits was called: within a working day, or some days later."""
        if self.chance.random() < ANSWERED[story.follows]:
            due = self.time.deadline(began, 1)
            return min(self.time.opening(began + (due - began) * self.chance.uniform(0.05, 0.95)), ended)
        return min(began + timedelta(days=self.chance.randint(2, 5), minutes=self.chance.randint(1, 300)), ended)

    def _first_contact(self, deal: Deal, move: PastMove, after: PastMove, known: Sequence[Activity]) -> Past | None:
        """The contact clock of an entry into qualification: met by the first call, dropped when the deal was closed before."""
        calls = [row for row in known if row.outcome is not None and row.done_at is not None and row.done_at >= move.at]
        if calls:
            return Past(deal, move.at, min(calls, key=lambda row: row.done_at or self.at))
        return Past(deal, move.at, None, dropped_at=after.at) if after.status != "open" else None

    def _open(self, deal: Deal) -> list[Activity]:
        if self.standards[deal.stage_id]:
            return self._by_playbook(deal)
        found = []
        if self.chance.random() < 0.6:
            kind, title = self.habits[self.place[deal.stage_id]][0]
            found.append(self._done(deal, kind, title, deal.entered_stage_at + timedelta(hours=self.chance.randint(1, 30))))
        if self.chance.random() >= FORGOTTEN:
            kind, title = self.chance.choice(self.habits[self.place[deal.stage_id]])
            found.append(self._planned(deal, kind, title, self._day()))
        return found

    def _by_playbook(self, deal: Deal) -> list[Activity]:
        asked = [standard for standard in self.standards[deal.stage_id] if standard.after_id is None]
        done = self.chance.randint(0, len(asked) - 1)
        found = []
        for place, standard in enumerate(asked):
            if place < done:
                moment = deal.entered_stage_at + timedelta(days=place, hours=self.chance.randint(1, 20))
                activity = self._done(deal, standard.kind, standard.title, moment)
            else:
                day = self._day() if place == done else self.time.add_working_days(self.today, 3 + 2 * place)
                activity = self._planned(deal, standard.kind, standard.title, day)
                activity.assignee = standard.member or deal.owner
            activity.standard = standard
            found.append(activity)
        return found

    def _day(self) -> date:
        draw = self.chance.random()
        if draw < LATE:
            return self.time.add_working_days(self.today, -self.chance.randint(1, 5))
        if draw < LATE + TODAY:
            return self.time.add_working_days(self.today, 0)
        return self.time.add_working_days(self.today, self.chance.randint(1, 12))

    def _planned(self, deal: Deal, kind: str, title: str, day: date) -> Activity:
        moment = None
        if kind == "meeting" or (kind == "call" and self.chance.random() < 0.3):
            hour = time(self.chance.choice((9, 10, 11, 14, 15, 16)), self.chance.choice((0, 30)))
            moment = datetime.combine(day, hour, ZONE)
        planned = max(deal.entered_stage_at, min(self.at, self.at - timedelta(days=self.chance.randint(0, 4))))
        return Activity(
            kind=kind,
            title=title,
            deal=deal,
            assignee=deal.owner,
            due_on=day,
            due_at=moment,
            minutes={"meeting": 60, "call": 30}.get(kind),
            created_at=planned,
            created_by=deal.owner,
            updated_at=planned,
        )

    def _done(self, deal: Deal, kind: str, title: str, moment: datetime) -> Activity:
        moment = max(deal.created_at, min(moment, self.at - timedelta(minutes=5)))
        return Activity(
            kind=kind,
            title=title,
            deal=deal,
            assignee=deal.owner,
            created_at=moment,
            created_by=deal.owner,
            updated_at=moment,
            done_at=moment,
            done_by=deal.owner,
            outcome=self.reached.get(kind),
        )

    def _title(self, deal: Deal, kind: str) -> str:
        habits = self.habits[self.place.get(deal.stage_id, 0)]
        return next((title for own, title in habits if own == kind), _("First call"))
