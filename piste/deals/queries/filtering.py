"""Narrowing deals to those one looks for: the same words for the board, lists and exports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from piste.deals.models import Deal, DealSet, Status
from piste.finding.models import Document
from piste.foundations.money import unusual
from piste.foundations.names import search_words
from piste.pipelines.models import Stage

STALLING, ROTTING = "stalling", "rotting"


@dataclass(frozen=True, slots=True)
class Filter:
    """What one looks for: values of one kind are alternatives, the kinds all hold together.

    Amounts are decimals compared in each deal's own currency. `closes_missing` adds the deals without expected close date
    to those within the bounds, or keeps only them when there is no bound. `pace` is `stalling` (longer in its stage than
    the norm) or `rotting` (twice as long). `custom` holds (key, value) of custom fields; texts match by a fragment.
    """

    owners: tuple[int, ...] = ()
    teams: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    closes_from: date | None = None
    closes_until: date | None = None
    closes_missing: bool = False
    pace: str = ""
    text: str = ""
    custom: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        return self == NO_FILTER

    @property
    def is_of_people(self) -> bool:
        """Whether it asks for owners and teams alone, which the kept totals can answer."""
        return self == Filter(owners=self.owners, teams=self.teams)


NO_FILTER = Filter()


def narrow(deals: DealSet, wanted: Filter, *, stages: Iterable[Stage], at: datetime) -> DealSet:
    """The deals among these that the filter asks for; `stages` give the norms that `pace` is held against."""
    for name, values in (("owner", wanted.owners), ("team", wanted.teams), ("source", wanted.sources)):
        if values:
            deals = deals.filter(**{f"{name}_id__in": values})
    if wanted.tags:
        through = Deal.tags.through.objects.filter(tag_id__in=wanted.tags)
        deals = deals.filter(pk__in=through.values("deal_id"))
    if wanted.amount_from is not None or wanted.amount_to is not None:
        deals = deals.filter(_amounts(wanted.amount_from, wanted.amount_to))
    if closing := _closing(wanted):
        deals = deals.filter(closing)
    if wanted.pace:
        deals = deals.filter(_slow(wanted.pace, stages, at))
    for word in search_words(wanted.text).split()[:8]:
        found = Document.objects.filter(kind="deal", words__contains=word)
        deals = deals.filter(pk__in=found.values("object_id"))
    for key, value in wanted.custom:
        held = Cast(KeyTextTransform(key, "custom"), TextField())
        deals = deals.alias(**{f"field_{key.replace('-', '_')}": held}).filter(
            **{f"field_{key.replace('-', '_')}__icontains": value}
        )
    return deals


def _amounts(least: Decimal | None, most: Decimal | None) -> Q:
    """Bounds of the amount in major units: one condition for each number of decimals that currencies have."""
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
    """Open deals longer in their stage than the norm (or twice the norm), as `rules.stalls` says of one deal."""
    slow = Q(pk=None)
    for stage in stages:
        if stage.norm_days is not None:
            limit = stage.norm_days * (2 if pace == ROTTING else 1)
            slow |= Q(stage_id=stage.pk, entered_stage_at__lte=at - timedelta(days=limit + 1))
    return slow & Q(status=Status.OPEN)
