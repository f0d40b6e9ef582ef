"""Giving a deal its variant as it enters the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from piste.asking import Kept
from piste.company.models import Member
from piste.deals.models import Deal, Move
from piste.experiments import rules
from piste.experiments.models import Assignment, SplitTest, Unit
from piste.experiments.queries import narrowed
from piste.journal.models import Entry
from piste.journal.operations import Happening, record, record_many
from piste.journal.rows import add_row, add_rows


@transaction.atomic(savepoint=False)
def assign(entry: Entry) -> None:
    """Reacts to a deal that enters a stage where a test is in force: gives it the variant that its unit draws.

    Drawn are open deals that come into the stage for the first time, are among those the test asks for, and come before the
    planned sample is reached.
    """
    to = entry.data["to"]
    if not entry.data.get("tested") or to == entry.data.get("from") or entry.data.get("status") != "open":
        return
    found = _facing(deal=entry.subject_id, stage=to, move=entry.data["move"])
    facing = {key: Facing(*rest) for key, counted, planned, *rest in found if counted < planned}
    # Few moves face a test: the tests themselves are read for those alone.
    for test in SplitTest.objects.filter(pk__in=facing).order_by("pk") if facing else ():
        deal = facing[test.pk]
        unit = _unit(test, deal)
        if unit and _is_among(test, entry):
            _give(test, deal, unit, entry)


@dataclass(frozen=True, slots=True)
class Facing:
    """A deal before a test that may draw it: what of it decides."""

    deal: int
    company: int | None
    rep: int
    code: str
    worth: int | None


@Kept
def _facing(*, deal: int, stage: int, move: int) -> Any:
    """The tests that draw a deal as it enters a stage by this move: each with how many it has and wants, and what decides."""
    drawn = Assignment.objects.filter(test=OuterRef("pk")).order_by().values("test")
    been = Move.objects.filter(deal_id=deal, to_stage_id=stage, number__lt=move)
    found = SplitTest.objects.drawing().filter(~Exists(been), stage_id=stage)
    row = Deal.objects.filter(pk=deal)
    return (
        found.exclude(Exists(Assignment.objects.filter(test=OuterRef("pk"), deal_id=deal)))
        .order_by()
        .values_list(
            "pk",
            Coalesce(Subquery(drawn.annotate(units=Count("unit", distinct=True)).values("units")), 0),
            "planned_count",
            *(Subquery(row.values(name)) for name in ("pk", "company_id", "owner_id", "currency", "amount_minor")),
        )
    )


def _unit(test: SplitTest, deal: Facing) -> str:
    """What is drawn for the deal; empty when it has none, or its amount could not be compared."""
    if test.currency and deal.code != test.currency:
        return ""
    key = {Unit.DEAL: deal.deal, Unit.COMPANY: deal.company, Unit.REP: deal.rep}[Unit(test.unit)]
    return f"{test.unit}:{key}" if key else ""


def _is_among(test: SplitTest, entry: Entry) -> bool:
    among = rules.among_from_json(test.among)
    if among.is_everybody:
        return True
    return narrowed(among, entry.at).filter(pk=entry.subject_id).exists()


def _give(test: SplitTest, deal: Facing, unit: str, entry: Entry) -> None:
    variant = rules.drawn(test.salt, unit, test.arms)
    add_row(Assignment(test_id=test.pk, variant_id=variant, deal_id=deal.deal, unit=unit, amount_minor=deal.worth, at=entry.at))
    record(
        verb="deal.assigned_to_variant",
        subject_kind="deal",
        subject_id=entry.subject_id,
        pipeline_id=entry.pipeline_id,
        actor_id=None,
        at=entry.at,
        cause="test",
        data=_told(test, variant, unit),
    )


def _told(test: SplitTest, variant: int, unit: str) -> dict[str, Any]:
    place = [key for key, _share in test.arms].index(variant)
    return {"test": test.pk, "number": test.number, "name": test.title, "variant": variant, "letter": "ABCD"[place], "unit": unit}


@transaction.atomic
def bring_in(*, test: SplitTest, entered: Sequence[tuple[Deal, datetime]], by: Member | None, cause: str = "import") -> int:
    """Assigns deals of a past that is brought in, in the order in which they entered; nothing is planned nor timed for them.
    Returns how many were given a variant: none beyond the planned sample."""
    rows, told, units = [], [], set[str]()
    for deal, at in sorted(entered, key=lambda pair: (pair[1], pair[0].pk)):
        key = {Unit.DEAL: deal.pk, Unit.COMPANY: deal.company_id, Unit.REP: deal.owner_id}[Unit(test.unit)]
        unit = f"{test.unit}:{key}"
        if key is None or len(units) >= test.planned_count:
            continue
        units.add(unit)
        variant = rules.drawn(test.salt, unit, test.arms)
        rows.append(Assignment(test=test, variant_id=variant, deal=deal, unit=unit, amount_minor=deal.amount_minor, at=at))
        told.append(
            Happening("deal.assigned_to_variant", "deal", deal.pk, None, at, _told(test, variant, unit), test.pipeline_id, cause)
        )
    add_rows(Assignment, rows)
    record_many(happenings=told)
    return len(rows)
