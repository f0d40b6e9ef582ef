"""What an automation would have done, without doing anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from piste.automations.models import Automation
from piste.automations.rules import CLOCK, VERBS, Recipe, answers, not_met
from piste.deals.models import Deal, DealSet
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline

from .clock import found_by_clock
from .facts import facts_of, happened

#: Days looked back on, occurrences shown, entries read at once.
DAYS, SHOWN, BATCH = 30, 20, 1000


@dataclass(frozen=True, slots=True)
class Once:
    """One time that it would have come to act on a deal: when, why, and the place of the condition that did not hold."""

    deal: Deal
    at: datetime
    because: dict[str, Any]
    unmet: int | None


@dataclass(frozen=True, slots=True)
class Tried:
    """How often it would have acted, how often its conditions would not have held, and the latest of these times."""

    done: int
    not_met: int
    latest: list[Once]


def tried(recipe: Recipe, pipeline: Pipeline, *, among: DealSet, at: datetime) -> Tried:
    """What would have happened in the last `DAYS` days on deals among these. Conditions are held against the deals as they are
    now; what the clock asks for is what would be due now had it begun then."""
    source = _by_clock if recipe.when.kind in CLOCK else _by_events
    counts = {True: 0, False: 0}
    latest: list[Once] = []
    for once in source(recipe, pipeline, among, at):
        counts[once.unmet is None] += 1
        if len(latest) < SHOWN:
            latest.append(once)
    return Tried(counts[True], counts[False], latest)


def _by_events(recipe: Recipe, pipeline: Pipeline, among: DealSet, at: datetime) -> Iterator[Once]:
    told = Entry.objects.filter(pipeline_id=pipeline.pk, verb__in=VERBS, subject_kind="deal", erased_at=None)
    told = told.filter(at__gt=at - timedelta(days=DAYS), at__lte=at).order_by("-at", "-pk")
    batch: list[Entry] = []
    for entry in told.iterator(BATCH):
        batch.append(entry)
        if len(batch) == BATCH:
            yield from _answered(batch, recipe, pipeline, among)
            batch = []
    yield from _answered(batch, recipe, pipeline, among)


def _answered(batch: list[Entry], recipe: Recipe, pipeline: Pipeline, among: DealSet) -> Iterator[Once]:
    deals = _deals({entry.subject_id for entry in batch}, pipeline, among)
    for entry in batch:
        deal = deals.get(entry.subject_id)
        because = None if deal is None else answers(recipe.when, happened(entry.verb, entry.data, deal))
        if deal is not None and because is not None:
            yield Once(deal, entry.at, {"kind": recipe.when.kind} | because, not_met(recipe.conditions, facts_of(deal)))


def _by_clock(recipe: Recipe, pipeline: Pipeline, among: DealSet, at: datetime) -> Iterator[Once]:
    since = at - timedelta(days=DAYS)
    # Never saved: it has had no run.
    asked = Automation(pipeline=pipeline, recipe=recipe.as_json(), kind=recipe.when.kind, since=since)
    found = found_by_clock(asked, at=at, since=since)
    deals = _deals({one.deal_id for one in found}, pipeline, among)
    for one in found:
        deal = deals.get(one.deal_id)
        if deal is not None:
            yield Once(deal, at, {"kind": recipe.when.kind} | one.because, not_met(recipe.conditions, facts_of(deal)))


def _deals(keys: set[int], pipeline: Pipeline, among: DealSet) -> dict[int, Deal]:
    found = (
        among.present().filter(pk__in=keys, pipeline=pipeline).select_related("company").prefetch_related("tags") if keys else ()
    )
    return {deal.pk: deal for deal in found}
