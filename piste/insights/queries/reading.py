"""From the ledger to a history: which deals, which stages, which moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np
from django.db.models import Q
from django.utils import timezone

from piste.company.models import Member
from piste.deals.models import Deal, DealProduct, Move
from piste.deals.queries.filtering import NO_FILTER, Filter, narrow
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.stats.history import History, MoveTuple, as_moves
from piste.stats.history import read as read_moves

from .facts import DealFacts, facts_of, loss_reasons, present

DAY = 86400.0


def in_days(moment: datetime) -> float:
    """A moment as the statistics count it: days since 1970-01-01 UTC."""
    return moment.timestamp() / DAY


@dataclass(frozen=True, slots=True)
class StagePlace:
    """A stage as it was at the moment of reading; `place` is its place in the order of the figures."""

    id: int
    place: int
    name: str
    role: str
    norm_days: int | None
    probability: int
    in_use: bool

    @property
    def is_selling(self) -> bool:
        """Whether deals here are still to be won; the others are stages of customers."""
        return self.role != "retention"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked about. `past` says that `as_of` is a moment gone by and facts are to be those of then. `member` is who
    looks (None: the command line, which sees all); `products` and `versions` narrow to deals with one of these products, and
    to those created under one of these process versions."""

    pipeline: Pipeline
    as_of: datetime
    past: bool = False
    member: Member | None = None
    wanted: Filter = NO_FILTER
    products: tuple[int, ...] = ()
    versions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything that figures are made from. `history` holds only the deals of the scope."""

    scope: Scope
    stages: list[StagePlace]
    history: History
    facts: dict[int, DealFacts]

    @cached_property
    def reasons(self) -> dict[int, int | None]:
        """By deal that was ever lost here, the last reason named."""
        known = loss_reasons(None, [stage.id for stage in self.stages], as_of=self.scope.as_of)
        return {key: reason for key, reason in known.items() if key in self.facts}


def earlier(read: Reading, as_of: datetime) -> Reading:
    """The same deals and stages at an earlier moment, to hold a period against one that was watched for as long."""
    scope = replace(read.scope, as_of=as_of)
    _, places = stages_at(read.scope)
    rows = _moves(scope, list(places))
    history = read_moves(as_moves(rows), places, stages=len(read.stages), selling=read.history.selling, as_of=in_days(as_of))
    known = np.array(sorted(read.facts), dtype=np.int64)
    return Reading(scope, read.stages, history.among(known), read.facts)


def reading(scope: Scope) -> Reading:
    """Reads what a scope asks about."""
    stages, places = stages_at(scope)
    selling = next((stage.place for stage in stages if not stage.is_selling), len(stages))
    rows = _moves(scope, list(places))
    moves = read_moves(as_moves(rows), places, stages=len(stages), selling=selling, as_of=in_days(scope.as_of))
    facts = _facts(scope)
    known = np.array(sorted(facts), dtype=np.int64)
    history = moves.among(known)
    touched = set(history.deals.id.tolist())
    return Reading(scope, stages, history, {key: fact for key, fact in facts.items() if key in touched})


def stages_at(scope: Scope) -> tuple[list[StagePlace], dict[int, int]]:
    """The stages of the pipeline as they were, in order, and the place of each stage by id; one folded into another has
    that one's place, one retired keeps its own."""
    known = {stage.pk: stage for stage in scope.pipeline.stages.order_by("position", "pk")}
    said = _definition(scope)
    order = [stage["id"] for stage in said if stage["id"] in known] or [
        key for key, stage in known.items() if stage.retired_at is None
    ]
    by_id = {stage["id"]: stage for stage in said}
    merged = {key: stage.merged_into_id for key, stage in known.items() if stage.merged_into_id and key not in order}
    full = _with_retired(order, [key for key in known if key not in merged])
    stages = [
        StagePlace(
            id=key,
            place=place,
            name=by_id.get(key, {}).get("name", known[key].name),
            role=by_id.get(key, {}).get("role", known[key].role),
            norm_days=by_id.get(key, {}).get("norm_days", known[key].norm_days),
            probability=by_id.get(key, {}).get("probability", known[key].probability),
            in_use=key in order,
        )
        for place, key in enumerate(full)
    ]
    places = {stage.id: stage.place for stage in stages}
    for key in merged:
        target: int | None = key
        while target in merged:
            target = merged[target]
        if target in places:
            places[key] = places[target]
    return stages, places


def _definition(scope: Scope) -> list[dict]:  # type: ignore[type-arg]
    """The stages of the process version in force then; empty before the first one."""
    found = ProcessVersion.objects.filter(pipeline=scope.pipeline, at__lte=scope.as_of).order_by("-number")
    version = found.values_list("definition", flat=True).first() if scope.past else None
    return list((version or {}).get("stages", []))


def _with_retired(order: list[int], known: list[int]) -> list[int]:
    """An order with the stages out of use put back in behind the stage they came after."""
    full = list(order)
    for place, key in enumerate(known):
        if key not in full:
            before = [other for other in known[:place] if other in full]
            full.insert(full.index(before[-1]) + 1 if before else 0, key)
    return full


def _moves(scope: Scope, stages: list[int]) -> Iterator[MoveTuple]:
    rows = Move.objects.filter(Q(to_stage__in=stages) | Q(from_stage__in=stages), at__lte=scope.as_of)
    rows = rows.order_by("deal_id", "number")
    wanted = ("deal_id", "number", "kind", "to_stage_id", "to_status", "at")
    for deal, number, kind, stage, status, at in rows.values_list(*wanted).iterator(5000):
        yield MoveTuple(deal, number, kind, stage, status, in_days(at))


def _facts(scope: Scope) -> dict[int, DealFacts]:
    deals = present(scope.as_of if scope.past else None)
    if scope.member is not None:
        deals = deals.visible_to(scope.member)
    stages = list(Stage.objects.filter(pipeline=scope.pipeline))
    today = timezone.localdate(scope.as_of)
    deals = narrow(deals, scope.wanted, stages=stages, at=scope.as_of, today=today)
    if scope.products:
        deals = deals.filter(pk__in=DealProduct.objects.filter(product__in=scope.products).values("deal_id"))
    if scope.versions:
        born = Move.objects.filter(number=1, process_version__in=scope.versions)
        deals = deals.filter(pk__in=born.values("deal_id"))
    touched = Deal.objects.filter(pk__in=Move.objects.filter(to_stage__pipeline=scope.pipeline).values("deal_id"))
    return facts_of(deals.filter(pk__in=touched.values("pk")), as_of=scope.as_of if scope.past else None)
