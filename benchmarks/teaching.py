"""The insights as a work: figures of the whole ledger, beside the bare statement that counts its rows."""

from __future__ import annotations

import os

from benchmarks.ground import bare, client, pipeline_id
from benchmarks.timing import Figures, Watch, compared, held_mib


def insights() -> Figures:
    """W11: the figures of a pipeline as an admin sees them: the page of twelve months, one of free days, the first one after a
    start; beside it the bare statement that counts the entries of each stage."""
    signed_in, url = client(), f"/insights/{pipeline_id()}/"
    free = f"{url}?period=free&first=2026-02-03&last=2026-08-19"
    first = Watch()
    first.time(lambda: signed_in.get(url))
    assert signed_in.get(url).status_code == signed_in.get(free).status_code == 200
    found = compared(lambda: signed_in.get(url), bare(), times=10)
    ranged, counted = Watch(), Watch()
    for _turn in range(10):
        ranged.time(lambda: signed_in.get(free))
        counted.time(_entries)
    return found | {
        "free_median_ms": round(ranged.median, 1),
        "first_ms": round(first.spans[0], 1),
        "bare_sql_ms": round(counted.median, 2),
        "memory_mib": held_mib(os.getpid()),
    }


def _entries() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_stage_id, kind, COUNT(*) FROM deals_move GROUP BY to_stage_id, kind")
        cursor.fetchall()
