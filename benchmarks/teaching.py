"""The insights as a work: figures of the whole ledger, beside the bare statement that counts its rows."""

from __future__ import annotations

import os
from typing import Any

from benchmarks.ground import bare, client, pipeline_id
from benchmarks.timing import Figures, Watch, compared, held_mib


def insights() -> Figures:
    """W11: the figures of a pipeline as an admin sees them: the page of twelve months while nothing happens, after a deal was
    changed, of free days nobody asked for before, and the first one after a start; beside them the bare statement that counts
    the entries of each stage."""
    signed_in, url = client(), f"/insights/{pipeline_id()}/"
    first = Watch()
    first.time(lambda: signed_in.get(url))
    assert signed_in.get(url).status_code == 200
    found = compared(lambda: signed_in.get(url), bare(), times=10)
    ranged, changed, counted = Watch(), Watch(), Watch()
    for turn in range(10):
        free = f"{url}?period=free&first=2026-02-{turn + 3:02}&last=2026-08-19"
        ranged.time(lambda free=free: _ok(signed_in.get(free)))
        counted.time(_entries)
    for turn in range(5):
        _change(turn)
        changed.time(lambda: _ok(signed_in.get(url)))
    return found | {
        "changed_median_ms": round(changed.median, 1),
        "free_median_ms": round(ranged.median, 1),
        "free_cpu_ms": round(ranged.cpu_each, 1),
        "first_ms": round(first.spans[0], 1),
        "bare_sql_ms": round(counted.median, 2),
        "memory_mib": held_mib(os.getpid()),
    }


def _ok(answer: Any) -> None:
    assert answer.status_code == 200


def _change(turn: int) -> None:
    """Somebody writes down another amount of an open deal."""
    from django.utils import timezone

    from piste.deals.models import Deal
    from piste.deals.operations import amend

    deal = Deal.objects.present().filter(pipeline=pipeline_id(), status="open").order_by("pk")[turn]
    amend(deal=deal, facts={"amount_minor": (deal.amount_minor or 0) + 1}, by=deal.owner, at=timezone.now())


def _entries() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_stage_id, kind, COUNT(*) FROM deals_move GROUP BY to_stage_id, kind")
        cursor.fetchall()
