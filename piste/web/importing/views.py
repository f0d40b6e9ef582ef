"""The steps of an import. A rehearsal writes nothing; long files go to the background worker."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.exchange.importing.drafting import likely_kind
from piste.exchange.importing.pending import (
    TooLarge,
    carry_out,
    discard,
    has_file,
    is_long,
    keep,
    path_of,
    progress,
    refused_rows,
    try_later,
    try_out,
)
from piste.exchange.importing.report import said_again
from piste.exchange.importing.sentences import along, say
from piste.exchange.importing.undoing import AlreadyUndone, undo_import
from piste.exchange.models import ImportKind, PendingImport, SavedMapping
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.mapping import BadMapping, Mapping, from_json
from piste.exchange.reading.sheets import open_sheet
from piste.exchange.tasks import carry_out_import, try_out_import
from piste.foundations.numbers import row_number
from piste.pipelines.models import Pipeline
from piste.pipelines.queries import stages_in_use
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.answering import go as lead

from . import columns, repairs

#: Earlier imports that stand on one page.
RUNS = 50
BACKGROUND = 1500


@manager_view
@require_http_methods(["GET", "POST"])
def start(request: MemberRequest) -> HttpResponse:
    """First step: which file, and what is in it; below, what was imported before."""
    problem = ""
    if request.method == "POST":
        answer = _taken(request)
        if not isinstance(answer, str):
            return answer
        problem = answer
    runs = Paginator(access.import_runs(request).select_related("by").order_by("-pk"), RUNS).get_page(request.GET.get("page"))
    context = {"kinds": _kinds(request), "kind": request.POST.get("kind", ""), "problem": problem, "runs": runs}
    context |= {"section": "settings", "place": "imports"}
    return render(request, "importing/start.html", context, status=422 if problem else 200)


def _kinds(request: MemberRequest) -> list[tuple[str, str]]:
    """What this member may import: members are made by administrators."""
    return [(value, str(label)) for value, label in ImportKind.choices if value != "members" or request.user.is_admin]


def _taken(request: MemberRequest) -> HttpResponse | str:
    """Keeps the file given and goes on to its columns; else why not."""
    upload, kind = request.FILES.get("file"), request.POST.get("kind", "")
    if upload is None or (kind and kind not in dict(_kinds(request))):
        return _("Choose a file, and say what is in it.")
    try:
        pending = keep(name=upload.name or "", content=upload.chunks(), kind=kind, by=request.user, at=request.now)
    except TooLarge:
        return _("The file is too large to be read safely. Split it.")
    try:
        if not kind:
            pending.kind = likely_kind(path_of(pending))
            if pending.kind not in dict(_kinds(request)):
                discard(pending=pending)
                return _("The columns do not tell what is in this file: say it.")
            pending.save(update_fields=["kind"])
        open_sheet(path_of(pending))
    except Unreadable as problem:
        discard(pending=pending)
        return say(problem.code, dict(problem.facts))
    return redirect("import_mapping", pending.pk)


@manager_view
@require_http_methods(["GET", "POST"])
def mapping(request: MemberRequest, key: int) -> HttpResponse:
    """Second step: which column is which field, which value is which stage."""
    pending = access.pending_import(request, key)
    if pending.state not in ("mapping", "failed"):
        return redirect("import_done", key)
    if not has_file(pending):
        return _gone(request, pending)
    told = _told(request, pending)
    error = ""
    if request.method == "POST":
        try:
            page = _rehearse(request, pending, told)
        except (BadMapping, Unreadable) as problem:
            error = say(problem.code, problem.facts)
        else:
            if request.POST.get("save_as", "").strip():
                _save(request, pending, request.POST["save_as"].strip()[:80])
            return redirect(page, key)
    sheet = open_sheet(path_of(pending), mend=told.mend, tab=told.sheet)
    context = columns.context(request, pending, sheet, told) | {"error": error, "section": "settings", "place": "imports"}
    return render(request, "importing/mapping.html", context, status=422 if error else 200)


def _gone(request: MemberRequest, pending: PendingImport) -> HttpResponse:
    """Back to the choice of a file: the one that was given is no longer here."""
    discard(pending=pending)
    messages.error(request, say("gone", {}))
    return redirect("import")


def _rehearse(request: MemberRequest, pending: PendingImport, told: Mapping) -> str:
    """Rehearses at once or, for a long file, in the background; the name of the page to go on to.

    Raises `BadMapping`, `Unreadable`.
    """
    if not is_long(pending):
        try_out(pending=pending, mapping=told, by=request.user, at=request.now)
        return "import_check"
    try_later(pending=pending, mapping=told)
    try_out_import.enqueue(pending.pk)
    return "import_done"


def _save(request: MemberRequest, pending: PendingImport, name: str) -> None:
    """Keeps a mapping for other files: without the cells of this one."""
    kept = {**pending.mapping, "corrections": {}}
    SavedMapping.objects.update_or_create(
        name=name, defaults={"kind": pending.kind, "mapping": kept, "by": request.user, "at": request.now}
    )


def _told(request: MemberRequest, pending: PendingImport) -> Mapping:
    """The mapping as the form says it, else a saved one, else what was said before."""
    before = from_json(pending.mapping) if pending.mapping else Mapping()
    if request.method == "POST":
        return columns.told(request.POST, before, may_join=request.user.is_admin)
    if (saved := row_number(request.GET.get("saved", ""))) is not None:
        return from_json(get_object_or_404(SavedMapping, pk=saved, kind=pending.kind).mapping)
    return before


@manager_view
@require_http_methods(["GET", "POST"])
def check(request: MemberRequest, key: int) -> HttpResponse:
    """Third step: what would happen, with the cells to put right in place; nothing is written."""
    pending = access.pending_import(request, key)
    if pending.state != "mapping":
        return redirect("import_done", key)
    if not pending.report or not has_file(pending):
        return redirect("import_mapping", key)
    if request.method == "POST":
        return redirect(_rehearse(request, pending, repairs.repaired(pending, request.POST)), key)
    report = repairs.report_of(pending)
    errors, warnings = repairs.errors(report), repairs.warnings(report)
    show = "warnings" if warnings and (request.GET.get("show") == "warnings" or not errors) else "errors"
    context = {
        "pending": pending,
        "report": report,
        "healthy": report["created"] + report["updated"],
        "errors": errors,
        "warnings": warnings,
        "show": show,
        "shares": list(repairs.shares(report)),
        "taken": _count_taken(report),
        "along": along(report.get("also_created", {})),
        "stages": _stages(pending),
        "section": "settings",
        "place": "imports",
    }
    return render(request, "importing/check.html", context)


def _count_taken(report: dict[str, Any]) -> int:
    return sum(1 for field in report.get("columns", {}).values() if field)


def _stages(pending: PendingImport) -> list[str]:
    """The names of the stages that an unknown value may mean."""
    found = Pipeline.objects.in_use()
    told = pending.mapping.get("pipeline", "")
    pipeline = (found.filter(name__iexact=told).first() if told else None) or found.order_by("position", "pk").first()
    return [stage.name for stage in stages_in_use(pipeline.pk)] if pipeline else []


@manager_view
@require_POST
def go(request: MemberRequest, key: int) -> HttpResponse:
    """Fourth step: the import itself; a long one goes on while one does something else."""
    pending = access.pending_import(request, key)
    if pending.state == "mapping" and not has_file(pending):
        return _gone(request, pending)
    if pending.state == "mapping":
        if pending.report.get("read", 0) > BACKGROUND:
            pending.state = "waiting"
            pending.save(update_fields=["state"])
            carry_out_import.enqueue(pending.pk)
        else:
            carry_out(pending=pending, at=request.now)
    return redirect("import_done", key)


@manager_view
def done(request: MemberRequest, key: int) -> HttpResponse:
    """How far it is, then what came out, with its undoing."""
    pending = access.pending_import(request, key)
    if pending.state == "mapping":
        return lead(request, "import_check", key)
    run = pending.run
    context = {
        "pending": pending,
        "run": run,
        "report": said_again(run.report) if run else said_again(pending.report) if pending.report else {},
        "along": along(run.report.get("also_created", {})) if run else [],
        "rows": progress(pending),
        "page_step": 3 if pending.state == "trying" else 4,
        "total": pending.report.get("read", 0),
        "taken": _count_taken(pending.report),
        "section": "settings",
        "place": "imports",
    }
    return render(request, "importing/done.html", context)


@manager_view
def refused(request: MemberRequest, key: int) -> HttpResponse:
    """The refused rows of a file on its way, or just imported."""
    pending = access.pending_import(request, key)
    return _table(pending.run.report if pending.run else pending.report)


@manager_view
def run_refused(request: MemberRequest, key: int) -> HttpResponse:
    """The refused rows of an import of the past."""
    return _table(access.import_run(request, key).report)


def _table(report: dict[str, object]) -> HttpResponse:
    """Refused rows as a file, with their reasons in the language of who asks."""
    out = io.StringIO()
    csv.writer(out).writerows(refused_rows(said_again(report) if report else {}))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="refused.csv"'
    return response


@manager_view
@require_POST
def undo(request: MemberRequest, key: int) -> HttpResponse:
    """Takes an import back whole."""
    run = access.import_run(request, key)
    try:
        counts = undo_import(run=run, by=request.user, at=request.now)
        said = _("The import of %(file)s is undone: %(discarded)d taken away, %(set_back)d set back.")
        messages.success(request, said % {"file": run.file_name, **counts})
    except AlreadyUndone:
        messages.error(request, _("This import was undone before."))
    return redirect("import")
