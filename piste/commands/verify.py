"""`piste verify`: prove on the live database what must always be true."""

from __future__ import annotations

import argparse
import json

HELP = "check every invariant on the live database and name the first broken row"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    from piste.upkeep.queries import checks

    results = []
    for check in checks():
        results.append(check)
        if not options.json:
            told = "" if check.ok else f": {check.first_broken}"
            print(f"{'ok    ' if check.ok else 'BROKEN'}  {check.name} ({check.counted}){told}", flush=True)
    ok = all(check.ok for check in results)
    if options.json:
        rows = [
            {"name": check.name, "ok": check.ok, "counted": check.counted, "first_broken": check.first_broken or None}
            for check in results
        ]
        print(json.dumps({"ok": ok, "checks": rows}, ensure_ascii=False, indent=1))
    return 0 if ok else 1
