"""`piste plan`: what it takes to reach a target, for people and for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from gettext import gettext
from typing import Any

from ._tongue import gettext_noop
from .figures import day, percent

HELP = gettext_noop("count back from a target to the deals each stage must hold")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pipeline", metavar="PIPELINE", help=gettext("its name or its number"))
    parser.add_argument(
        "--target", metavar="AMOUNT", type=number, required=True, help=gettext("in the company's currency, like 320000")
    )
    parser.add_argument(
        "--by", dest="last", metavar="DAY", type=day, required=True, help=gettext("to be won by the end of that day")
    )
    parser.add_argument(
        "--from", dest="first", metavar="DAY", type=day, help=gettext("count sales from that day on; default its quarter")
    )
    parser.add_argument("--wins", action="store_true", help=gettext("the target is a number of sales"))
    parser.add_argument("--chance", metavar="SHARE", type=share, default=0.8, help=gettext("how sure to be; default 0.8"))
    parser.add_argument("--as-of", metavar="DAY", type=day, help=gettext("as it stood at the end of that day; default now"))
    supposed = {
        "conversion": gettext("suppose each rate times so much"),
        "amount": gettext("suppose each amount times so much"),
        "delay": gettext("suppose each delay times so much"),
        "arrivals": gettext("suppose the number of new prospects times so much"),
    }
    for name, what in supposed.items():
        parser.add_argument(f"--{name}", metavar="TIMES", type=factor, default=1.0, help=what)
    parser.add_argument("--json", action="store_true", help=gettext("print everything as JSON"))


def number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 < found <= 10**12:
        raise argparse.ArgumentTypeError(gettext("%(text)s is not an amount like 320000") % {"text": repr(text)})
    return found


def share(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.5 <= found <= 0.99:
        raise argparse.ArgumentTypeError(gettext("%(text)s is not a chance between 0.5 and 0.99") % {"text": repr(text)})
    return found


def factor(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.1 <= found <= 10:
        raise argparse.ArgumentTypeError(gettext("%(text)s is not a number between 0.1 and 10") % {"text": repr(text)})
    return found


def run(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from piste.company.queries import company, working_time
    from piste.forecasting.queries.planning import Ask, planned
    from piste.forecasting.queries.told import told
    from piste.foundations.calendar import Span, period
    from piste.foundations.money import BadAmount, to_minor
    from piste.insights.queries import Scope, reading, settled
    from piste.stats.reverse import WhatIf

    from .figures import pipeline_named

    pipeline = pipeline_named(options.pipeline, "plan")
    if pipeline is None:
        return 2
    settings, zone, now = company(), working_time().zone, timezone.now()
    currency, starts = (settings.currency, settings.fiscal_year_month) if settings else ("EUR", 1)
    first = options.first or period(Span.QUARTER, options.last, year_starts=starts).first
    if options.last < first:
        print("piste plan: " + gettext("the period ends before it begins."), file=sys.stderr)
        return 2
    try:
        target = int(options.target) if options.wins else to_minor(options.target, currency)
    except BadAmount:
        said = gettext("piste plan: %(target)s has more decimals than %(currency)s.")
        print(said % {"target": options.target, "currency": currency}, file=sys.stderr)
        return 2
    as_of = min(now, datetime.combine(options.as_of + timedelta(days=1), time(), zone)) if options.as_of else settled(now)
    read = reading(Scope(pipeline=pipeline, as_of=as_of, past=as_of < now))
    ask = Ask(
        target=target,
        measure="wins" if options.wins else "amount",
        currency=currency,
        first=first,
        last=options.last,
        chance=options.chance,
        suppose=WhatIf(options.conversion, options.amount, options.delay, options.arrivals),
        by_rep=_reps(pipeline, first, options),
    )
    found = told(read, planned(read, ask, zone=zone), zone)
    print(json.dumps(found, ensure_ascii=False, indent=1) if options.json else "\n".join(_lines(found)))
    return 0


def _reps(pipeline: Any, first: Any, options: argparse.Namespace) -> dict[int, int]:
    """The reps' own targets when the days asked are a month, quarter or fiscal year."""
    from piste.company.queries import company
    from piste.forecasting.queries.targets import of_reps
    from piste.foundations.calendar import Span, period

    settings = company()
    starts = settings.fiscal_year_month if settings else 1
    whole = next((one for one in (period(span, first, year_starts=starts) for span in Span) if one.last == options.last), None)
    if whole is None or whole.first != first:
        return {}
    return of_reps(pipeline, whole, measure="wins" if options.wins else "amount")


def _lines(found: dict[str, Any]) -> list[str]:
    plan = found["plan"]
    facts = {
        "pipeline": found["pipeline"]["name"],
        "target": found["target"],
        "unit": found["currency"] or gettext("sales"),
        "first": found["from"],
        "last": found["by"],
        "won": found["won"],
        "left": found["left"],
        "sales": found["measured_on"]["sales"],
    }
    said = gettext(
        "%(pipeline)s: %(target)s %(unit)s from %(first)s to %(last)s; %(won)s won, %(left)s left, %(sales)s past sales to count "
        "back with"
    )
    lines = [said % facts]
    if plan is None:
        return [*lines, gettext("Too few past sales to count back with.")]
    said = gettext("chance as things stand %(reach)s; %(wins)s more sales to be %(sure)s sure")
    heads = [gettext("needed"), gettext("open now"), gettext("to find"), gettext("in time"), gettext("median")]
    return [
        *lines,
        said % {"reach": percent(plan["reach"]), "wins": plan["wins"], "sure": percent(found["chance"])},
        "",
        f"{gettext('stage'):<24}" + "".join(f"{head:>10}" for head in heads),
        *(_line(stage) for stage in reversed(plan["stages"])),
    ]


def _line(stage: dict[str, Any]) -> str:
    needed, missing = ("–" if stage[name] is None else str(stage[name]) for name in ("needed", "missing"))
    median = "–" if stage["days"]["median"] is None else gettext("%(count)s d") % {"count": f"{stage['days']['median']:.0f}"}
    cells = [needed, str(stage["open"]), missing, percent(stage["in_time"], 1), median]
    late = "  " + gettext("too late") if stage["too_late"] else ""
    return f"{stage['name'][:23]:<24}" + "".join(f"{cell:>10}" for cell in cells) + late
