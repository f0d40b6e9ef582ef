"""Deals for which the time of an automation has come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import CharField, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat

from piste.automations.models import Automation, Level, Run
from piste.automations.rules import LOOK_BACK, Recipe, When
from piste.company.queries import working_time
from piste.deals.models import Deal, DealSet
from piste.deals.queries import stood_over
from piste.deals.queries.custom import as_text
from piste.experiments.queries import run_for
from piste.forecasting.models import Chance
from piste.foundations.calendar import DAY, WorkingTime
from piste.pipelines.queries import stages_in_use

#: Occurrences found at one look; the next goes on.
MOST = 200


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that the when of an automation has come for a deal, by its key; `because` says why, as codes and numbers."""

    deal_id: int
    key: str
    because: dict[str, Any]
    depth: int = 0
    entry: int | None = None
    of_day: date | None = None
    of_moment: datetime | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def found_by_clock(automation: Automation, *, at: datetime, since: datetime | None = None) -> list[Occurrence]:
    """The occurrences that are due and have no run yet, at most `MOST`. What was due before `since` (else the automation's own)
    is left out, unless the automation asks for the past."""
    when = Recipe.of(automation.recipe).when
    begun = None if automation.past and since is None else since or automation.since
    deals = Deal.objects.open().filter(pipeline_id=automation.pipeline_id)
    if when.stage is not None:
        deals = deals.filter(stage_id=when.stage)
    if automation.is_tried:
        deals = deals.filter(pk__in=run_for(automation.pk))
    hours = working_time()
    find = {"silence": _silence, "in_stage": _in_stage, "date": _date, "chance": _chance}[when.kind]
    return list(find(automation, when, deals, hours, at, begun))


def _without_run(deals: Any, automation: Automation, **same: Any) -> Any:
    """Those that have no run by the same day, moment or key."""
    return deals.exclude(Exists(Run.objects.filter(automation_id=automation.pk, deal_id=OuterRef("pk"), **same)))


def _silence(
    automation: Automation, when: When, deals: DealSet, hours: WorkingTime, at: datetime, since: datetime | None
) -> Iterator[Occurrence]:
    """Nothing done for so many working days, counted from the day after the last activity, or after the deal came."""
    quiet: Any = Coalesce("last_activity_at", "created_at", output_field=DateTimeField())
    found: Any = deals.annotate(quiet=quiet).filter(quiet__lt=_quiet_until(hours, at, when.days or 1))
    if since is not None:
        found = found.filter(quiet__gte=_quiet_until(hours, since, when.days or 1))
    rows = _without_run(found, automation, of_moment=OuterRef("quiet")).order_by("quiet", "pk")
    for key, moment in rows.values_list("pk", "quiet")[:MOST]:
        because = {"since": moment.isoformat(), "days": when.days}
        yield Occurrence(key, f"silence:{moment.isoformat()}", because, of_moment=moment)


def _quiet_until(hours: WorkingTime, at: datetime, days: int) -> datetime:
    """The moment before which the last activity must lie for so many working days to have gone by."""
    day = hours.add_working_days(at.astimezone(hours.zone).date(), -days)
    return datetime.combine(day + DAY, time(), hours.zone)


def _in_stage(
    automation: Automation, when: When, deals: DealSet, hours: WorkingTime, at: datetime, since: datetime | None
) -> Iterator[Occurrence]:
    """Longer in its stage than so many days, or than the norm of each stage."""
    wanted, norms = Q(pk=None), {}
    for stage in stages_in_use(automation.pipeline_id):
        days = stage.norm_days if when.days is None else when.days
        if days is None or when.stage not in (None, stage.pk):
            continue
        norms[stage.pk] = days
        one = Q(stage_id=stage.pk) & stood_over(days, at)
        wanted |= one if since is None else one & ~stood_over(days, since)
    rows = _without_run(deals.filter(wanted), automation, of_moment=OuterRef("entered_stage_at")).order_by(
        "entered_stage_at", "pk"
    )
    for key, moment, stage_id in rows.values_list("pk", "entered_stage_at", "stage_id")[:MOST]:
        because = {"since": moment.isoformat(), "stage": stage_id, "days": norms[stage_id]}
        yield Occurrence(key, f"stage:{moment.isoformat()}", because, of_moment=moment)


def _date(
    automation: Automation, when: When, deals: DealSet, hours: WorkingTime, at: datetime, since: datetime | None
) -> Iterator[Occurrence]:
    """A date that has come, or is so many days away. What is due since the automation began, or since a month ago."""
    shift = timedelta(days=when.days or 0)
    last = at.astimezone(hours.zone).date() - shift
    earliest = at - LOOK_BACK if since is None else max(since, at - LOOK_BACK)
    first = earliest.astimezone(hours.zone).date() - shift
    if when.fact.startswith("custom:"):
        found: Any = deals.annotate(held=as_text(when.fact.removeprefix("custom:")))
        found = found.filter(held__gte=first.isoformat(), held__lte=last.isoformat())
    else:
        found = deals.annotate(held=F("expected_close_on")).filter(expected_close_on__gte=first, expected_close_on__lte=last)
    rows: Any = _undated(found, automation)
    for key, value in rows.values_list("pk", "held")[:MOST]:
        day = value if isinstance(value, date) else _day(value)
        if day is not None:
            because = {"fact": when.fact, "on": day.isoformat(), "days": when.days or 0}
            yield Occurrence(key, f"date:{day.isoformat()}", because, of_day=day)


def _undated(deals: Any, automation: Automation) -> Any:
    """Those whose date has no run yet."""
    had = Run.objects.filter(automation_id=automation.pk, deal_id=OuterRef("pk"), key=_dated(OuterRef("held")))
    return deals.exclude(Exists(had)).order_by("held", "pk")


def _dated(held: Any) -> Any:
    """The key of a run for a date."""
    return Concat(Value("date:"), Cast(held, CharField()), output_field=CharField())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _chance(
    automation: Automation, when: When, deals: DealSet, hours: WorkingTime, at: datetime, since: datetime | None
) -> Iterator[Occurrence]:
    """A chance that stands beyond a share now and did not when it was last looked at."""
    known = Level.objects.filter(automation_id=automation.pk, deal_id=OuterRef("deal_id"))
    rows = beyond(when, deals).exclude(Exists(known)).order_by("deal_id")
    for key, moment, ever in rows.values_list("deal_id", "at", "ever")[:MOST]:
        because = {"percent": round(ever * 100), "asked": when.percent}
        yield Occurrence(key, f"chance:{moment.isoformat()}", because, of_moment=moment)


def beyond(when: When, deals: DealSet) -> QuerySet[Chance]:
    """The chances among those of some deals that stand beyond what is waited for."""
    told = Chance.objects.filter(deal__in=deals.order_by().values("pk"))
    share = (when.percent or 0) / 100
    return told.filter(ever__lte=share) if when.falls else told.filter(ever__gte=share)


def no_longer_beyond(automation: Automation, when: When) -> QuerySet[Level]:
    """The levels of deals whose chance has come back."""
    share = (when.percent or 0) / 100
    back = Q(ever__gt=share) if when.falls else Q(ever__lt=share)
    return Level.objects.filter(automation=automation, deal__in=Chance.objects.filter(back).values("deal"))
