"""What a deal was asked by the playbook of a stage."""

from __future__ import annotations

from django.db import connection
from django.db.models import QuerySet

from piste.activities.models import Activity, ActivitySet, CriterionMet

#: Every move asks for it, and most find nothing; the ORM would take twenty times as long to write it.
UNPLANNED = """
    SELECT s.id FROM playbooks_standardactivity s
    WHERE s.stage_id = %s AND s.retired_at IS NULL AND s.after_id IS NULL AND s.arm IS NULL
    AND NOT EXISTS (SELECT 1 FROM activities_activity a WHERE a.deal_id = %s AND a.standard_id = s.id)
"""


#: The same where a split test is in force: a deal with a variant that has a playbook of its own follows that one.
UNPLANNED_IN_TEST = UNPLANNED.replace(
    "s.arm IS NULL",
    """COALESCE(s.arm, 0) = COALESCE((
        SELECT v.id FROM experiments_assignment m
        JOIN experiments_variant v ON v.id = m.variant_id JOIN experiments_splittest t ON t.id = m.test_id
        WHERE m.deal_id = %s AND t.stage_id = s.stage_id AND t.decided_at IS NULL AND v.guide IS NOT NULL
    ), 0)""",
)


def unplanned(deal_id: int, stage_id: int, *, tested: bool = False) -> list[int]:
    """The standard activities of a stage that begin on entering it and that a deal has never had, by their keys; `tested` where a
    split test is in force, which may have it follow others."""
    with connection.cursor() as cursor:
        if tested:
            cursor.execute(UNPLANNED_IN_TEST, [stage_id, deal_id, deal_id])
        else:
            cursor.execute(UNPLANNED, [stage_id, deal_id])
        return [key for (key,) in cursor.fetchall()]


def standards_of(deal_id: int, stage_id: int) -> ActivitySet:
    """The standard activities of a stage that a deal was given, done or not, those in the bin too, in the playbook's order."""
    found = Activity.objects.filter(deal_id=deal_id, standard__stage_id=stage_id)
    return found.select_related("assignee", "standard").order_by("standard__position", "standard_id")


def criteria_met(deal_id: int, stage_id: int) -> QuerySet[CriterionMet]:
    """Which exit criteria of a stage a deal meets, each with who said so."""
    return CriterionMet.objects.filter(deal_id=deal_id, criterion__stage_id=stage_id).select_related("by")
