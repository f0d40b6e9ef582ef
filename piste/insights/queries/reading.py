"""From the ledger to a history: which deals, which stages, which moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from piste.company.models import Member
from piste.deals.models import DealProduct
from piste.deals.queries.filtering import NO_FILTER, Filter
from piste.pipelines.models import Pipeline, ProcessVersion
from piste.stats.history import History, Moves
from piste.stats.history import read as read_moves

from .facts import Before, DealFacts, loss_reasons
from .ledger import in_days, moves_of
from .narrowing import wanted_facts


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
    looks (None: the command line, which sees all); `versions` narrows to deals created under one of these process versions."""

    pipeline: Pipeline
    as_of: datetime
    past: bool = False
    member: Member | None = None
    wanted: Filter = NO_FILTER
    versions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything that figures are made from. `history` holds only the deals of the scope, `facts` what is known of them;
    `places` gives the place of each stage by id."""

    scope: Scope
    stages: list[StagePlace]
    history: History
    facts: dict[int, DealFacts]
    before: Before
    places: dict[int, int]

    @cached_property
    def products(self) -> dict[int, list[int]]:
        """By deal, the products that would be bought."""
        found: dict[int, list[int]] = {}
        for deal, product in DealProduct.objects.order_by("pk").values_list("deal_id", "product_id"):
            if deal in self.facts and deal not in self.before.products:
                found.setdefault(deal, []).append(product)
        return found | {deal: products for deal, products in self.before.products.items() if deal in self.facts}

    @cached_property
    def reasons(self) -> dict[int, int | None]:
        """By deal that was ever lost here, the last reason named."""
        known = loss_reasons([stage.id for stage in self.stages], as_of=self.scope.as_of)
        return {key: reason for key, reason in known.items() if key in self.facts}


def earlier(read: Reading, as_of: datetime) -> Reading:
    """The same deals and stages at an earlier moment, to hold a period against one that was watched for as long."""
    scope = replace(read.scope, as_of=as_of)
    places = read.places
    history = read_moves(moves_of(places), places, stages=len(read.stages), selling=read.history.selling, as_of=in_days(as_of))
    return Reading(scope, read.stages, history.among(read.history.deals.id), read.facts, read.before, read.places)


def reading(scope: Scope) -> Reading:
    """Reads what a scope asks about."""
    stages, places = stages_at(scope)
    moves = moves_of(places)
    last = np.flatnonzero(np.append(moves.deal[1:] != moves.deal[:-1], True)[: len(moves)])
    gone = moves.deal[last[~np.isin(moves.stage[last], list(places))]]
    return _made(scope, stages, places, moves, wanted_facts(scope, gone.tolist()))


def lately(scope: Scope, since: datetime) -> Reading:
    """The same of those deals alone that moved since a moment, with their whole past: all that figures of the days since then
    are made from, read in a fraction of the time."""
    stages, places = stages_at(scope)
    moves = moves_of(places)
    recent = np.unique(moves.deal[moves.at >= in_days(since)])
    known = wanted_facts(scope, (), only=recent.tolist())
    return _made(scope, stages, places, moves.where(np.isin(moves.deal, recent)), known)


def _made(
    scope: Scope, stages: list[StagePlace], places: dict[int, int], moves: Moves, known: tuple[dict[int, DealFacts], Before]
) -> Reading:
    """The reading that moves give of the deals whose facts are known."""
    facts, before = known
    selling = sum(stage.is_selling for stage in stages)
    history = read_moves(moves, places, stages=len(stages), selling=selling, as_of=in_days(scope.as_of))
    history = history.among(np.array(sorted(facts), dtype=np.int64))
    return Reading(scope, stages, history, {key: facts[key] for key in history.deals.id.tolist()}, before, places)


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
    # Customers come after all that leads to them, wherever their stage was put.
    full.sort(key=lambda key: by_id.get(key, {}).get("role", known[key].role) == "retention")
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
