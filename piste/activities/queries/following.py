"""What a deal was asked by the playbook of a stage."""

from __future__ import annotations

from django.db.models import QuerySet

from piste.activities.models import Activity, ActivitySet, CriterionMet


def standards_of(deal_id: int, stage_id: int) -> ActivitySet:
    """The standard activities of a stage that a deal was given, done or not, those in the bin too, in the playbook's order."""
    found = Activity.objects.filter(deal_id=deal_id, standard__stage_id=stage_id)
    return found.select_related("assignee", "standard").order_by("standard__position", "standard_id")


def criteria_met(deal_id: int, stage_id: int) -> QuerySet[CriterionMet]:
    """Which exit criteria of a stage a deal meets, each with who said so."""
    return CriterionMet.objects.filter(deal_id=deal_id, criterion__stage_id=stage_id).select_related("by")
