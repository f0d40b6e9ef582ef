"""A pipeline with two years of a small team's selling, the same each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from piste.company.models import Member
from piste.deals import operations
from piste.deals.models import Deal, LossReason, Source
from piste.pipelines.models import Stage
from tests import make
from tests.cast import NOW, Cast
from tests.web.scene import HTMX, _on_the_casts_day, _own_folder, sign_in, stages

__all__ = ["HTMX", "_on_the_casts_day", "_own_folder", "history", "sign_in", "stages"]

type SignIn = Callable[[Any], Any]


def sell(deal: Deal, stages: list[Stage], chance: Random, at: datetime, *, until: datetime) -> None:
    """Moves one deal about until it is closed, on hold, or the time is up."""
    by = deal.owner
    reasons = list(LossReason.objects.order_by("pk"))
    while (at := at + timedelta(days=chance.randint(1, 40), hours=chance.randint(0, 9))) < until:
        deal.refresh_from_db()
        here = [stage.pk for stage in stages].index(deal.stage_id)
        draw = chance.random()
        if draw < 0.25 and deal.status != "lost":
            operations.lose(deal=deal, reason=chance.choice(reasons), by=by, at=at)
            if chance.random() < 0.8:
                return
        elif draw < 0.33 and deal.status == "open":
            operations.hold(deal=deal, until=at.date() + timedelta(days=9), today=at.date(), by=by, at=at)
        elif draw < 0.43 and here:
            operations.move(deal=deal, to=stages[chance.randrange(here)], by=by, at=at, why="Again")
        elif here >= 3 and draw < 0.75 and deal.status == "open":
            operations.win(deal=deal, by=by, at=at)
            return
        else:
            to = stages[min(4, here + (2 if chance.random() < 0.15 else 1))]
            if to.pk != deal.stage_id or deal.status != "open":
                operations.move(deal=deal, to=to, by=by, at=at, why="On", override="Known")


@pytest.fixture
def history(cast: Cast, stages: list[Stage]) -> list[Deal]:
    """Deals of Rosa's and Olga's; one of each is in the bin, two were undone."""
    return make.remembered("two years of selling", lambda: _sold(cast, stages))


def _sold(cast: Cast, stages: list[Stage]) -> list[Deal]:
    chance = Random(7)
    for name in ("Too dear", "No answer"):
        LossReason.objects.create(name=name)
    sources = [Source.objects.create(name="Fair"), Source.objects.create(name="Web site"), None]
    owners: list[Member] = [cast.rosa, cast.olga, cast.rosa]
    made = []
    for number in range(36):
        at = NOW - timedelta(days=chance.randint(5, 700))
        facts = {"source": chance.choice(sources), "amount_minor": chance.choice([None, 100_000, 2_500_000, 700_000])}
        deal = make.deal(stages[0 if chance.random() < 0.8 else 2], owners[number % 3], at=at, title=f"Deal {number}", **facts)
        sell(deal, stages, chance, at, until=NOW)
        made.append(deal)
    for deal in made[:2]:
        deal.refresh_from_db()
        operations.discard(deal=deal, by=cast.alice, at=NOW - timedelta(days=1))
    for deal in Deal.objects.filter(status="open", deleted_at=None, ledger_number__gt=1).order_by("pk")[:2]:
        operations.undo(deal=deal, number=deal.ledger_number, by=cast.alice, at=NOW - timedelta(hours=2))
    return made
