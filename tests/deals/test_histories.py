"""Over random histories of a team: after every step replay = state, totals = sums, chains hold, no deal falls through."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.company import operations as company
from piste.company.models import Member
from piste.deals import operations as ops
from piste.deals.models import BulkEdit, Deal, LossReason
from piste.deals.operations import Arrival, PastMove, bulk
from piste.deals.operations.bulk import Change
from piste.journal.models import Entry
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import shape_of, stage_order
from piste.pipelines.rules import Shape
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Standard
from piste.upkeep import operations as upkeep
from piste.upkeep.queries import checks
from piste.upkeep.rules import KEPT
from tests import make
from tests.cast import NOW, Cast

STEPS = (
    "create", "create", "move", "move", "move", "win", "lose", "hold", "resume", "wake", "undo", "undo", "amount", "currency",
    "owner", "discard", "restore", "retire", "merge", "role", "reorder", "add", "elsewhere", "elsewhere", "bring_in", "hand_over",
    "retire_pipeline", "take_back_edit", "take_back_edit", "plan", "plan", "do", "do", "take_back", "bin_activity", "playbook",
    "leave", "bulk", "bulk_back", "erase", "erase",
)  # fmt: skip


class Team:
    """Plays random steps of a working team."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.chance = random.Random(seed)
        self.now = NOW
        for name in ("Sales", "Partners"):
            make.pipeline(name)
        self.reason = LossReason.objects.create(name="Price")
        for stage in list(Stage.objects.all())[:3]:
            self._create(self.now, stage)

    def play(self, step: str) -> None:
        # Clocks of two machines may differ: now and then a step comes a little before the one it follows.
        self.now += timedelta(hours=self.chance.randint(1, 60), seconds=self.chance.randint(-7300, 0))
        try:
            with transaction.atomic():
                getattr(self, f"_{step}")(self.now)
        except (ops.DealError, activities.ActivityError, pipelines.NameTaken, IndexError):
            pass

    def _deal(self, **only: object) -> Deal:
        return self.chance.choice(list(Deal.objects.filter(**({"deleted_at": None} | only))))

    def _stage(self) -> Stage:
        return self.chance.choice(list(Stage.objects.in_use()))

    def _pipeline(self) -> Pipeline:
        return self.chance.choice(list(Pipeline.objects.in_use()))

    def _create(self, at: datetime, stage: Stage | None = None) -> None:
        owner = self.chance.choice([self.cast.rosa, self.cast.olga, self.cast.marc])
        amount = self.chance.choice([None, 0, 100_00, 999_99])
        make.deal(stage or self._stage(), owner, at=at, amount_minor=amount, currency=self.chance.choice(["EUR", "JPY"]))

    def _activity(self, **only: object) -> Activity:
        return self.chance.choice(list(Activity.objects.filter(**only)))

    def _plan(self, at: datetime) -> None:
        day = None if self.chance.random() < 0.2 else at.date() + timedelta(days=self.chance.randint(-3, 20))
        wanted = activities.Wanted(title="Call", kind="call", due_on=day, repeats=self.chance.choice(["", "month"]))
        activities.plan(wanted=wanted, assignee=self.cast.rosa, by=self.cast.rosa, at=at, deal=self._deal())

    def _do(self, at: datetime) -> None:
        following = activities.Wanted(title="Write", due_on=at.date()) if self.chance.random() < 0.5 else None
        activities.do(activity=self._activity(done_at=None), by=self.cast.rosa, at=at, next=following)

    def _take_back(self, at: datetime) -> None:
        activities.take_back(activity=self._activity(done_at__isnull=False), by=self.cast.rosa, at=at)

    def _bin_activity(self, at: datetime) -> None:
        activity = self._activity()
        (activities.discard if activity.deleted_at is None else activities.restore)(activity=activity, by=None, at=at)

    def _erase(self, at: datetime) -> None:
        """Now and then the day of something in the bin has come."""
        if self.chance.random() < 0.3:
            upkeep.empty_bin(at=at + KEPT - timedelta(days=self.chance.randint(0, 20)))
        else:
            ops.erase(deal=self._deal(deleted_at__isnull=False), by=self.cast.alice, at=at)

    def _playbook(self, at: datetime) -> None:
        wanted = tuple(Standard("task", f"Do {place}", offset_days=place) for place in range(self.chance.randint(0, 3)))
        set_guide(stage=self._stage(), guide=Guide(activities=wanted), by=self.cast.marc, at=at, why="Try")

    def _leave(self, at: datetime) -> None:
        if not Member.objects.active().filter(pk=self.cast.olga.pk).exists():
            company.reactivate(member=self.cast.olga, by=self.cast.alice, at=at)
        else:
            ops.say_goodbye(leaver=self.cast.olga, successor=self.cast.marc, by=self.cast.alice, at=at)

    def _move(self, at: datetime) -> None:
        deal = self._deal()
        ops.move(deal=deal, to=self.chance.choice(make.stages(deal.pipeline)), by=self.cast.rosa, at=at)

    def _elsewhere(self, at: datetime) -> None:
        ops.move(deal=self._deal(), to=self._stage(), by=self.cast.rosa, at=at, why="theirs")

    def _win(self, at: datetime) -> None:
        ops.win(deal=self._deal(), by=self.cast.rosa, at=at)

    def _lose(self, at: datetime) -> None:
        ops.lose(deal=self._deal(), reason=self.reason, by=self.cast.rosa, at=at, why="too dear")

    def _hold(self, at: datetime) -> None:
        until = (at + timedelta(days=self.chance.randint(1, 30))).date()
        ops.hold(deal=self._deal(), until=until, by=self.cast.rosa, at=at, today=at.date())

    def _resume(self, at: datetime) -> None:
        ops.resume(deal=self._deal(status="held"), by=self.cast.rosa, at=at)

    def _wake(self, at: datetime) -> None:
        ops.wake_due(today=at.date(), at=at)

    def _undo(self, at: datetime) -> None:
        deal = self._deal()
        number = self.chance.choice([deal.ledger_number, max(1, deal.ledger_number - 2)])
        ops.undo(deal=deal, number=number, by=None, at=at)

    def _amount(self, at: datetime) -> None:
        ops.amend(deal=self._deal(), facts={"amount_minor": self.chance.choice([None, 5, 77_700])}, by=self.cast.rosa, at=at)

    def _currency(self, at: datetime) -> None:
        ops.amend(deal=self._deal(), facts={"currency": self.chance.choice(["EUR", "TND"])}, by=self.cast.rosa, at=at)

    def _owner(self, at: datetime) -> None:
        owner = self.chance.choice(self.cast.everybody())
        ops.amend(deal=self._deal(), facts={"owner": owner}, custom={"budget": "12"}, by=self.cast.marc, at=at)

    def _take_back_edit(self, at: datetime) -> None:
        edits = Entry.objects.of("deal", self._deal().pk).filter(verb__in=ops.EDITS)
        ops.take_back(entries=[self.chance.choice(list(edits))], by=self.cast.marc, at=at)

    def _bulk(self, at: datetime) -> None:
        owner, stage = self.chance.choice([{}, {"owner": self.cast.remi.pk}]), self.chance.choice([None, None, self._stage().pk])
        tags = self.chance.sample(["VIP", "Fair", "Late"], 2)
        change = Change(owner | {"campaign": f"{at:%A}"}, {"size": "12"}, tuple(tags[:1]), tuple(tags[1:]), stage)
        edit = bulk.start(deals=Deal.objects.filter(owner=self._deal().owner), change=change, by=self.cast.alice, at=at)
        bulk.carry_out(edit=edit, at=at)

    def _bulk_back(self, at: datetime) -> None:
        edit = bulk.ask_back(edit=BulkEdit.objects.order_by("-pk")[0], at=at)
        bulk.take_all_back(edit=edit, at=at)

    def _hand_over(self, at: datetime) -> None:
        ops.hand_over(leaver=self._deal().owner, successor=self.cast.remi, by=self.cast.marc, at=at)

    def _discard(self, at: datetime) -> None:
        ops.discard(deal=self._deal(), by=self.cast.rosa, at=at)

    def _restore(self, at: datetime) -> None:
        ops.restore(deal=self._binned(), by=None, at=at)

    def _binned(self) -> Deal:
        return self.chance.choice(list(Deal.objects.exclude(deleted_at=None)))

    def _retire(self, at: datetime, *, merged: bool = False) -> None:
        stages = make.stages(self._pipeline())
        gone, to = self.chance.sample(stages, 2) if len(stages) > 1 else (stages[0], stages[0])
        ops.retire_stage(stage=gone, destination=to, by=self.cast.marc, at=at, why="fewer steps", merged=merged)

    def _merge(self, at: datetime) -> None:
        self._retire(at, merged=True)

    def _role(self, at: datetime) -> None:
        stage = self._stage()
        now = shape_of(stage)
        role = self.chance.choice(["closing", "retention"])
        shape = Shape(now.name, role, now.probability, now.norm_days, now.needs)
        ops.reshape_stage(stage=stage, shape=shape, by=self.cast.marc, at=at, why="another use")

    def _reorder(self, at: datetime) -> None:
        pipeline = self._pipeline()
        keys = [stage.pk for stage in make.stages(pipeline)]
        self.chance.shuffle(keys)
        pipelines.reorder(pipeline=pipeline, order=keys, by=self.cast.marc, at=at, why="as we work")
        assert len(set(stage_order(pipeline.pk))) == pipeline.stages.count()

    def _add(self, at: datetime) -> None:
        pipeline = self._pipeline()
        shape = Shape(f"Step {self.chance.randint(1, 4)}", "meeting", 20, 5)
        pipelines.add_stage(
            pipeline=pipeline, shape=shape, after=make.stages(pipeline)[0], by=self.cast.marc, at=at, why="a demo"
        )

    def _retire_pipeline(self, at: datetime) -> None:
        pipeline = self._pipeline()
        others = [stage for stage in Stage.objects.in_use() if stage.pipeline_id != pipeline.pk]
        to = self.chance.choice([None, *others])
        ops.retire_pipeline(pipeline=pipeline, destination=to, by=self.cast.marc, at=at, why="one is enough")

    def _bring_in(self, at: datetime) -> None:
        began = at - timedelta(days=200)
        past = [PastMove(to=self._stage(), status="open", at=began)]
        for _ in range(self.chance.randint(0, 4)):
            began += timedelta(days=self.chance.randint(0, 30))
            status = self.chance.choice(["open", "open", "won", "lost", "held"])
            held = (began + timedelta(days=9)).date() if status == "held" else None
            reason = self.reason.pk if status == "lost" else None
            past.append(PastMove(self._stage(), status, began, self.cast.rosa, "then", reason, held))
        facts = {"title": "Old", "owner": self.cast.rosa, "team_id": self.cast.north.pk, "currency": "EUR", "amount_minor": 7}
        ops.bring_in(arrivals=[Arrival(facts=facts, past=past)], by=self.cast.marc, at=at)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=40))
def test_after_every_step_everything_is_still_true(cast: Cast, seed: int, steps: list[str]) -> None:
    point = transaction.savepoint_create()
    try:
        team = Team(cast, seed)
        for step in steps:
            team.play(step)
            broken = [check for check in checks() if not check.ok]
            assert not broken, (step, broken)
    finally:
        transaction.savepoint_rollback(point)
