"""A chance that crosses what an automation waits for."""

from __future__ import annotations

from datetime import datetime, timedelta

from piste.automations.operations import look
from piste.automations.rules import When
from piste.deals.models import Deal
from piste.forecasting.models import Chance
from tests import make
from tests.automations.scene import automation, states
from tests.cast import NOW, Cast

DAY = timedelta(days=1)


def put(deal: Deal, ever: float, at: datetime) -> None:
    facts = {"within": ever, "table": ever, "low": 0.0, "high": 1.0, "like": 9, "until": NOW.date()}
    Chance.objects.update_or_create(deal=deal, defaults={"ever": ever, "at": at, **facts})


def test_a_chance_is_crossed_each_time_it_comes_back(cast: Cast) -> None:
    deal = make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa)
    known = make.deal(deal.stage, cast.rosa, title="High already")
    put(known, 0.9, NOW - DAY)
    put(deal, 0.3, NOW - DAY)
    rises = automation(deal.pipeline, When("chance", percent=60))
    told = []
    for day, ever in enumerate((0.3, 0.7, 0.8, 0.4, 0.65), start=1):
        for one in (deal, known):
            put(one, ever if one == deal else 0.9, NOW + day * DAY)
        look(at=NOW + day * DAY)
        told.append(len(states(rises)))
    assert told == [0, 1, 1, 1, 2]
