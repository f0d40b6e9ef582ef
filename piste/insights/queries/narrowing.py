"""The facts of the deals that a scope asks for, as they were known: a filter is held against what was true at its moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
from django.utils import timezone

from piste.company.models import FieldKind
from piste.deals.models import Deal, DealProduct, DealSet, Move, Tag
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import narrow
from piste.deals.queries.presence import present_at
from piste.stats.history import Flags, Ints

from .changes import OWN, Changes
from .facts import NO_AMOUNT, NONE, Facts
from .keeping import Known
from .scope import Scope
from .whole_numbers import in_days, table

#: Of more deals, all are looked at.
MOST_NAMED = 10_000
#: Where facts that the journal names stand, and what stands there when there is none.
COLUMN_OF: dict[str, tuple[str, Any]] = {
    "amount_minor": ("amount", NO_AMOUNT),
    "currency": ("currency", ""),
    "owner": ("owner", NONE),
    "team": ("team", NONE),
    "source": ("source", NONE),
    "company": ("company", NONE),
    "campaign": ("campaign", ""),
}


def deals_of(scope: Scope) -> DealSet:
    """The deals a scope asks for, of whatever pipeline, as far as the database can tell by itself: what has been changed since
    its moment is held against the journal by `wanted_facts`."""
    deals = present_at(scope.as_of if scope.past else None)
    if scope.member is not None:
        deals = deals.visible_to(scope.member)
    if scope.versions:
        born = Move.objects.filter(number=1, process_version__in=scope.versions)
        deals = deals.filter(pk__in=born.values("deal_id"))
    # What the journal can tell of then is asked of then, the rest of now.
    asked = (
        replace(scope.wanted, owners=(), teams=(), sources=(), tags=(), products=(), custom=()) if scope.past else scope.wanted
    )
    stages = list(scope.pipeline.stages.all())
    return narrow(deals, asked, stages=stages, at=scope.as_of, today=timezone.localdate(scope.as_of))


def keys_of(scope: Scope, known: Known) -> Ints:
    """The deals of `deals_of` that are in the pipeline now, in ascending order."""
    if _is_whole(scope):
        facts = known.facts
        keys: Ints = facts.id[facts.is_present & (facts.pipeline == scope.pipeline.pk)]
        return keys
    keys = table(deals_of(scope).filter(pipeline=scope.pipeline).order_by().values_list("pk"))[:, 0]
    return np.sort(keys)


def is_narrowed_then(scope: Scope) -> bool:
    """Whether the journal alone tells which deals were as asked at the moment of a scope: a reading knows, no statement does."""
    return scope.past and not scope.wanted.is_empty


def _is_whole(scope: Scope) -> bool:
    """Whether all that is there now is asked for, by somebody who sees it."""
    narrowed = scope.past or not scope.wanted.is_empty or scope.versions
    return not narrowed and (scope.member is None or scope.member.sees_all)


def wanted_facts(scope: Scope, known: Known, *, only: Ints | None = None) -> Facts:
    """The facts of the deals that a scope asks for, of whatever pipeline, as they were at its moment; when told, of those alone
    among some (ascending)."""
    facts = known.facts
    if only is not None:
        facts = facts.where(np.isin(facts.id, only, assume_unique=True))
    if scope.past:
        facts = _back(facts, known.changes, scope)
    elif _is_whole(scope):
        return facts if facts.is_present.all() else facts.where(facts.is_present)
    deals = deals_of(scope)
    if only is not None and len(only) <= MOST_NAMED:
        deals = deals.filter(pk__in=only.tolist())
    facts = facts.where(np.isin(facts.id, table(deals.order_by().values_list("pk"))[:, 0], assume_unique=True))
    return facts.where(_then(facts, scope, known)) if scope.past else facts


def _back(facts: Facts, changes: Changes, scope: Scope) -> Facts:
    """The facts as they were, with what was changed since taken back."""
    texts, moment = facts.texts, in_days(scope.as_of)
    columns: dict[str, Ints] = {}
    custom: dict[int, dict[str, Any]] = {}
    for name in changes.names():
        rows, numbers = changes.first(name, deals=facts.id, after=moment)
        said = [json.loads(texts[number]) for number in numbers.tolist()]
        if name.startswith(OWN):
            for row, value in zip(rows.tolist(), said, strict=True):
                custom.setdefault(row, {})[name.removeprefix(OWN)] = value
        elif name in COLUMN_OF:
            column, nothing = COLUMN_OF[name]
            values = [nothing if value is None else value for value in said]
            columns[column] = columns.get(column, getattr(facts, column)).copy()
            columns[column][rows] = texts.numbers(values) if name in ("currency", "campaign") else values
    if custom:
        columns["custom"] = facts.custom.copy()
        for row, own in custom.items():
            merged = json.loads(texts[int(facts.custom[row])]) | own
            left = {key: value for key, value in merged.items() if value is not None}
            columns["custom"][row] = texts.number(json.dumps(left))
    return facts.with_columns(columns) if columns else facts


def _then(facts: Facts, scope: Scope, known: Known) -> Flags:
    """Which of them were as asked at the moment of a scope."""
    wanted, kept = scope.wanted, np.ones(len(facts), dtype=np.bool_)
    for column, values in ((facts.owner, wanted.owners), (facts.team, wanted.teams), (facts.source, wanted.sources)):
        if values:
            kept &= np.isin(column, values)
    if wanted.custom:
        known_texts, code = np.unique(facts.custom, return_inverse=True)
        holds = [
            all(_custom_holds(own.get(one.key), one) for one in wanted.custom)
            for own in (facts.own(number) for number in known_texts.tolist())
        ]
        kept &= np.array(holds, dtype=np.bool_)[code]
    if wanted.tags:
        names = set(Tag.objects.filter(pk__in=wanted.tags).values_list("name", flat=True))
        now = Deal.tags.through.objects.filter(tag_id__in=wanted.tags).values_list("deal_id")
        kept &= _having(facts, scope, known, "tagged", table(now)[:, 0], lambda before: bool(names.intersection(before)))
    if wanted.products:
        products = set(wanted.products)
        sold = DealProduct.objects.filter(product__in=wanted.products).values_list("deal_id")
        kept &= _having(
            facts, scope, known, "products", table(sold)[:, 0], lambda before: any(product in products for product, *_ in before)
        )
    return kept


def _having(facts: Facts, scope: Scope, known: Known, name: str, now: Ints, held: Callable[[Any], bool]) -> Flags:
    """Which deals had one of several things: those that have one now, and what was before where it was changed since."""
    having = np.isin(facts.id, now)
    rows, numbers = known.changes.first(name, deals=facts.id, after=in_days(scope.as_of))
    having[rows] = [held(json.loads(facts.texts[number])) for number in numbers.tolist()]
    return having


def _custom_holds(value: Any, wanted: CustomWanted) -> bool:
    """As `deals.queries.custom.with_custom` asks the database."""
    if wanted.kind in (FieldKind.NUMBER, FieldKind.DATE):
        if wanted.least is None and wanted.most is None:
            return True
        return value is not None and _within(value, wanted.least, wanted.most, number=wanted.kind == FieldKind.NUMBER)
    if wanted.kind == FieldKind.CHOICE:
        return value in wanted.values
    if wanted.kind == FieldKind.YES_NO:
        return isinstance(value, bool) and ("yes" if value else "no") in wanted.values
    if not wanted.values:
        return True
    if wanted.kind == FieldKind.CHOICES:
        return isinstance(value, list) and any(item in wanted.values for item in value)
    return value is not None and any(part.casefold() in str(value).casefold() for part in wanted.values)


def _within(value: Any, least: Decimal | date | None, most: Decimal | date | None, *, number: bool) -> bool:
    held: Any = str(value)
    if number:
        try:
            held = Decimal(held)
        except InvalidOperation:
            return False
    bounds: list[Any] = [bound.isoformat() if isinstance(bound, date) else bound for bound in (least, most)]
    return (bounds[0] is None or held >= bounds[0]) and (bounds[1] is None or held <= bounds[1])
