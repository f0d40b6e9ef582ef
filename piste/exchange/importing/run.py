"""One import from file to report: rehearsed or done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from piste.company.models import Member, Settings
from piste.exchange.models import ImportRun
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.mapping import Mapping, complete
from piste.exchange.reading.rows import Reader, look
from piste.exchange.reading.sheets import Sheet, open_sheet
from piste.journal.operations import record

from .context import Context
from .deals import DealImport
from .moves import MoveImport
from .people import Companies, Contacts, Members, Products
from .places import Places
from .records import CompanyImport, ContactImport, ProductImport
from .report import Report

BATCH = 1000
MONTH_FIRST = frozenset({"US"})
KINDS = {kind.kind: kind for kind in (DealImport, MoveImport, CompanyImport, ContactImport, ProductImport)}
type Progress = Callable[[int], None]


def rehearse(*, path: Path, name: str, kind: str, mapping: Mapping, by: Member, at: datetime) -> Report:
    """What an import would do; writes nothing. Raises `BadMapping`; a file that cannot be read is told in the report."""
    return _take(path, name, kind, mapping, by, at, run=None, progress=_silent)


@transaction.atomic
def import_file(
    *, path: Path, name: str, kind: str, mapping: Mapping, by: Member, at: datetime, progress: Progress | None = None
) -> tuple[ImportRun, Report]:
    """Imports a file in one transaction: all its good rows or, when it breaks, none. Raises `BadMapping`."""
    run = ImportRun.objects.create(kind=kind, file_name=name[:240], mapping=mapping.as_json(), by=by, at=at)
    report = _take(path, name, kind, mapping, by, at, run=run, progress=progress or _silent)
    run.report = report.as_json()
    run.save(update_fields=["report"])
    record(
        verb="import.done",
        subject_kind="import",
        subject_id=run.pk,
        actor_id=by.pk,
        at=at,
        cause="import",
        data={"kind": kind, "file": name, "created": report.created, "updated": report.updated, "refused": report.refused},
    )
    return run, report


def _silent(_count: int) -> None:
    """No progress is shown."""


def _take(
    path: Path, name: str, kind: str, mapping: Mapping, by: Member, at: datetime, *, run: ImportRun | None, progress: Progress
) -> Report:
    report = Report(kind, name)
    try:
        sheet = open_sheet(path, mend=mapping.mend, tab=mapping.sheet)
    except Unreadable as problem:
        report.notes.append((problem.code, dict(problem.facts)))
        return report
    report.header = sheet.header
    fields = complete(mapping, sheet, kind)
    settings = Settings.objects.filter(pk=1).first()
    zone = ZoneInfo(settings.time_zone if settings else "Europe/Paris")
    country = settings.country if settings else "FR"
    dry = run is None
    context = Context(
        mapping=mapping,
        fields=fields,
        by=by,
        at=at,
        zone=zone,
        currency=(mapping.currency or (settings.currency if settings else "EUR")).upper(),
        report=report,
        places=Places(mapping, by=by, at=at, dry=dry),
        companies=Companies(by=by, at=at, dry=dry),
        contacts=Contacts(by=by, at=at, dry=dry),
        members=Members(fallback=by, told=mapping.members, make=mapping.make_members, at=at, dry=dry),
        products=Products(by=by, at=at, dry=dry, currency=settings.currency if settings else "EUR"),
        run=run,
    )
    comma = sheet.delimiter == ";" or (country not in ("US", "GB", "IE") and sheet.delimiter != ",")
    taker = KINDS[kind](context)
    try:
        found = look(sheet, fields, mapping, day_first=country not in MONTH_FIRST, comma=comma)
        report.notes += [(note.code, dict(note.facts)) for note in found.notes]
        report.questions += [(note.code, dict(note.facts)) for note in found.questions]
        rows = Reader(sheet, fields, found, zone=zone).rows()
        while batch := list(islice(rows, BATCH)):
            taker.take(batch)
            report.warnings += [warning for row in batch for warning in row.warnings]
            context.flush()
            progress(report.read)
        taker.finish()
        context.flush()
    except Unreadable as problem:
        report.notes.append((problem.code, dict(problem.facts)))
    _tell(report, sheet, context)
    return report


def _tell(report: Report, sheet: Sheet, context: Context) -> None:
    """Adds what was noticed about the file, what came along, and what is to be asked."""
    for note in sheet.notes:
        report.notes.append((note.code, dict(note.facts)))
        if note.code == "mojibake":
            report.questions.append(("ask_mend", {}))
    if sheet.mended:
        report.notes.append(("mended", {}))
    context.places.ask(report)
    if context.members.made:
        report.also_made("members", context.members.made)
    unknown = context.members.unknown
    if unknown:
        names = ", ".join(sorted(unknown)[:8])
        facts = {"count": sum(unknown.values()), "names": names, "owner": context.by.name}
        report.notes.append(("owner_unknown", facts))
    if context.run is not None:
        for company in context.companies.made:
            context.did(0, "created", "company", company.pk)
        for contact in context.contacts.made:
            context.did(0, "created", "contact", contact.pk)
        context.flush()
