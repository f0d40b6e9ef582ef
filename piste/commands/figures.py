"""`piste figures`: the figures of a pipeline's stages, for people and for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime, time, timedelta
from gettext import gettext
from typing import TYPE_CHECKING, Any

from ._tongue import gettext_noop

if TYPE_CHECKING:
    from piste.pipelines.models import Pipeline

HELP = gettext_noop("print the figures of a pipeline's stages")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pipeline", metavar="PIPELINE", help=gettext("its name or its number"))
    parser.add_argument(
        "--as-of", metavar="DAY", type=day, help=gettext("as it stood at the end of that day (2026-03-31); default now")
    )
    parser.add_argument("--from", dest="first", metavar="DAY", type=day, help=gettext("count what began on that day or later"))
    parser.add_argument("--to", dest="last", metavar="DAY", type=day, help=gettext("count what began on that day or before"))
    parser.add_argument("--json", action="store_true", help=gettext("print everything as JSON"))


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(gettext("%(text)s is not a day like 2026-03-31") % {"text": repr(text)}) from None
    # At the ends of the calendar a time zone leads out of it.
    if not 1900 <= found.year <= 2999:
        raise argparse.ArgumentTypeError(gettext("%(text)s is not a day between 1900 and 2999") % {"text": text})
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
        print("piste figures: " + gettext("the period ends before it begins."), file=sys.stderr)
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
        said = gettext("piste %(command)s: there is no pipeline %(asked)s. There are: %(known)s.")
        print(said % {"command": command, "asked": repr(words), "known": known or gettext("not one")}, file=sys.stderr)
    return found


def _lines(found: dict[str, Any]) -> list[str]:
    facts = {"pipeline": found["pipeline"]["name"], "as_of": found["as_of"], **found["deals"]}
    counted = gettext(
        "%(pipeline)s, as of %(as_of)s: %(created)s created, %(won)s won, %(lost)s lost, %(open)s open, %(held)s held, "
        "%(left)s left"
    )
    lines = [counted % facts, "", _head()]
    for stage in found["stages"]:
        rates, days = stage["conversion"], stage["days"]
        interval = f"{_rate(rates['low'])}–{_rate(rates['high'])}" if rates["low"] is not None else "–"
        lines.append(
            f"{stage['name'][:23]:<24}{stage['entered']:>9}{stage['advanced']:>10}{_rate(rates['plain']):>9}"
            f"{_rate(rates['estimate']):>10}  {interval:<16}{_days(days['median']):>8}{_days(days['p90']):>8}"
            f"{stage['skipped']:>9}{stage['returned']:>9}"
        )
    return lines


def _head() -> str:
    left = (
        f"{gettext('stage'):<24}{gettext('entered'):>9}{gettext('advanced'):>10}{gettext('of all'):>9}{gettext('estimate'):>10}"
    )
    right = f"{gettext('median'):>8}{percent(0.9):>8}{gettext('skipped'):>9}{gettext('returned'):>9}"
    return f"{left}  {percent(0.95):<16}{right}"


def percent(value: float, places: int = 0) -> str:
    """A share as the language writes it."""
    from django.utils.translation import get_language

    from piste.foundations import typography

    return typography.percent(value, get_language() or "en", places=places)


def _rate(value: float | None) -> str:
    return "–" if value is None else percent(value, 1)


def _days(value: float | None) -> str:
    from django.utils.translation import get_language

    from piste.foundations import typography

    if value is None:
        return "–"
    return gettext("%(count)s d") % {"count": typography.number(value, get_language() or "en", places=1)}
