"""The insights as a work: figures of the whole ledger, beside the bare statement that counts its rows."""

from __future__ import annotations

import os
import subprocess
import sys
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.ground import bare, client, pipeline_id, session_cookie
from benchmarks.server import Server
from benchmarks.timing import Figures, Watch, compared, held_mib

LAY_BY = "from piste.commands import set_up; set_up(); from piste.insights.operations.laying import lay_by; lay_by()"


def insights() -> Figures:
    """W11: the figures of a pipeline as an admin sees them: the page of twelve months while nothing happens, after a deal was
    changed, of free days nobody asked for before, and the first one of a web server that just begins to answer, with what the
    worker lays by for it and, `anew`, without it; beside them the bare statement that counts the entries of each stage."""
    signed_in, url = client(), f"/insights/{pipeline_id()}/"
    # In a process of its own, as the worker does it.
    subprocess.run([sys.executable, "-c", LAY_BY], check=True)
    first = _first(url)
    _laid_by().unlink()
    anew = _first(url)
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
        "changed_cpu_ms": round(changed.cpu_each, 1),
        "free_median_ms": round(ranged.median, 1),
        "free_cpu_ms": round(ranged.cpu_each, 1),
        "first_ms": round(first, 1),
        "anew_ms": round(anew, 1),
        "bare_sql_ms": round(counted.median, 2),
        "bare_sql_cpu_ms": round(counted.cpu_each, 2),
        "memory_mib": held_mib(os.getpid()),
    }


def _first(url: str) -> float:
    """Milliseconds until the first page of a server has come, asked for as soon as its sign-in page is there: as one meets it who
    comes first, beside all that it reads for the pages to come."""
    cookie = session_cookie()
    with Server(rests=False) as server:
        watch = Watch()
        watch.time(lambda: _came(server.ask(HTTPConnection("127.0.0.1", server.port, timeout=60), "GET", url, cookie)))
    return watch.spans[0]


def _laid_by() -> Path:
    """What the worker lays by."""
    from piste.insights.queries import laid

    return laid.path()


def _came(status: int) -> None:
    assert status == HTTPStatus.OK, status


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
