"""The figures as plain values, for JSON: what `piste figures --json` prints, described in `docs/howto/figures.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from piste.catalogue.models import Product
from piste.company.models import Member
from piste.deals.models import Source
from piste.foundations.calendar import Span, period
from piste.foundations.money import to_decimal
from piste.stats.conversion import reached_by_pair
from piste.stats.durations import Quantile
from piste.stats.flows import flows
from piste.stats.history import ELSEWHERE, LOST, NOWHERE, WON
from piste.stats.outcomes import Outcome

from .figures import Belonging, ByCurrency, StageFigures, Within, belonging, by_product, groups, outcomes, stage_figures
from .reading import Reading, StagePlace

PLACES: dict[int, str | None] = {LOST: "lost", WON: "won", ELSEWHERE: "elsewhere", NOWHERE: None}


def told(read: Reading, within: Within, zone: ZoneInfo) -> dict[str, Any]:
    """Everything about a pipeline within a period. Rates are 0–1, days floats, money text by currency, moments ISO 8601."""
    pipeline = read.scope.pipeline
    whole = outcomes(read, within)
    born = whole.by_creation
    return {
        "pipeline": {"id": pipeline.pk, "name": pipeline.name},
        "as_of": read.scope.as_of.astimezone(zone).isoformat(),
        "from": within.since.astimezone(zone).isoformat() if within.since else None,
        "until": within.until.astimezone(zone).isoformat() if within.until else None,
        "deals": {
            "created": sum(len(group) for group in (born.won, born.lost, born.open, born.held, born.left)),
            **_counts(born),
        },
        "stages": [_stage(figures) for figures in stage_figures(read, within)],
        "reached_later": _pairs(read),
        "flows": _flows(read, within),
        "win_rate": {"by_creation": _outcome(born), "by_closing": _outcome(whole.by_closing)},
        "won_value": money(whole.won_value),
        "mean_won": {code: round(mean / _unit(code), 6) for code, mean in whole.mean_won.items()},
        "open_value": money(whole.open_value),
        "velocity_per_day": {code: round(pace / _unit(code), 6) for code, pace in whole.velocity.items()},
        "by_quarter": _named(read, within, _quarters(read, zone), str),
        "by_owner": _named(read, within, belonging(read.facts.owner, int), _names(Member)),
        "by_source": _named(read, within, belonging(read.facts.source, int), _names(Source)),
        "by_product": _named(read, within, by_product(read), _names(Product)),
    }


def money(values: ByCurrency) -> dict[str, str]:
    """Minor units as decimal text."""
    return {code: str(to_decimal(amount, code)) for code, amount in values.items()}


def _unit(code: str) -> int:
    return int(1 / to_decimal(1, code))


def _counts(outcome: Outcome) -> dict[str, int]:
    return {name: len(getattr(outcome, name)) for name in ("won", "lost", "open", "held", "left")}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    rate = outcome.rate
    cycles = {"won": outcome.cycle_won, "lost": outcome.cycle_lost}
    return _counts(outcome) | {
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
        "cycle_days": {name: {"n": one.n, "mean": one.mean, "median": one.median} for name, one in cycles.items()},
    }


def _stage(figures: StageFigures) -> dict[str, Any]:
    stage, found, lasting = figures.stage, figures.conversion, figures.durations
    return {
        "id": stage.id,
        "name": stage.name,
        "role": stage.role,
        "in_use": stage.in_use,
        "norm_days": stage.norm_days,
        "entered": len(found.entered),
        **{name: len(getattr(found, name)) for name in ("advanced", "lost", "held", "open", "kept", "left")},
        "conversion": {
            "plain": found.plain.rate,
            "plain_low": found.plain.low,
            "plain_high": found.plain.high,
            "estimate": found.estimate.rate,
            "low": found.estimate.low,
            "high": found.estimate.high,
            "within_days": found.estimate.within_days,
        },
        "days": {
            "visits": lasting.n,
            "completed": lasting.completed,
            **_quantile("median", lasting.median),
            **_quantile("p90", lasting.p90),
            **_quantile("p10", lasting.p10),
            "completed_median": lasting.completed_median,
        },
        "skipped": len(figures.skipped),
        "returned": len(figures.returned),
        "standing": {"deals": len(figures.standing), "value": money(figures.standing_value)},
    }


def _quantile(name: str, found: Quantile) -> dict[str, float | None]:
    return {name: found.days, f"{name}_low": found.low, f"{name}_high": found.high}


def _pairs(read: Reading) -> dict[str, dict[str, int]]:
    table = reached_by_pair(read.history).tolist()
    names = {stage.place: stage.name for stage in _shown(read)}
    return {
        name: {"entered": table[a][a], "won": table[a][-1]} | {other: table[a][b] for b, other in names.items() if b != a}
        for a, name in names.items()
    }


def _shown(read: Reading) -> list[StagePlace]:
    """The stages in use, and those that were when a deal came by; told by name, so with their number where two have the same."""
    visited = set(read.history.visits.stage.tolist())
    shown = [stage for stage in read.stages if stage.in_use or stage.place in visited]
    twice = Counter(stage.name for stage in shown)
    return [stage if twice[stage.name] == 1 else replace(stage, name=f"{stage.name} ({stage.id})") for stage in shown]


def _flows(read: Reading, within: Within) -> list[dict[str, Any]]:
    since, until = within.days
    name: dict[int, str | None] = {**{stage.place: stage.name for stage in _shown(read)}, **PLACES}
    return [
        {"from": name[flow.origin], "to": name[flow.target], "moves": flow.count, "deals": flow.deal_count}
        for flow in flows(read.history, since=since, until=until)
        if flow.origin != NOWHERE
    ]


def _quarters(read: Reading, zone: ZoneInfo) -> Belonging[str]:
    """The calendar quarter of the sale or, without one, of the end."""
    deals = read.history.deals
    # A customer lost later counts on the day of the sale.
    ended = np.where(np.isnan(deals.won), deals.closed, deals.won)
    rows = np.flatnonzero(~np.isnan(ended))
    quarters: dict[str, int] = {}
    places = []
    for moment in ended[rows].tolist():
        first = period(Span.QUARTER, datetime.fromtimestamp(moment * 86400, zone).date()).first
        places.append(quarters.setdefault(f"{first.year}Q{(first.month + 2) // 3}", len(quarters)))
    return Belonging(rows, np.array(places, dtype=np.int64), list(quarters))


def _names(model: type[Member] | type[Source] | type[Product]) -> Callable[[Any], str]:
    known = {key: str(name) for key, name in model._default_manager.values_list("pk", "name")}
    twice = Counter(known.values())

    def name(key: Any) -> str:
        said = known.get(key, "")
        return said if twice[said] < 2 else f"{said} ({key})"

    return name


def _named(read: Reading, within: Within, of: Belonging[Any], name: Callable[[Any], str]) -> dict[str, dict[str, Any]]:
    return {
        name(group.key): {"won": len(group.won), "closed": len(group.won) + len(group.lost), "value": money(group.value)}
        for group in groups(read, within, of)
        if group.rate.n
    }
