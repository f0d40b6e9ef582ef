"""A forecast as the worker writes it down, without the minute it takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from piste.deals.models import Deal
from piste.forecasting.models import Chance, Snapshot
from piste.foundations.calendar import Period
from piste.pipelines.models import Pipeline

METHODS = ("ours", "weighted_pipeline", "run_rate", "same_season")
PAST = (20_000.0, 12_000.0, 30_000.0, 16_000.0, 25_000.0)
BINS = [[0.1, 0.08, 40], [0.3, 0.33, 40], [0.6, 0.55, 40]]
SCORES = {"brier": 0.12, "auc": 0.7, "ece": 0.04, "bins": BINS}


def said(deals: Sequence[Deal] = (), **told: Any) -> dict[str, Any]:
    """What a forecast says: 50,000 of which 20,000 are won, by whoever owns `deals`."""
    groups = {f"rep:{one.owner_id}": [5000.0, 9000.0, 7000.0, 13000.0, 8000.0, 11000.0] for one in deals}
    groups |= {f"team:{one.team_id}": [6000.0, 9500.0, 7000.0, 14000.0, 8000.0, 12000.0] for one in deals if one.team_id}
    stages = {one.stage_id: [one.stage_id, 1, 12500.0, 4000.0] for one in deals}
    origins = [
        [
            f"2026-0{month}-01",
            f"2026-0{month}-28",
            21_000.0 * month / 5,
            {name: [20_000.0, 12_000.0, 30_000.0, 16_000.0, 25_000.0] for name in METHODS},
        ]
        for month in range(1, 9)
    ]
    probabilities = {"n": 120, "deals": 60, "left_out": 9, "ours": SCORES, "stage_table": SCORES, "prior": SCORES}
    return {
        "horizon_days": 12.5,
        "won": 20_000.0,
        "won_deals": 2,
        "elsewhere": 1,
        "measure": "amount",
        "bands": {name: [50_000.0, 38_000.0, 66_000.0, 44_000.0, 57_000.0] for name in METHODS},
        "errors": {name: [12, 0.2, 0.05, 0.83, 0.9] for name in METHODS},
        "origins": origins,
        "shares": [0.6, 0.3, 0.1],
        "open_deals": len(deals),
        "open_value": 12500.0,
        "open_expected": 4000.0,
        "coming_deals": 14.0,
        "coming_value": 6000.0,
        "stages": list(stages.values()),
        "groups": groups,
        "ever": probabilities,
        "within": probabilities,
        "verdict": {"code": "reliable", "gain": 0.12, "closed": 80},
        "leaks": [["custom:quality", "filled_after"]],
        "drifts": [["2026-05-02", "arrivals", 0.4]],
    } | told


def snapshot(pipeline: Pipeline, period: Period, deals: Sequence[Deal] = (), *, at: datetime, day: date, **told: Any) -> Snapshot:
    """A forecast of a period said on a day, with the chances of some open deals."""
    for place, one in enumerate(deals):
        Chance.objects.update_or_create(
            deal=one,
            defaults={
                "at": at,
                "until": day + timedelta(days=12),
                "ever": 0.3 + 0.01 * place,
                "within": 0.2,
                "table": 0.25,
                "low": 0.2,
                "high": 0.45,
                "like": 60,
                "reasons": [["stage", 0.05], ["field:source", -0.02]],
            },
        )
    return Snapshot.objects.create(
        pipeline=pipeline, span=int(period.span), first=period.first, day=day, at=at, currency="EUR", said=said(deals, **told)
    )
