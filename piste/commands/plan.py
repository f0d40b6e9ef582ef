"""`piste plan`: what it takes to reach a target, for people and for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from .figures import day

HELP = "count back from a target to the deals each stage must hold"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pipeline", metavar="PIPELINE", help="its name or its number")
    parser.add_argument("--target", metavar="AMOUNT", type=number, required=True, help="in the company's currency, like 320000")
    parser.add_argument("--by", dest="last", metavar="DAY", type=day, required=True, help="to be won by the end of that day")
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, help="count sales from that day on; default its quarter")
    parser.add_argument("--wins", action="store_true", help="the target is a number of sales")
    parser.add_argument("--chance", metavar="SHARE", type=share, default=0.8, help="how sure to be; default 0.8")
    parser.add_argument("--as-of", metavar="DAY", type=day, help="as it stood at the end of that day; default now")
    for name, what in (("conversion", "rate"), ("amount", "amount"), ("delay", "delay"), ("arrivals", "number of new prospects")):
        parser.add_argument(f"--{name}", metavar="TIMES", type=factor, default=1.0, help=f"suppose each {what} times so much")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 < found <= 10**12:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount like 320000")
    return found


def share(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.5 <= found <= 0.99:
        raise argparse.ArgumentTypeError(f"{text!r} is not a chance between 0.5 and 0.99")
    return found


def factor(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0.1 <= found <= 10:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number between 0.1 and 10")
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
        print("piste plan: the period ends before it begins.", file=sys.stderr)
        return 2
    try:
        target = int(options.target) if options.wins else to_minor(options.target, currency)
    except BadAmount:
        print(f"piste plan: {options.target} has more decimals than {currency}.", file=sys.stderr)
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
    money = f" {found['currency']}" if found["currency"] else " sales"
    plan = found["plan"]
    period = f"from {found['from']} to {found['by']}"
    won = f"{found['won']} won, {found['left']} left, {found['measured_on']['sales']} past sales to count back with"
    lines = [f"{found['pipeline']['name']}: {found['target']}{money} {period}; {won}"]
    if plan is None:
        return [*lines, "Too few past sales to count back with."]
    lines += [
        f"chance as things stand {plan['reach']:.0%}; {plan['wins']} more sales to be {found['chance']:.0%} sure",
        "",
        f"{'stage':<24}{'needed':>8}{'open':>8}{'missing':>9}{'in time':>9}{'median':>9}",
    ]
    for stage in reversed(plan["stages"]):
        number = {name: "–" if stage[name] is None else str(stage[name]) for name in ("needed", "missing")}
        median = "–" if stage["days"]["median"] is None else f"{stage['days']['median']:.0f} d"
        late = "  too late" if stage["too_late"] else ""
        lines.append(
            f"{stage['name'][:23]:<24}{number['needed']:>8}{stage['open']:>8}{number['missing']:>9}"
            f"{stage['in_time']:>9.1%}{median:>9}{late}"
        )
    return lines
