"""Makers: one line in a test for a pipeline, a deal, a company, a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from piste.company.models import Member
from piste.deals import operations
from piste.deals.models import Deal
from piste.pipelines.models import Pipeline, Stage
from piste.pipelines.operations import create_pipeline
from tests.cast import NOW


def pipeline(name: str = "Sales", by: Member | None = None) -> Pipeline:
    return create_pipeline(name=name, by=by, at=NOW, why="First set-up")


def stages(of: Pipeline) -> list[Stage]:
    return list(of.stages.in_use().order_by("position"))


def deal(stage: Stage, owner: Member, *, at: datetime = NOW, **facts: Any) -> Deal:
    facts = {"title": "Planning", "currency": "EUR", "amount_minor": 1_250_000} | facts
    return operations.create(stage=stage, owner=owner, by=owner, at=at, **facts)
