"""Narrowing deals to those one looks for: the same words for the board, lists and exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from piste.deals.models import Deal, DealProduct, DealSet, Status
from piste.finding.models import Document
from piste.foundations.money import unusual
from piste.foundations.names import search_words
from piste.pipelines.models import Stage

from .custom import CustomWanted, with_custom
from .standing import stood_over

STALLING, ROTTING = "stalling", "rotting"
#: How the next step of a deal may stand to the day.
OVERDUE, TODAY, LATER, NONE = "overdue", "today", "later", "none"
#: By the name of what deals keep a day of (`next_step_on`): which deals of that day have seen its hour pass, from the day and the
#: moment, as a condition on deals. Rooms above that know the hour fill it.
PASSED: dict[str, Callable[[date, datetime], Q]] = {}
#: No deal is older than this many days; more would leave the calendar.
MOST_DAYS = 100_000


@dataclass(frozen=True, slots=True)
class Filter:
    """What one looks for: values of one kind are alternatives, the kinds all hold together.

    Amounts are decimals compared in each deal's own currency. `closes_missing` adds the deals without expected close date
    to those within the bounds, or keeps only them when there is no bound. `pace` is `stalling` (longer in its stage than
    the norm) or `rotting` (twice as long). `steps` say how the next step stands to the clock (`overdue`, `today`, `later`), or
    `none` for open deals that have none. `stage_days` is the least number of days in the stage, `quiet_days` of days since
    something was last done, or since the deal came when nothing was. Without `statuses` a screen shows those it is made for.
    """

    owners: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    products: tuple[int, ...] = ()
    stages: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    closes_from: date | None = None
    closes_until: date | None = None
    closes_missing: bool = False
    pace: str = ""
    stage_days: int | None = None
    quiet_days: int | None = None
    text: str = ""
    custom: tuple[CustomWanted, ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == NO_FILTER

    @property
    def is_of_people(self) -> bool:
        """Whether it asks for owners and teams alone, which the kept totals can answer."""
        return self == Filter(owners=self.owners, teams=self.teams)


NO_FILTER = Filter()


def narrow(deals: DealSet, wanted: Filter, *, stages: Iterable[Stage], at: datetime, today: date) -> DealSet:
    """The deals among these that the filter asks for; `stages` give the norms that `pace` is held against, `today` is the
    member's day that steps are held against."""
    for name, values in (("owner", wanted.owners), ("team", wanted.teams), ("source", wanted.sources), ("stage", wanted.stages)):
        if values:
            deals = deals.filter(**{f"{name}_id__in": values})
    if wanted.statuses:
        deals = deals.filter(status__in=wanted.statuses)
    if wanted.tags:
        through = Deal.tags.through.objects.filter(tag_id__in=wanted.tags)
        deals = deals.filter(pk__in=through.values("deal_id"))
    if wanted.products:
        deals = deals.filter(pk__in=DealProduct.objects.filter(product_id__in=wanted.products).values("deal_id"))
    for condition in (_amounts(wanted), _closing(wanted), _steps(wanted.steps, today, at), _waiting(wanted, stages, at)):
        if condition:
            deals = deals.filter(condition)
    for word in search_words(wanted.text).split()[:8]:
        found = Document.objects.filter(kind="deal", words__contains=word)
        deals = deals.filter(pk__in=found.values("object_id"))
    return with_custom(deals, wanted.custom)


def _steps(states: Iterable[str], today: date, at: datetime) -> Q:
    """Next steps in these states; that one has none is said of open deals alone, the others wait for nothing. What is planned on
    a deal on hold is for later, whatever its day."""
    is_held = Q(status=Status.HELD)
    of_today = Q(next_step_on=today)
    passed = PASSED["next_step_on"](today, at)
    asked = {
        OVERDUE: (Q(next_step_on__lt=today) | (of_today & passed)) & ~is_held,
        TODAY: of_today & ~passed & ~is_held,
        LATER: Q(next_step_on__gt=today) | (Q(next_step_on__lte=today) & is_held),
        NONE: Q(next_step_on=None, status=Status.OPEN),
    }
    wanted = Q()
    for state in states:
        wanted |= asked[state]
    return wanted


def _waiting(wanted: Filter, stages: Iterable[Stage], at: datetime) -> Q:
    """How long nothing has moved: in its stage, and nothing done."""
    found = _slow(wanted.pace, stages, at) if wanted.pace else Q()
    if wanted.stage_days is not None:
        found &= Q(entered_stage_at__lte=at - timedelta(days=min(wanted.stage_days, MOST_DAYS)))
    if wanted.quiet_days is not None:
        since = at - timedelta(days=min(wanted.quiet_days, MOST_DAYS))
        found &= Q(last_activity_at__lte=since) | Q(last_activity_at=None, created_at__lte=since)
    return found


def _amounts(asked: Filter) -> Q:
    """Bounds of the amount in major units: one condition for each number of decimals that currencies have."""
    least, most = asked.amount_from, asked.amount_to
    if least is None and most is None:
        return Q()
    special = unusual()
    wanted = Q()
    for places in sorted({2, *special.values()}):
        codes = [code for code, own in special.items() if own == places]
        of_these = ~Q(currency__in=list(special)) if places == 2 else Q(currency__in=codes)
        if least is not None:
            of_these &= Q(amount_minor__gte=_minor(least, places, up=True))
        if most is not None:
            of_these &= Q(amount_minor__lte=_minor(most, places, up=False))
        wanted |= of_these
    return wanted


def _minor(amount: Decimal, places: int, *, up: bool) -> int:
    scaled = amount.scaleb(places)
    whole = int(scaled.to_integral_value("ROUND_CEILING" if up else "ROUND_FLOOR"))
    return max(-(2**62), min(2**62, whole))


def _closing(wanted: Filter) -> Q:
    within = Q()
    if wanted.closes_from:
        within &= Q(expected_close_on__gte=wanted.closes_from)
    if wanted.closes_until:
        within &= Q(expected_close_on__lte=wanted.closes_until)
    if not wanted.closes_missing:
        return within
    missing = Q(expected_close_on=None)
    return within | missing if within else missing


def _slow(pace: str, stages: Iterable[Stage], at: datetime) -> Q:
    """Open deals longer in their stage than the norm (or twice the norm)."""
    slow = Q(pk=None)
    for stage in stages:
        if stage.norm_days is not None:
            limit = stage.norm_days * (2 if pace == ROTTING else 1)
            slow |= Q(stage_id=stage.pk) & stood_over(limit, at)
    return slow & Q(status=Status.OPEN)
