"""`piste import FILE… --as KIND`: bring in what another program exported."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

HELP = "import deals, stage histories, contacts, companies or products from CSV or XLSX files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="kind", required=True, choices=("deals", "moves", "contacts", "companies", "products"))
    parser.add_argument("--map", dest="mapping", type=Path, help="how to read the file (docs/howto/import-map.md)")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
    parser.add_argument("--by", help="e-mail of the member who imports (the first admin by default)")
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command
    from django.utils import timezone

    from piste.company.models import Member
    from piste.exchange.importing.report import say
    from piste.exchange.importing.run import import_file, rehearse
    from piste.exchange.reading.mapping import BadMapping, Mapping, from_file

    call_command("migrate", verbosity=0, interactive=False)
    by = _member(options.by, Member)
    code, reports = 0, []
    for path in options.files:
        try:
            mapping = from_file(options.mapping) if options.mapping else Mapping()
            facts: dict[str, Any] = {"path": path, "name": path.name, "kind": options.kind, "mapping": mapping, "by": by}
            if not path.is_file():
                raise BadMapping("file_missing", file=str(path))
            if options.dry_run:
                told = rehearse(**facts, at=timezone.now()).as_json() | {"run": None, "dry_run": True}
            else:
                done, report = import_file(**facts, at=timezone.now(), progress=None if options.json else _show)
                told = report.as_json() | {"run": done.pk, "dry_run": False}
        except BadMapping as problem:
            told = {"file": path.name, "error": say(problem.code, problem.facts), "run": None, "dry_run": options.dry_run}
            code = 2
        reports.append(told)
        if not options.json:
            _print(told)
    if options.json:
        print(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False, indent=1))
    return code


def _member(email: str | None, model: Any) -> Any:
    """Who imports: as told, else the first admin; made when there is nobody yet."""
    from django.utils import timezone

    from piste.company.models import Settings
    from piste.company.operations import join, set_up

    if email:
        found = model.objects.active().filter(email__iexact=email).first()
        if found is None:
            raise SystemExit(f"piste import: no active member has the address {email}.")
        return found
    found = model.objects.admins().order_by("pk").first()
    if found is not None:
        return found
    now = timezone.now()
    if not Settings.objects.exists():
        set_up(name="Piste", language="en", currency="EUR", country="FR", time_zone="Europe/Paris", at=now)
    return join(
        email="admin@piste.invalid", name="Admin", password=None, role="admin", sees="all", team=None, language="en", at=now
    )


def _show(count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{count} rows", end="", file=sys.stderr)


def _print(told: dict[str, Any]) -> None:
    if "error" in told:
        print(f"{told['file']}: {told['error']}", file=sys.stderr)
        return
    verb = "would be" if told["dry_run"] else "were"
    print(
        f"{told['file']}: {told['read']} rows read; {told['created']} {verb} created, {told['updated']} updated, "
        f"{told['skipped']} skipped, {told['refused']} refused."
    )
    for note in told["notes"] + told["questions"]:
        print(f"  {note['message']}")
    for problem in told["problems"][:20]:
        print(f"  line {problem['line']}: {problem['message']}")
    if len(told["problems"]) > 20:
        print(f"  … and {len(told['problems']) - 20} more lines; --json shows all.")
    if told["run"]:
        print(f"  Undo with: piste undo-import {told['run']}")
