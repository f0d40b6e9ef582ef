"""What the sellers of the demo company do: two playbooks, calls made, and what is planned for each open deal."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
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
from piste.pipelines.models import Stage
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import standards
from piste.playbooks.rules import Criterion, Guide, Standard, Text

#: Share of open deals for which nothing is planned, and of planned steps that are late.
FORGOTTEN, LATE, TODAY = 0.08, 0.09, 0.12
#: Share of a playbook that was followed, over so many days back.
FOLLOWED, REMEMBERED = 0.78, 120
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
            Standard("task", _("Have the signatory confirmed"), offset_days=6),
        ),
        criteria=(Criterion(_("The signatory has seen the price")),),
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
        self.standards = {stage.pk: [row for row in standards([stage.pk]) if row.after_id is None] for stage in self.stages}
        self.reached = {row.kind: row for row in Outcome.objects.filter(is_contact=True).order_by("-position")}

    def do(self, deals: Sequence[Deal], pasts: Sequence[Sequence[PastMove]], *, by: Member) -> None:
        """What was done about these deals, whose moves are `pasts`, and what is planned."""
        activities: list[Activity] = []
        for deal, past in zip(deals, pasts, strict=True):
            known = self._followed(deal, past)
            activities += known
            if deal.status == "open":
                activities += [row for row in self._open(deal) if row.standard not in {own.standard for own in known} - {None}]
            elif deal.closed_at is not None and self.chance.random() < 0.5:
                activities.append(self._done(deal, "call", self._title(deal, "call"), deal.closed_at - timedelta(hours=20)))
        bring_in(activities=activities, by=by, at=self.at, cause="demo")

    def _followed(self, deal: Deal, past: Sequence[PastMove]) -> list[Activity]:
        """What the playbooks of stages gone through in the last months asked for, as far as it was done."""
        found: list[Activity] = []
        for move, after in itertools.pairwise(past):
            if move.status != "open" or move.to == after.to or (self.at - move.at).days > REMEMBERED:
                continue
            for place, standard in enumerate(self.standards[move.to.pk]):
                if standard in [activity.standard for activity in found] or self.chance.random() > FOLLOWED:
                    continue
                moment = min(after.at, move.at + timedelta(days=standard.offset_days, hours=self.chance.randint(1, 9) + place))
                activity = self._done(deal, standard.kind, standard.title, moment)
                activity.standard = standard
                found.append(activity)
        return found

    def _open(self, deal: Deal) -> list[Activity]:
        asked = self.standards[deal.stage_id]
        if asked:
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
        asked = self.standards[deal.stage_id]
        done = self.chance.randint(0, len(asked) - 1)
        found = []
        for place, standard in enumerate(asked):
            if place < done:
                moment = deal.entered_stage_at + timedelta(days=place, hours=self.chance.randint(1, 20))
                activity = self._done(deal, standard.kind, standard.title, moment)
            else:
                day = self._day() if place == done else self.time.add_working_days(self.today, 3 + 2 * place)
                activity = self._planned(deal, standard.kind, standard.title, day)
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
