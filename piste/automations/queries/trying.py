"""What an automation would have done, without doing anything: on the deals and facts as they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q

from piste.activities.models import Activity
from piste.automations.models import Automation
from piste.automations.rules import CLOCK, VERBS, Recipe, When, answers, not_met
from piste.company.queries import working_time
from piste.deals.models import Deal, DealSet, Move, Status
from piste.experiments.models import Variant
from piste.experiments.queries import arms_since
from piste.foundations.calendar import DAY, WorkingTime
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import stages_in_use

from .clock import found_by_clock
from .facts import facts_of
from .past import History, at_moment, entries_since, happened_then, histories

#: Days looked back on, occurrences shown, deals looked at for what the clock asks.
DAYS, SHOWN, DEALS = 30, 20, 5000


@dataclass(frozen=True, slots=True)
class Once:
    """One time that it would have come to act on a deal: when, why, and the place of the condition that did not hold.

    `variants` are those of split tests that the deal had then; `arm` is the one that does otherwise with this automation,
    `is_held` when it goes without.
    """

    deal: Deal
    at: datetime
    because: dict[str, Any]
    unmet: int | None
    variants: frozenset[int] = frozenset()
    arm: Variant | None = None
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """How often it would have acted, how often its conditions would not have held, and the latest of these times; `held` is how
    often the variant of the deal in a split test goes without it, `is_tested` whether there was such a test.

    `since` is from when on this was looked at; `is_of_today` says that it was held against what deals are now, for chances are
    not kept of the past; `is_partial` that there were more deals than are looked at.
    """

    done: int
    not_met: int
    latest: list[Once]
    since: datetime
    is_of_today: bool = False
    is_partial: bool = False
    held: int = 0
    is_tested: bool = False


class Arms:
    """What split tests made of an automation since a moment: for each deal by the variant that it had then."""

    def __init__(self, automation: int | None, since: datetime) -> None:
        found = arms_since(automation, since) if automation is not None else []
        self.automation, self.variants = automation, {variant.pk: variant for variant in found}
        self.is_paused = bool(found) and Automation.objects.filter(pk=automation or 0).exclude(paused_at=None).exists()

    def applied(self, once: Once) -> Once:
        """The same time, as the variant in force on that day has it."""
        for key in once.variants & self.variants.keys():
            variant = self.variants[key]
            started, decided = variant.test.started_at, variant.test.decided_at
            if started is None or once.at < started or (decided is not None and once.at >= decided):
                continue
            way = variant.ways.get(self.automation or 0)
            if way is None:
                # The control is worked as everybody is.
                return replace(once, arm=variant, is_held=True) if self.is_paused else once
            return replace(once, arm=variant, is_held=not way.on)
        return once


def tried(recipe: Recipe, pipeline: Pipeline, *, among: DealSet, at: datetime, automation: int | None = None) -> Tried:
    """What would have happened in the last `DAYS` days on deals among these that are in the pipeline now, closed since or not.
    Conditions are held against the facts as they were when it would have acted. What it would have changed itself, its rest of an
    hour and its rate are left out. `automation` is the one that this is to be, if it is in force: split tests of it hold for the
    deals that they drew."""
    start = at - timedelta(days=DAYS)
    arms = Arms(automation, start)
    if recipe.when.kind == "chance":
        return _counted(_by_chance(recipe, pipeline, among, start, at), start, arms, is_of_today=True)
    entries, since = entries_since(pipeline.pk, start, at)
    if recipe.when.kind not in CLOCK:
        told = [entry for entry in entries if entry.verb in VERBS and entry.erased_at is None]
        found = _deals(among.present().filter(pk__in={entry.subject_id for entry in told}, pipeline=pipeline))
        past = histories(found.values(), entries, since)
        return _counted(_by_events(recipe, told, found, past), since, arms)
    # Those that were open at some time since.
    moved = Move.objects.filter(deal=OuterRef("pk"), at__gt=since)
    there = among.present().filter(Q(status=Status.OPEN) | Q(closed_at__gt=since) | Exists(moved), pipeline=pipeline)
    found = _deals(there.order_by("-updated_at", "-pk")[:DEALS])
    past = histories(found.values(), entries, since)
    looked = _Look(recipe.when, pipeline, found, past, since, at)
    once = sorted(looked.found(), key=lambda one: one.at, reverse=True)
    met = []
    for one in once:
        then = at_moment(past[one.deal.pk], one.at)
        met.append(replace(one, unmet=not_met(recipe.conditions, then.facts), variants=then.variants))
    return _counted(iter(met), since, arms, is_partial=len(found) == DEALS)


def _counted(found: Iterator[Once], since: datetime, arms: Arms, **more: bool) -> Tried:
    counts, held = {True: 0, False: 0}, 0
    latest: list[Once] = []
    for one in found:
        once = arms.applied(one)
        if once.is_held:
            held += 1
        else:
            counts[once.unmet is None] += 1
        if len(latest) < SHOWN:
            latest.append(once)
    return Tried(counts[True], counts[False], latest, since, held=held, is_tested=bool(arms.variants), **more)


def _by_events(recipe: Recipe, told: list[Any], deals: dict[int, Deal], past: dict[int, History]) -> Iterator[Once]:
    for entry in reversed(told):
        deal = deals.get(entry.subject_id)
        if deal is None:
            continue
        then = at_moment(past[deal.pk], entry.at)
        because = answers(recipe.when, happened_then(entry, then))
        if because is not None:
            unmet = not_met(recipe.conditions, then.facts)
            yield Once(deal, entry.at, {"kind": recipe.when.kind} | because, unmet, then.variants)


def _by_chance(recipe: Recipe, pipeline: Pipeline, among: DealSet, start: datetime, at: datetime) -> Iterator[Once]:
    # Never saved: it has had no run.
    asked = Automation(pipeline=pipeline, recipe=recipe.as_json(), kind=recipe.when.kind, since=start)
    found = found_by_clock(asked, at=at, since=start)
    deals = _deals(among.present().filter(pk__in={one.deal_id for one in found}, pipeline=pipeline))
    for one in found:
        deal = deals.get(one.deal_id)
        if deal is not None:
            facts = facts_of(deal)
            variants = frozenset(map(int, facts.variants))
            yield Once(deal, at, {"kind": recipe.when.kind} | one.because, not_met(recipe.conditions, facts), variants)


def _deals(found: DealSet) -> dict[int, Deal]:
    return {deal.pk: deal for deal in found.select_related("company").prefetch_related("tags")}


class _Look:
    """What the clock would have found, deal by deal."""

    def __init__(
        self, when: When, pipeline: Pipeline, deals: dict[int, Deal], past: dict[int, History], since: datetime, at: datetime
    ) -> None:
        self.when, self.deals, self.past, self.since, self.at = when, deals, past, since, at
        self.pipeline, self.hours = pipeline, working_time()

    def found(self) -> Iterator[Once]:
        find = {"silence": self._silence, "in_stage": self._in_stage, "date": self._date}[self.when.kind]
        for deal, moment, because in find():
            yield Once(deal, moment, {"kind": self.when.kind} | because, None)

    def _met(self, deal: Deal, due: datetime, until: datetime | None) -> datetime | None:
        """When the deal was first open, in the stage that is asked for, from when it was due; None when it never was before
        `until`, or was due before one looks."""
        end = min(until, self.at) if until is not None else self.at
        if due < self.since or due > end:
            return None
        history = self.past[deal.pk]
        for place, then in enumerate(history):
            left = history[place + 1].since if place + 1 < len(history) else self.at
            moment = max(due, then.since)
            if left < moment or moment > end:
                continue
            if then.status == Status.OPEN and self.when.stage in (None, then.stage):
                return moment
        return None

    def _silence(self) -> Iterator[tuple[Deal, datetime, dict[str, Any]]]:
        days = self.when.days or 1
        done = Activity.objects.filter(deal__in=self.deals, done_at__isnull=False, deleted_at=None)
        earlier = done.filter(done_at__lte=self.since).order_by().values("deal").annotate(last=Max("done_at"))
        lasts = dict(earlier.values_list("deal", "last"))
        since = done.filter(done_at__gt=self.since, done_at__lte=self.at).order_by("done_at", "pk")
        later: dict[int, list[datetime]] = {}
        for key, moment in since.values_list("deal", "done_at"):
            if key is not None and moment is not None:
                later.setdefault(key, []).append(moment)
        for key, deal in self.deals.items():
            quiet = [lasts.get(key) or deal.created_at, *later.get(key, [])]
            for moment, until in zip(quiet, [*quiet[1:], None], strict=True):
                met = self._met(deal, _broken(self.hours, moment, days), until)
                if met is not None:
                    yield deal, met, {"since": moment.isoformat(), "days": days}

    def _in_stage(self) -> Iterator[tuple[Deal, datetime, dict[str, Any]]]:
        stages = stages_in_use(self.pipeline.pk)
        norms = {stage.pk: stage.norm_days if self.when.days is None else self.when.days for stage in stages}
        for key, deal in self.deals.items():
            for stage, entered in dict.fromkeys((then.stage, then.entered_at) for then in self.past[key]):
                days = norms.get(stage or 0)
                if days is None:
                    continue
                # Over the norm is a whole day more, as the clock counts.
                there = [then.since for then in self.past[key] if then.since > entered and then.stage != stage]
                met = self._met(deal, entered + timedelta(days=days + 1), min(there, default=None))
                if met is not None and at_moment(self.past[key], met).stage == stage:
                    yield deal, met, {"since": entered.isoformat(), "stage": stage, "days": days}

    def _date(self) -> Iterator[tuple[Deal, datetime, dict[str, Any]]]:
        shift = timedelta(days=self.when.days or 0)
        for key, deal in self.deals.items():
            had: set[date] = set()
            history = self.past[key]
            for place, then in enumerate(history):
                day = then.day(self.when.fact)
                if day is None or day in had:
                    continue
                due = datetime.combine(day + shift, time(), self.hours.zone)
                if due < self.since:
                    continue
                until = history[place + 1].since if place + 1 < len(history) else None
                met = self._met(deal, max(due, then.since), until)
                if met is not None:
                    had.add(day)
                    yield deal, met, {"fact": self.when.fact, "on": day.isoformat(), "days": self.when.days or 0}


def _broken(hours: WorkingTime, moment: datetime, days: int) -> datetime:
    """When so many working days of silence since a moment were over: the beginning of the first day by which they were."""
    quiet = moment.astimezone(hours.zone).date()
    day = hours.add_working_days(quiet, days)
    while hours.add_working_days(day, -days) < quiet:
        day += DAY
    return datetime.combine(day, time(), hours.zone)
