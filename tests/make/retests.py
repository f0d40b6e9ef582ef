"""A re-test as it is kept, without a company's history behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

from piste.pipelines.models import ProcessVersion
from piste.upkeep.models import Retest
from tests.cast import NOW

TODAY = NOW.date()


def side(value: float | None, n: int = 40) -> dict[str, Any]:
    spread = None if value is None else value * 0.1
    low, high = (None, None) if value is None or spread is None else (value - spread, value + spread)
    return {"n": n + 2, "compared": n, "effective": n * 0.9, "plain": value, "value": value, "low": low, "high": high}


def row(kind: str, verdict: str, before: float | None, after: float | None, stage: str = "Meeting") -> dict[str, Any]:
    gap = None if before is None or after is None else after - before
    ends = {"low": None, "high": None} if gap is None else {"low": gap - 0.01, "high": gap + 0.01}
    told = {"kind": kind, "stage": stage, "before": side(before), "after": side(after), "horizon": 21.0}
    return told | ends | {"difference": gap, "verdict": verdict}


def retest(version: ProcessVersion, *rows: dict[str, Any], on: date = TODAY, others: int = 0) -> Retest:
    figures = {
        "since": "2026-07-24T09:00:00+00:00",
        "changed": "2026-09-24T09:00:00+00:00",
        "until": "2026-11-24T09:00:00+00:00",
        "days": 62,
        "currency": "EUR",
        "others": others,
        "rows": list(rows) or [row("conversion", "rose", 0.31, 0.47), row("wins", "unclear", 0.2, 0.21)],
    }
    return Retest.objects.create(version=version, on=on, at=NOW, figures=figures)
