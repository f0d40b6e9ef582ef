"""A company at work, at random: what a past moment is held against."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from piste.catalogue.operations import add_product
from piste.company.models import Member
from piste.deals import operations as ops
from piste.deals.models import Deal, LossReason, Source
from piste.pipelines import operations as pipelines
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Shape
from tests import make
from tests.cast import NOW, Cast

STEPS = (
    "create", "create", "go", "go", "go", "go", "win", "lose", "hold", "undo", "amount", "owner", "source", "custom", "tags",
    "products", "discard", "restore", "rename", "merge", "retire", "reorder", "add", "role", "elsewhere",
)  # fmt: skip


class Playing:
    """Plays random steps; time only goes forward."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast = cast
        self.chance = random.Random(seed)
        self.now = NOW
        self.pipeline, self.other = make.pipeline("Sales"), make.pipeline("Partners")
        self.reason = LossReason.objects.create(name="Price")
        self.sources = [Source.objects.create(name=name) for name in ("Fair", "Web")]
        self.products = [add_product(name=name, by=cast.alice, at=NOW) for name in ("Box", "Care")]
        for _ in range(4):
            self.play("create")

    def play(self, step: str) -> None:
        self.now += timedelta(hours=self.chance.randint(1, 40), microseconds=self.chance.randint(0, 10**6))
        try:
            with transaction.atomic():
                getattr(self, f"_{step}")(self.now)
        except (ops.DealError, pipelines.NameTaken, IndexError):
            pass

    def _any(self, rows: Any) -> Any:
        return self.chance.choice(list(rows))

    def _deal(self, **only: object) -> Deal:
        found: Deal = self._any(Deal.objects.filter(**({"deleted_at": None} | only)).order_by("pk"))
        return found

    def _stages(self, of: Pipeline | None = None) -> list[Stage]:
        return make.stages(of or self.pipeline)

    def _owner_of_choice(self) -> Member:
        return self.chance.choice([self.cast.rosa, self.cast.olga, self.cast.remi])

    def _create(self, at: datetime) -> None:
        facts = {"amount_minor": self.chance.choice([None, 1000, 2500]), "source": self.chance.choice([None, *self.sources])}
        facts["currency"] = self.chance.choice(["EUR", "EUR", "USD"])
        deal = make.deal(self._any(self._stages()), self._owner_of_choice(), at=at, **facts)
        self._tag(deal, at)

    def _go(self, at: datetime) -> None:
        ops.move(deal=self._deal(pipeline=self.pipeline), to=self._any(self._stages()), by=self.cast.rosa, at=at)

    def _elsewhere(self, at: datetime) -> None:
        to = self._any(self._stages(self.chance.choice([self.pipeline, self.other])))
        ops.move(deal=self._deal(), to=to, by=self.cast.rosa, at=at)

    def _win(self, at: datetime) -> None:
        ops.win(deal=self._deal(), by=self.cast.rosa, at=at)

    def _lose(self, at: datetime) -> None:
        ops.lose(deal=self._deal(), reason=self.reason, by=self.cast.rosa, at=at)

    def _hold(self, at: datetime) -> None:
        ops.hold(deal=self._deal(), until=(at + timedelta(days=9)).date(), by=self.cast.rosa, at=at, today=at.date())

    def _undo(self, at: datetime) -> None:
        deal = self._deal()
        ops.undo(deal=deal, number=deal.ledger_number, by=self.cast.rosa, at=at)

    def _amend(self, at: datetime, custom: dict[str, Any] | None = None, **facts: Any) -> None:
        ops.amend(deal=self._any(Deal.objects.order_by("pk")), facts=facts, custom=custom, by=self.cast.marc, at=at)

    def _amount(self, at: datetime) -> None:
        self._amend(at, amount_minor=self.chance.choice([None, 700, 4200]), currency=self.chance.choice(["EUR", "USD"]))

    def _owner(self, at: datetime) -> None:
        self._amend(at, owner=self._owner_of_choice())

    def _source(self, at: datetime) -> None:
        self._amend(at, source=self.chance.choice([None, *self.sources]))

    def _custom(self, at: datetime) -> None:
        self._amend(at, custom={"size": self.chance.choice([None, "small", "large"])})

    def _tag(self, deal: Deal, at: datetime) -> None:
        ops.name_tags(deal=deal, tags=self.chance.choice([[], ["VIP"], ["VIP", "Late"]]), by=self.cast.rosa, at=at)

    def _tags(self, at: datetime) -> None:
        self._tag(self._deal(), at)

    def _products(self, at: datetime) -> None:
        wanted = self.chance.sample(self.products, self.chance.randint(0, 2))
        ops.name_products(deal=self._deal(), products=[(one.pk, 1000, None) for one in wanted], by=self.cast.rosa, at=at)

    def _discard(self, at: datetime) -> None:
        ops.discard(deal=self._deal(), by=self.cast.rosa, at=at)

    def _restore(self, at: datetime) -> None:
        ops.restore(deal=self._any(Deal.objects.exclude(deleted_at=None).order_by("pk")), by=self.cast.rosa, at=at)

    def _rename(self, at: datetime) -> None:
        name = f"Step {self.chance.randint(1, 99)}"
        pipelines.rename_stage(stage=self._any(self._stages()), name=name, by=self.cast.marc, at=at, why="clearer")

    def _retire(self, at: datetime, *, merged: bool = False) -> None:
        stages = self._stages()
        if len(stages) < 2:
            return
        gone, to = self.chance.sample(stages, 2)
        ops.retire_stage(stage=gone, destination=to, by=self.cast.marc, at=at, why="fewer", merged=merged)

    def _merge(self, at: datetime) -> None:
        self._retire(at, merged=True)

    def _reorder(self, at: datetime) -> None:
        keys = [stage.pk for stage in self._stages()]
        self.chance.shuffle(keys)
        pipelines.reorder(pipeline=self.pipeline, order=keys, by=self.cast.marc, at=at, why="as we work")

    def _add(self, at: datetime) -> None:
        shape = Shape(f"New {self.chance.randint(1, 99)}", "meeting", 20, 5)
        pipelines.add_stage(
            pipeline=self.pipeline, shape=shape, after=self._any([None, *self._stages()]), by=self.cast.marc, at=at, why="a demo"
        )

    def _role(self, at: datetime) -> None:
        stage = self._any(self._stages())
        now = shape_of(stage)
        shape = Shape(now.name, self.chance.choice(["closing", "retention"]), now.probability, now.norm_days, now.needs)
        ops.reshape_stage(stage=stage, shape=shape, by=self.cast.marc, at=at, why="another use")
