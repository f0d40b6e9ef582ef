"""Over random histories of a team: replay = state, totals = sums, chains hold, no deal falls through."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piste.deals import operations as ops
from piste.deals.models import Deal, LossReason
from piste.pipelines.models import Stage
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW, Cast

STEPS = (
    "create", "create", "move", "move", "move", "win", "lose", "hold", "resume", "wake", "undo", "undo", "amount", "currency",
    "owner", "discard", "restore", "retire", "elsewhere",
)  # fmt: skip


class Team:
    """Plays random steps of a working team."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.chance = random.Random(seed)
        self.now = NOW
        self.pipelines = [make.pipeline("Sales"), make.pipeline("Partners")]
        self.reason = LossReason.objects.create(name="Price")
        self.done = 0

    def play(self, step: str) -> None:
        self.now += timedelta(hours=self.chance.randint(1, 60))
        try:
            with transaction.atomic():
                getattr(self, f"_{step}")(self.now)
            self.done += 1
        except (ops.DealError, IndexError):
            pass

    def _deal(self, **only: object) -> Deal:
        return self.chance.choice(list(Deal.objects.filter(**{"deleted_at": None, **only})))

    def _stage(self) -> Stage:
        return self.chance.choice(list(Stage.objects.in_use()))

    def _create(self, at: datetime) -> None:
        owner = self.chance.choice([self.cast.rosa, self.cast.olga, self.cast.marc])
        amount = self.chance.choice([None, 0, 100_00, 999_99])
        make.deal(self._stage(), owner, at=at, amount_minor=amount, currency=self.chance.choice(["EUR", "JPY"]))

    def _move(self, at: datetime) -> None:
        deal = self._deal()
        ops.move(deal=deal, to=self.chance.choice(make.stages(deal.pipeline)), by=self.cast.rosa, at=at)

    def _elsewhere(self, at: datetime) -> None:
        ops.move(deal=self._deal(), to=self._stage(), by=self.cast.rosa, at=at)

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
        ops.undo(deal=deal, number=self.chance.choice([deal.ledger_number, max(1, deal.ledger_number - 2)]), by=None, at=at)

    def _amount(self, at: datetime) -> None:
        facts = {"amount_minor": self.chance.choice([None, 5, 77_700])}
        ops.amend(deal=self._deal(), facts=facts, by=self.cast.rosa, at=at)

    def _currency(self, at: datetime) -> None:
        ops.amend(deal=self._deal(), facts={"currency": self.chance.choice(["EUR", "TND"])}, by=self.cast.rosa, at=at)

    def _owner(self, at: datetime) -> None:
        ops.hand_over(leaver=self._deal().owner, successor=self.cast.remi, by=self.cast.marc, at=at)

    def _discard(self, at: datetime) -> None:
        ops.discard(deal=self._deal(), by=self.cast.rosa, at=at)

    def _restore(self, at: datetime) -> None:
        ops.restore(deal=self.chance.choice(list(Deal.objects.exclude(deleted_at=None))), by=None, at=at)

    def _retire(self, at: datetime) -> None:
        pipeline = self.chance.choice(self.pipelines)
        stages = make.stages(pipeline)
        if len(stages) < 3:
            return
        gone, destination = self.chance.sample(stages, 2)
        ops.retire_stage(stage=gone, destination=destination, by=self.cast.marc, at=at, why="fewer steps")


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), steps=st.lists(st.sampled_from(STEPS), min_size=5, max_size=45))
def test_every_history_replays_to_its_state(cast: Cast, seed: int, steps: list[str]) -> None:
    point = transaction.savepoint_create()
    try:
        team = Team(cast, seed)
        for step in steps:
            team.play(step)
        broken = [check for check in checks() if not check.ok]
        assert not broken, broken
    finally:
        transaction.savepoint_rollback(point)
