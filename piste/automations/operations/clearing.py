"""Clearing what is long over: messages to other systems, and runs, of which the counts stay."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef
from django.db.models.functions import Coalesce

from piste.automations.models import Automation, Delivery, Later, Run
from piste.automations.rules import KEPT, KEPT_RUNS

from .place import hold

#: Runs cleared in one transaction.
BATCH = 500


def clear_away(*, at: datetime) -> int:
    """Removes messages that have long been over."""
    old = Delivery.objects.filter(written_at__lt=at - KEPT).exclude(sent_at=None, dropped_at=None)
    return old.delete()[0]


def clear_runs(*, at: datetime, batch: int = BATCH) -> int:
    """Removes runs of more than a year ago, and adds them to the counts of their automations; returns how many, at most `batch`.

    What was answered must not be found anew. Entries of the journal lie behind the cursor, dates beyond what the clock looks back
    on (`rules.LOOK_BACK`), and chances are kept as levels. What a silence or a stay in a stage was found by may still be so: such
    a run stays for as long as it is.
    """
    with transaction.atomic():
        hold()
        waits = Later.objects.filter(run=OuterRef("pk"), over_at=None)
        old = Run.objects.filter(~Exists(waits), at__lt=at - KEPT_RUNS)
        quiet = Coalesce("deal__last_activity_at", "deal__created_at", output_field=DateTimeField())
        old = old.annotate(quiet=quiet).exclude(of_moment=F("quiet")).exclude(of_moment=F("deal__entered_stage_at"))
        rows = list(old.order_by("pk").values_list("pk", "automation_id", "state")[:batch])
        counted: dict[int, Counter[str]] = defaultdict(Counter)
        for _run, key, state in rows:
            counted[key][state] += 1
        for automation in Automation.objects.select_for_update().filter(pk__in=counted).order_by("pk"):
            automation.cleared = dict(Counter(automation.cleared) + counted[automation.pk])
            automation.save(update_fields=["cleared"])
        Run.objects.filter(pk__in=[row[0] for row in rows]).delete()
    return len(rows)
