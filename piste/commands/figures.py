"""`piste figures`: the figures of a pipeline's stages, for people and for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from piste.pipelines.models import Pipeline

HEAD = (
    f"{'stage':<24}{'entered':>9}{'advanced':>10}{'of all':>9}{'estimate':>10}  {'95 %':<16}{'median':>8}{'90 %':>8}"
    f"{'skipped':>9}{'returned':>9}"
)

HELP = "print the figures of a pipeline's stages"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pipeline", metavar="PIPELINE", help="its name or its number")
    parser.add_argument("--as-of", metavar="DAY", type=day, help="as it stood at the end of that day (2026-03-31); default now")
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, help="count what began on that day or later")
    parser.add_argument("--to", dest="last", metavar="DAY", type=day, help="count what began on that day or before")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day like 2026-03-31") from None
    # At the ends of the calendar a time zone leads out of it.
    if not 1900 <= found.year <= 2999:
        raise argparse.ArgumentTypeError(f"{text} is not a day between 1900 and 2999")
    return found


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from piste.company.queries import working_time
    from piste.insights.queries import Scope, reading, settled
    from piste.insights.queries.figures import Within
    from piste.insights.queries.told import told

    pipeline = pipeline_named(options.pipeline, "figures")
    if pipeline is None:
        return 2
    if options.first and options.last and options.last < options.first:
        print("piste figures: the period ends before it begins.", file=sys.stderr)
        return 2
    zone = working_time().zone

    def midnight(of: date | None, later: int = 0) -> datetime | None:
        return datetime.combine(of + timedelta(days=later), time(), zone) if of else None

    now = timezone.now()
    asked = midnight(options.as_of, 1)
    as_of = min(now, asked) if asked is not None else settled(now)
    scope = Scope(pipeline=pipeline, as_of=as_of, past=as_of < now)
    found = told(reading(scope), Within(midnight(options.first), midnight(options.last, 1)), zone)
    print(json.dumps(found, ensure_ascii=False, indent=1) if options.json else "\n".join(_lines(found)))
    return 0


def pipeline_named(words: str, command: str) -> Pipeline | None:
    """The pipeline of a name or number; without one a command says which there are."""
    from piste.pipelines.models import Pipeline

    found = Pipeline.objects.filter(name__iexact=words).first()
    if found is None and words.isdecimal():
        found = Pipeline.objects.filter(pk=int(words)).first()
    if found is None:
        known = ", ".join(f"{key} ({name})" for key, name in Pipeline.objects.values_list("pk", "name"))
        print(f"piste {command}: there is no pipeline {words!r}. There are: {known or 'none'}.", file=sys.stderr)
    return found


def _lines(found: dict[str, Any]) -> list[str]:
    deals = found["deals"]
    lines = [
        f"{found['pipeline']['name']}, as of {found['as_of']}: "
        + ", ".join(f"{deals[name]} {name}" for name in ("created", "won", "lost", "open", "held", "left")),
        "",
        HEAD,
    ]
    for stage in found["stages"]:
        rates, days = stage["conversion"], stage["days"]
        interval = f"{_rate(rates['low'])}–{_rate(rates['high'])}" if rates["low"] is not None else "–"
        lines.append(
            f"{stage['name'][:23]:<24}{stage['entered']:>9}{stage['advanced']:>10}{_rate(rates['plain']):>9}"
            f"{_rate(rates['estimate']):>10}  {interval:<16}{_days(days['median']):>8}{_days(days['p90']):>8}"
            f"{stage['skipped']:>9}{stage['returned']:>9}"
        )
    return lines


def _rate(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _days(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} d"
