"""`piste verify`: prove on the live database what must always be true."""

from __future__ import annotations

import argparse
import json
import sys
from gettext import gettext, ngettext
from typing import TYPE_CHECKING, Any

from ._tongue import gettext_noop

if TYPE_CHECKING:
    from piste.exchange.models import Backup

HELP = gettext_noop("check every invariant on the live database and name the first broken row")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=gettext("print the result as JSON"))
    parser.add_argument("--pipeline", type=int, metavar="ID", help=gettext("check one pipeline alone"))


def run(options: argparse.Namespace) -> int:
    from django.db import DatabaseError
    from django.utils import timezone

    from piste.exchange.backup import last_made
    from piste.pipelines.models import Pipeline
    from piste.upkeep.queries import Check, checks

    results: list[Check] = []
    try:
        if options.pipeline is not None and not Pipeline.objects.filter(pk=options.pipeline).exists():
            known = ", ".join(f"{key} ({name})" for key, name in Pipeline.objects.values_list("pk", "name"))
            said = gettext("piste verify: there is no pipeline %(asked)s. There are: %(known)s.")
            print(said % {"asked": options.pipeline, "known": known or gettext("not one")}, file=sys.stderr)
            return 2
        for check in checks(pipeline_id=options.pipeline):
            results.append(check)
            if not options.json:
                told = "" if check.ok else f": {check.first_broken}"
                word = "ok" if check.ok else gettext("BROKEN")
                print(f"{word:<6}  {check.name} ({check.counted}){told}", flush=True)
        last = last_made() if options.pipeline is None else None
    except DatabaseError as problem:
        said = gettext("piste verify: the database cannot be read (%(problem)s). Nothing was changed.")
        print(said % {"problem": problem}, file=sys.stderr)
        return 1
    ok = all(check.ok for check in results)
    if options.json:
        rows = [
            {"name": check.name, "ok": check.ok, "counted": check.counted, "first_broken": check.first_broken or None}
            for check in results
        ]
        verdict = {"ok": ok, "checks": rows}
        if options.pipeline is None:
            verdict["last_backup"] = _facts(last) if last else None
        print(json.dumps(verdict, ensure_ascii=False, indent=1))
    elif options.pipeline is None:
        print(_told(last, days=(timezone.now() - last.at).days if last else 0))
    return 0 if ok else 1


def _facts(last: Backup) -> dict[str, Any]:
    return {"at": last.at.isoformat(), "place": last.place, "size": last.size, "files": last.file_count}


def _told(last: Backup | None, *, days: int) -> str:
    """When the last back-up was made, in a sentence: it is no fault of the data, so that it breaks no check."""
    if last is None:
        return gettext("No back-up is known of: piste backup FILE makes one.")
    ago = ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days} if days else gettext("within a day")
    said = gettext("Last back-up: %(at)s UTC, %(ago)s, %(place)s (%(size).1f MB).")
    return said % {"at": f"{last.at:%Y-%m-%d %H:%M}", "ago": ago, "place": last.place, "size": last.size / 1e6}
