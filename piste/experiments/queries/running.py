"""Which variant is in force for a deal, and which tests are in force at all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Max, QuerySet

from piste.asking import KeptRecords
from piste.experiments.models import Assignment, SplitTest, SplitTestSet, Variant
from piste.experiments.rules import NEEDS, PLAYBOOK
from piste.playbooks.queries import told

from .varied import KEPT_IN


def variant_of(deal_id: int, stage_id: int, subject: str) -> Variant | None:
    """The variant that says of a subject (`rules.PLAYBOOK`, `NEEDS`, `CLOCK`) how a deal is worked in a stage; None when it is as
    for everybody.

    A variant is in force until its test is decided, also once the test draws no more.
    """
    found: Variant | None = _variant_of.record(subject, deal=deal_id, stage=stage_id)
    return found


@KeptRecords
def _variant_of(subject: str, *, deal: int, stage: int) -> Any:
    assigned = Assignment.objects.filter(deal_id=deal, test__stage_id=stage, test__decided_at=None)
    return Variant.objects.filter(pk__in=assigned.values("variant_id"), **{f"{KEPT_IN[subject]}__isnull": False})


def needs_of_variant(deal_id: int, stage_id: int) -> list[str] | None:
    """The facts that a deal must know to leave a stage, by its variant; None when it is as for everybody."""
    variant = variant_of(deal_id, stage_id, NEEDS)
    return None if variant is None else list(variant.needs or [])


def variant_told(deal_id: int, stage_id: int) -> tuple[Variant, dict[str, Any]] | None:
    """The variant whose playbook a deal follows in a stage, with that playbook as `playbooks.queries.told` gives it."""
    variant = variant_of(deal_id, stage_id, PLAYBOOK)
    if variant is None or variant.guide is None:
        return None
    said = told([stage_id], arm=variant.pk).get(stage_id, {})
    return variant, said | ({"script": variant.guide["script"]} if variant.guide["script"] else {})


def with_own_playbook(stage_ids: Collection[int]) -> QuerySet[Assignment, Any]:
    """The deals (as `deal_id`) that follow a variant's playbook in one of these stages, until its test is decided."""
    found = Assignment.objects.filter(test__stage_id__in=stage_ids, test__decided_at=None, variant__guide__isnull=False)
    return found.values("deal_id")


def in_force(stage_id: int) -> SplitTestSet:
    """The tests in force on a stage."""
    return SplitTest.objects.in_force().filter(stage_id=stage_id)


def factorial_with(test: SplitTest) -> list[SplitTest]:
    """Other tests in force in the same pipeline, whose deals may be this one's too."""
    return list(SplitTest.objects.in_force().filter(pipeline_id=test.pipeline_id).exclude(pk=test.pk))


def variants_of(test: SplitTest) -> list[Variant]:
    """The variants of a test in their order, with what each does otherwise."""
    return list(test.variants.prefetch_related("changes").order_by("position"))


def next_number(pipeline_id: int) -> int:
    """The number that a pipeline's next test gets."""
    last = SplitTest.objects.filter(pipeline_id=pipeline_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
