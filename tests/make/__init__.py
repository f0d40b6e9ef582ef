"""Makers: one line in a test for a pipeline, a deal, a company, a contact."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from piste.company.models import Member
from piste.deals import operations
from piste.deals.models import Deal
from piste.experiments import operations as experiments
from piste.experiments.models import Idea
from piste.experiments.rules import Arm, Hypothesis, Plan
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import create_pipeline
from piste.playbooks.rules import Guide, Standard
from tests.cast import NOW

from .remembered import remembered


def pipeline(name: str = "Sales", by: Member | None = None) -> Pipeline:
    def make() -> Pipeline:
        return create_pipeline(name=name, by=by, at=NOW, why="First set-up")

    # Rows come back under the numbers they had, which nothing may have taken.
    if Pipeline.objects.exists() or Entry.objects.exists():
        return make()
    return remembered(("pipeline", name, by and by.pk), make)


def stages(of: Pipeline) -> list[Stage]:
    return list(of.stages.in_use().order_by("position"))


def deal(stage: Stage, owner: Member, *, at: datetime = NOW, **facts: Any) -> Deal:
    facts = {"title": "Planning", "currency": "EUR", "amount_minor": 1_250_000} | facts
    return operations.create(stage=stage, owner=owner, by=owner, at=at, **facts)


def idea(stage: Stage, *, by: Member, at: datetime = NOW) -> Idea:
    said = Hypothesis("A call first", "we call at once", "more meet us", "they still think of us")
    return experiments.write_idea(pipeline=stage.pipeline, stage=stage, said=said, by=by, at=at)


def trials(of: Pipeline, *, by: Member, at: datetime = NOW) -> dict[str, int | str]:
    """An idea, and three split tests by their numbers: in design, running, stopped."""
    places = stages(of)
    written = idea(places[1], by=by, at=at)
    found: dict[str, int | str] = {"idea": written.pk}
    for name, stage in zip(("design", "running", "stopped"), places, strict=False):
        plan = Plan(title=f"Test {name}", measure="wins", within_days=30, smallest=Decimal(10), bar=Decimal(5), planned_count=200)
        arms = [
            Arm("As today", 50),
            Arm("Called sooner", 50, guide=Guide((Standard("call", "Ring"),), script="Hello"), clock_days=2),
        ]
        test = experiments.design(stage=stage, plan=plan, arms=arms, by=by, at=at, idea=written)
        if name != "design":
            experiments.start(test=test, by=by, at=at)
        if name == "stopped":
            experiments.stop(test=test, by=by, at=at)
        found[name] = test.number
    return found
