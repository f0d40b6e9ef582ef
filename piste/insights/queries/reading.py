"""From the ledger to a history: which deals, which stages, which moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import Any, Concatenate

import numpy as np

from piste.pipelines.models import ProcessVersion
from piste.stats.course import Course, course
from piste.stats.course import read as read_moves
from piste.stats.history import History, Ints, Moves

from .facts import Facts
from .keeping import Known, known
from .ledger import moves_of, touching, whole
from .narrowing import wanted_facts
from .scope import Scope
from .whole_numbers import EPOCH, in_days

_NOT_YET = object()
#: Answers that a reading keeps, the latest made: what one page asks of it.
MOST_ANSWERS = 12
#: Figures of now are the same for so long, while nothing happens. It divides an hour of every zone: no day ends within.
SETTLED = timedelta(minutes=5)


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


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Everything that figures are made from. `history` holds only the deals of the scope, `facts` what is known of them, row by
    row the same deals; `places` gives the place of each stage by id; `answers` keeps what was made from it."""

    scope: Scope
    stages: list[StagePlace]
    history: History
    facts: Facts
    known: Known
    places: dict[int, int]
    answers: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def products(self) -> tuple[Ints, Ints]:
        """The products that would be bought: rows of deals, and the products."""
        return made_once(self, "products", lambda: _products(self))


def made_once[T](read: Reading, key: Hashable, make: Callable[[], T]) -> T:
    """What was made of a reading before, else what is made now: a reading never changes."""
    found: Any = read.answers.pop(key, _NOT_YET)
    if found is _NOT_YET:
        found = make()
    # The last asked stands last: whoever asks for ever other periods leaves no more behind than this.
    read.answers[key] = found
    while len(read.answers) > MOST_ANSWERS:
        read.answers.pop(next(iter(read.answers)), None)
    answer: T = found
    return answer


def once[**P, T](make: Callable[Concatenate[Reading, P], T]) -> Callable[Concatenate[Reading, P], T]:
    """Makes a figure once for a reading and the same further arguments."""

    def found(read: Reading, /, *args: P.args, **named: P.kwargs) -> T:
        key = (make.__qualname__, args, tuple(named.items()))
        return made_once(read, key, lambda: make(read, *args, **named))

    update_wrapper(found, make)

    return found


def _products(read: Reading) -> tuple[Ints, Ints]:
    rows, goods = read.known.rows("goods").of(read.facts.id)
    products = goods[1]
    if read.scope.past:
        changed, numbers = read.known.changes.first("products", deals=read.facts.id, after=in_days(read.scope.as_of))
        texts = read.facts.texts
        before = [
            (row, product)
            for row, number in zip(changed.tolist(), numbers.tolist(), strict=True)
            for product, *_ in json.loads(texts[number])
        ]
        same = ~np.isin(rows, changed)
        old = np.array(before, dtype=np.int64).reshape(-1, 2)
        rows, products = np.concatenate([rows[same], old[:, 0]]), np.concatenate([products[same], old[:, 1]])
    return rows, products


def earlier(read: Reading, as_of: datetime) -> Reading:
    """The same deals and stages at an earlier moment, to hold a period against one that was watched for as long."""
    moves, moment = whole(), in_days(as_of)
    ready = _course(read.known, moves, read.stages, read.places)
    key = (*_key(moves, read.stages, read.places), as_of)
    history = read.known.answer("history", key, lambda: ready.back_to(moment, read.history.as_of))
    facts = read.facts
    if not np.array_equal(history.deals.id, facts.id):
        there = facts.places.find(history.deals.id)
        if bool(np.any(there < 0)):
            history = history.among(facts.id)
            there = facts.rows(history.deals.id)
        facts = facts.where(there)
    if ready.tells_the_same(moment, read.history.as_of):
        history = replace(history, later=read.history, worked_out={})
    return Reading(replace(read.scope, as_of=as_of), read.stages, history, facts, read.known, read.places)


def settled(now: datetime) -> datetime:
    """The moment that figures of now are read as of: the end of the running `SETTLED`. All that has happened is in it, visits
    still going on are by that little too long, and what one has asked the next need not compute again."""
    return now - (now - EPOCH) % SETTLED + SETTLED - timedelta(microseconds=1)


def reading(scope: Scope) -> Reading:
    """Reads what a scope asks about; what was read before and is still true is not read again."""
    found, moves = known(), whole()
    return found.answer("reading", (scope.key, len(moves)), lambda: _reading(scope, found, moves))


def _reading(scope: Scope, known: Known, moves: Moves) -> Reading:
    stages, places = stages_at(scope)
    history = _history(known, moves, stages, places, scope.as_of)
    return _made(scope, stages, places, history, wanted_facts(scope, known), known)


def _history(known: Known, moves: Moves, stages: list[StagePlace], places: dict[int, int], as_of: datetime) -> History:
    """The history of a pipeline at a moment: of all its deals, whoever asks."""
    key = (*_key(moves, stages, places), as_of)
    return known.answer("history", key, lambda: _course(known, moves, stages, places).as_of(in_days(as_of)))


def _course(known: Known, moves: Moves, stages: list[StagePlace], places: dict[int, int]) -> Course:
    """The moves of a pipeline, ready to be read as of any moment."""
    key = _key(moves, stages, places)
    return known.answer("course", key, lambda: course(touching(moves, places), places, stages=len(stages), selling=key[1]))


def _key(moves: Moves, stages: list[StagePlace], places: dict[int, int]) -> tuple[Hashable, int, int]:
    # A ledger only grows: as long as it has as many moves, it is the same.
    return tuple(places.items()), sum(stage.is_selling for stage in stages), len(moves)


def lately(scope: Scope, since: datetime) -> Reading:
    """The same of those deals alone that moved since a moment, with their whole past: all that figures of the days since then
    are made from, read in a fraction of the time."""
    stages, places = stages_at(scope)
    moves = moves_of(places)
    recent = np.unique(moves.deal[moves.at >= in_days(since)])
    found = known()
    facts = wanted_facts(scope, found, only=recent)
    selling = sum(stage.is_selling for stage in stages)
    of_it = moves.where(np.isin(moves.deal, facts.id))
    history = read_moves(of_it, places, stages=len(stages), selling=selling, as_of=in_days(scope.as_of))
    return _made(scope, stages, places, history, facts, found)


def _made(
    scope: Scope, stages: list[StagePlace], places: dict[int, int], history: History, facts: Facts, known: Known
) -> Reading:
    """The reading of the deals whose facts are wanted."""
    if not np.array_equal(history.deals.id, facts.id):
        history = history.among(facts.id)
        facts = facts.where(np.isin(facts.id, history.deals.id, assume_unique=True))
    return Reading(scope, stages, history, facts, known, places)


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
