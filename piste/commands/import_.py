"""`piste import FILE… --as KIND`: bring in what another program exported."""

from __future__ import annotations

import argparse
import json
import sys
from gettext import gettext, ngettext
from pathlib import Path
from typing import Any

from ._tongue import gettext_noop

HELP = gettext_noop("import deals, stage histories, contacts, companies, products or members from CSV or XLSX files")
KINDS = ("deals", "moves", "contacts", "companies", "products", "members")
EPILOG = gettext_noop(
    """\
Without --as each file is taken for what its columns look like, and files that others point at come first.
Ends with 0 when the files were taken (rows refused are in the report), 1 when rows were read and all were refused,
2 when a file or the mapping could not be used; nothing of that file is written then."""
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog, parser.formatter_class = gettext(EPILOG), argparse.RawDescriptionHelpFormatter
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="kind", choices=KINDS, help=gettext("what the files hold (by their columns when left out)"))
    parser.add_argument("--map", dest="mapping", type=Path, help=gettext("how to read the file (docs/howto/import-map.md)"))
    parser.add_argument("--write-map", type=Path, metavar="MAP", help=gettext("write a mapping to fill in, and import nothing"))
    parser.add_argument("--dry-run", action="store_true", help=gettext("say what would happen and write nothing"))
    parser.add_argument("--by", help=gettext("e-mail of the member who imports (the first admin by default)"))
    parser.add_argument("--json", action="store_true", help=gettext("print the reports as JSON"))


def run(options: argparse.Namespace) -> int:
    from django.core.management import call_command

    from piste.company.models import Member

    call_command("migrate", verbosity=0, interactive=False)
    by = _member(options.by, Member)
    reports = []
    for path, kind in _ordered(options):
        reports.append(_take(path, kind, by, options))
        if not options.json:
            _print(reports[-1])
    if options.json:
        print(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False, indent=1))
    if any(told["error"] for told in reports):
        return 2
    return int(any(told["read"] and told["refused"] == told["read"] for told in reports))


def _ordered(options: argparse.Namespace) -> list[tuple[Path, str]]:
    """The files with their kinds, in the order in which they are imported."""
    from piste.exchange.importing.drafting import ORDER, likely_kind
    from piste.exchange.reading.findings import Unreadable

    if options.kind:
        return [(path, options.kind) for path in options.files]
    found = []
    for path in options.files:
        try:
            kind = likely_kind(path) if path.is_file() else ""
        except (Unreadable, OSError):
            kind = ""
        found.append((path, kind))
    return sorted(found, key=lambda pair: ORDER.index(pair[1]) if pair[1] else -1)


def _take(path: Path, kind: str, by: Any, options: argparse.Namespace) -> dict[str, Any]:
    """Imports or rehearses one file; the report as JSON, also when nothing could be taken."""
    from django.utils import timezone

    from piste.exchange.importing.drafting import draft
    from piste.exchange.importing.report import refusal
    from piste.exchange.importing.run import import_file, rehearse
    from piste.exchange.reading.findings import Unreadable
    from piste.exchange.reading.mapping import BadMapping, Mapping, from_file, to_file

    dry = options.dry_run or options.write_map is not None
    ends = {"run": None, "dry_run": dry}
    mapping, questions = Mapping(), []
    try:
        if not path.is_file():
            raise BadMapping("file_missing", file=str(path))
        mapping = from_file(options.mapping) if options.mapping else mapping
        if not kind:
            raise BadMapping("kind_unknown", file=path.name, kinds=", ".join(KINDS))
        facts: dict[str, Any] = {"path": path, "name": path.name, "kind": kind, "mapping": mapping, "by": by}
        if dry:
            told = rehearse(**facts, at=timezone.now()).as_json()
            questions = told["questions"]
        else:
            done, report = import_file(**facts, at=timezone.now(), progress=None if options.json else _show)
            told, ends["run"] = report.as_json(), done.pk
    except (BadMapping, Unreadable) as problem:
        told = refusal(kind, path.name, problem.code, dict(problem.facts))
    except OSError as problem:
        told = refusal(kind, path.name, "file_closed", {"file": str(path), "why": problem.strerror or ""})
    if options.write_map is not None and (not told["error"] or told["error"]["code"].startswith("mapping_")):
        to_file(draft(path=path, kind=kind, mapping=mapping, questions=questions), options.write_map)
        ends["map"] = str(options.write_map)
    return told | ends


def _member(email: str | None, model: Any) -> Any:
    """Who imports: as told, else the first admin; made when there is nobody yet."""
    from django.utils import timezone

    from piste.company.models import Settings
    from piste.company.operations import join, set_up

    if email:
        found = model.objects.active().filter(email__iexact=email).first()
        if found is None:
            raise SystemExit(gettext("piste import: no active member has the address %(email)s.") % {"email": email})
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
        print("\r" + gettext("%(count)s rows") % {"count": count}, end="\r", file=sys.stderr)


def _print(told: dict[str, Any]) -> None:
    if told["error"]:
        print(f"{told['file']}: {told['error']['message']}", file=sys.stderr)
    else:
        _print_counts(told)
    for note in told["notes"]:
        print(f"  {note['message']}")
    for question in told["questions"]:
        answer = json.dumps(question["answer"], ensure_ascii=False)[1:-1]
        print(f"  ? {question['message']} " + gettext("In the mapping: %(answer)s") % {"answer": answer})
    for problem in told["problems"][:20]:
        print("  " + gettext("line %(line)s: %(message)s") % problem)
    if len(told["problems"]) > 20:
        print("  " + gettext("… and %(count)s more lines; --json shows all.") % {"count": len(told["problems"]) - 20})
    if told.get("map"):
        print("  " + gettext("Fill in the “?” of %(map)s, then: piste import %(file)s --as %(kind)s --map %(map)s") % told)
    if told["run"]:
        print("  " + gettext("Undo with: piste undo-import %(run)s") % told)


def _print_counts(told: dict[str, Any]) -> None:
    from piste.exchange.importing.sentences import along

    read = ngettext("%(read)s row read", "%(read)s rows read", told["read"]) % told
    if told["dry_run"]:
        said = gettext("%(created)s would be created, %(updated)s updated, %(skipped)s skipped, %(refused)s refused.")
    else:
        said = gettext("%(created)s were created, %(updated)s updated, %(skipped)s skipped, %(refused)s refused.")
    print(gettext("%(file)s (%(kind)s): %(read)s; %(done)s") % {**told, "read": read, "done": said % told})
    if made := ", ".join(along(told["also_created"])):
        print("  " + gettext("Along with them: %(along)s.") % {"along": made})
    columns = ", ".join(f"{header} → {field}" for header, field in told["columns"].items() if field)
    if columns:
        print("  " + gettext("Columns: %(columns)s.") % {"columns": columns})
