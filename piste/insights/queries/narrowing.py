"""The facts of the deals that a scope asks for, as they were known: a filter is held against what was true at its moment."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from piste.company.models import FieldKind
from piste.deals.models import Deal, DealProduct, DealSet, Move, Tag
from piste.deals.queries.custom import CustomWanted
from piste.deals.queries.filtering import Filter, narrow
from piste.deals.queries.presence import present_at

from .facts import Before, DealFacts, facts_of
from .facts import before as changed_since

if TYPE_CHECKING:
    from .reading import Scope

#: With more deals that went elsewhere, all deals are looked at.
MOST_NAMED = 10_000


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


def wanted_facts(
    scope: Scope, gone: Collection[int], *, only: Collection[int] | None = None
) -> tuple[dict[int, DealFacts], Before]:
    """The facts of the deals in the pipeline that a scope asks for, and of those among `gone` (now in other pipelines), or of
    those among `only` when they are few enough to be named; and what has changed since its moment."""
    before = changed_since(scope.as_of) if scope.past else Before()
    deals = deals_of(scope)
    if only is not None and len(only) <= MOST_NAMED:
        deals = deals.filter(pk__in=list(only))
    elif only is None and len(gone) <= MOST_NAMED:
        deals = deals.filter(Q(pipeline=scope.pipeline) | Q(pk__in=list(gone)))
    found = facts_of(deals, before)
    return (_then(found, scope, before) if scope.past else found), before


def _then(found: dict[int, DealFacts], scope: Scope, before: Before) -> dict[int, DealFacts]:
    """Those that were as asked at the moment of a scope."""
    wanted = scope.wanted
    kept = {key: fact for key, fact in found.items() if _holds(fact, wanted)}
    if wanted.tags:
        names = dict(Tag.objects.filter(pk__in=wanted.tags).values_list("pk", "name"))
        having = set(Deal.tags.through.objects.filter(tag_id__in=wanted.tags).values_list("deal_id", flat=True))
        tagged = {key: bool(set(names.values()) & set(tags)) for key, tags in before.tags.items()}
        kept = {key: fact for key, fact in kept.items() if tagged.get(key, key in having)}
    if wanted.products:
        having = set(DealProduct.objects.filter(product__in=wanted.products).values_list("deal_id", flat=True))
        sold = {key: bool(set(wanted.products) & set(products)) for key, products in before.products.items()}
        kept = {key: fact for key, fact in kept.items() if sold.get(key, key in having)}
    return kept


def _holds(fact: DealFacts, wanted: Filter) -> bool:
    for value, values in ((fact.owner_id, wanted.owners), (fact.team_id, wanted.teams), (fact.source_id, wanted.sources)):
        if values and value not in values:
            return False
    return not wanted.custom or all(_custom_holds(fact.custom.get(one.key), one) for one in wanted.custom)


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
