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
from piste.exchange.reading.headers import recognise
from piste.exchange.reading.mapping import LOOKED_AT, Mapping, complete
from piste.exchange.reading.rows import Reader, look
from piste.exchange.reading.sheets import Sheet, open_sheet
from piste.journal.operations import record

from .context import Context
from .deals import DealImport
from .moves import MoveImport
from .own_fields import knowing
from .people import Companies, Contacts, Members, Products
from .places import Places
from .records import CompanyImport, ContactImport, MemberImport, ProductImport
from .report import Report

BATCH = 1000
MONTH_FIRST = frozenset({"US"})
#: As many owners are asked about one by one.
ASKED = 60
KINDS = {kind.kind: kind for kind in (DealImport, MoveImport, CompanyImport, ContactImport, ProductImport, MemberImport)}
type Progress = Callable[[int], None]


def rehearse(
    *, path: Path, name: str, kind: str, mapping: Mapping, by: Member, at: datetime, progress: Progress | None = None
) -> Report:
    """What an import would do; writes nothing. Raises `BadMapping`, and `Unreadable` for a file that cannot be taken."""
    return _take(path, name, kind, mapping, by, at, run=None, progress=progress or _silent)


@transaction.atomic
def import_file(
    *, path: Path, name: str, kind: str, mapping: Mapping, by: Member, at: datetime, progress: Progress | None = None
) -> tuple[ImportRun, Report]:
    """Imports a file in one transaction: all its good rows or, when it breaks, none. Raises `BadMapping`, `Unreadable`."""
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
    sheet = open_sheet(path, mend=mapping.mend, tab=mapping.sheet, corrections=mapping.corrections)
    report.header = sheet.header
    mapping = knowing(mapping, sheet, kind)
    fields = complete(mapping, sheet, kind)
    _tell_columns(report, sheet, fields, mapping)
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
    found = look(sheet, fields, mapping, day_first=country not in MONTH_FIRST, comma=comma)
    report.notes += [(note.code, dict(note.facts)) for note in found.notes]
    report.questions += [(note.code, dict(note.facts)) for note in found.questions]
    rows = Reader(sheet, fields, found, zone=zone).rows()
    while batch := list(islice(rows, BATCH)):
        taker.take(batch)
        for row in batch:
            report.warn(row.warnings)
        context.flush()
        progress(report.read)
    taker.finish()
    context.flush()
    _tell(report, sheet, context)
    return report


def _tell_columns(report: Report, sheet: Sheet, fields: dict[int, str], mapping: Mapping) -> None:
    """Which column was taken for which field; what was left out without being told to is named, never dropped in silence."""
    told = {" ".join(header.split()).casefold() for header, name in mapping.columns.items() if name != "?"}
    left = []
    for column in recognise(sheet.header, report.kind, [cells for _line, cells in islice(sheet.rows(), LOOKED_AT)]):
        report.columns[column.header] = fields.get(column.place, "")
        if column.place in fields or not column.examples or " ".join(column.header.split()).casefold() in told:
            continue
        if column.reason == "differs":
            report.questions.append(("ask_column", {"column": column.header[:80]}))
        left.append(column.header[:80])
    if left:
        report.notes.append(("left_out", {"columns": ", ".join(left[:40])}))


def _tell(report: Report, sheet: Sheet, context: Context) -> None:
    """Adds what was noticed about the file, what came along, and what is to be asked."""
    for note in sheet.notes:
        report.notes.append((note.code, dict(note.facts)))
        if note.code == "mojibake":
            report.questions.append(("ask_mend", {}))
    if sheet.mended:
        report.notes.append(("mended", {}))
    context.places.ask(report)
    if context.members.made and report.kind != "members":
        report.also_made("members", context.members.made)
    unknown = context.members.unknown
    if unknown:
        names = ", ".join(sorted(unknown)[:8]) + (", …" if len(unknown) > 8 else "")
        facts = {"count": sum(unknown.values()), "names": names, "owner": context.by.name}
        report.notes.append(("owner_unknown", facts))
        common = sorted(unknown.items(), key=lambda pair: -pair[1])[:ASKED]
        report.questions += [("ask_owner", {"value": name, "count": count}) for name, count in common]
    report.close()
    if context.run is not None:
        for kind, made in context.came_along():
            context.did(0, "created", kind, made)
        context.flush()
