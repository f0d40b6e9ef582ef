"""Companies that figures must be told of too: without deals, with one stage, without customers, with several currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from piste.deals.models import LossReason
from piste.deals.operations import Arrival, PastMove, bring_in
from piste.pipelines.models import Pipeline
from piste.pipelines.operations import create_pipeline
from tests import make
from tests.cast import NOW, Cast


@dataclass(frozen=True)
class Scene:
    """Four pipelines, of which all deals but one are Rosa's and Remi's; Olga has none and sees only hers."""

    empty: Pipeline
    single: Pipeline
    selling: Pipeline
    usual: Pipeline


def make_scene(cast: Cast) -> Scene:
    """Deals from 2 March 2026 on, in euros, francs and yen; lost, won, open and on hold."""
    reason = LossReason.objects.create(name="Price", position=0)
    empty = make.pipeline("Empty", by=cast.alice)
    single = create_pipeline(
        name="Single", stages=[("Enquiry", "prospecting", 10, 7)], by=cast.alice, at=NOW - timedelta(days=300), why="One"
    )
    selling = create_pipeline(
        name="Selling",
        stages=[("Enquiry", "prospecting", 10, 7), ("Offer", "proposal", 50, None)],
        by=cast.alice,
        at=NOW - timedelta(days=300),
        why="No customers",
    )
    usual = make.pipeline("Usual", by=cast.alice)
    for place, pipeline in enumerate((single, selling, usual)):
        stages = make.stages(pipeline)
        arrivals = []
        for number in range(24):
            came = NOW - timedelta(days=267 - 10 * number)
            owner = cast.rosa if number % 3 else cast.remi
            past = [PastMove(to=stages[0], status="open", at=came, by=owner)]
            if len(stages) > 1 and number % 4:
                past.append(PastMove(to=stages[1], status="open", at=came + timedelta(days=4 + number % 5), by=owner))
            end = came + timedelta(days=12)
            if number % 4 == 1:
                last = past[-1].to
                past.append(PastMove(to=last, status="lost", at=end, by=owner, loss_reason_id=reason.pk))
            elif number % 4 == 2:
                past.append(PastMove(to=stages[-1], status="won", at=end, by=owner))
            elif number % 8 == 3:
                past.append(PastMove(to=past[-1].to, status="held", at=end, by=owner, hold_until=(NOW + timedelta(30)).date()))
            facts = {
                "title": f"Need {place}-{number}",
                "owner": owner,
                "team_id": owner.team_id,
                "amount_minor": 1_000_000 + 10_000 * number,
                "currency": ("EUR", "CHF", "JPY")[number % 3],
            }
            arrivals.append(Arrival(facts=facts, past=past, contacts=[], products=[]))
        bring_in(arrivals=arrivals, by=cast.alice, at=NOW)
    return Scene(empty, single, selling, usual)
