"""The steps of an import. A rehearsal writes nothing; long files go to the background worker."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from piste.exchange.importing.pending import TooLarge, carry_out, keep, path_of, progress, refused_rows, try_out
from piste.exchange.importing.sentences import say
from piste.exchange.importing.undoing import AlreadyUndone, undo_import
from piste.exchange.models import ImportKind, PendingImport, SavedMapping
from piste.exchange.reading.findings import Unreadable
from piste.exchange.reading.headers import KINDS, recognise
from piste.exchange.reading.mapping import BadMapping, Mapping, from_json
from piste.exchange.reading.sheets import Sheet, open_sheet
from piste.exchange.tasks import carry_out_import
from piste.pipelines.models import Pipeline, Stage
from piste.web import access
from piste.web.access import MemberRequest, manager_view

BACKGROUND = 1500
FIELDS = {
    "external_id": gettext_lazy("Reference in the old tool"),
    "title": gettext_lazy("Deal: title"),
    "company": gettext_lazy("Company: name"),
    "contact": gettext_lazy("Contact: name"),
    "contact_first_name": gettext_lazy("Contact: first name"),
    "contact_last_name": gettext_lazy("Contact: last name"),
    "email": gettext_lazy("Contact: e-mail"),
    "phone": gettext_lazy("Contact: phone"),
    "amount": gettext_lazy("Deal: amount"),
    "currency": gettext_lazy("Deal: currency"),
    "pipeline": gettext_lazy("Deal: pipeline"),
    "stage": gettext_lazy("Deal: stage"),
    "status": gettext_lazy("Deal: state"),
    "is_won": gettext_lazy("Deal: won, yes or no"),
    "owner": gettext_lazy("Deal: owner"),
    "created_at": gettext_lazy("Deal: created on"),
    "expected_close_on": gettext_lazy("Deal: expected close"),
    "close_date": gettext_lazy("Deal: close date, expected or real"),
    "closed_at": gettext_lazy("Deal: closed on"),
    "won_at": gettext_lazy("Deal: won on"),
    "lost_at": gettext_lazy("Deal: lost on"),
    "lost_reason": gettext_lazy("Deal: loss reason"),
    "source": gettext_lazy("Deal: source"),
    "campaign": gettext_lazy("Deal: campaign"),
    "product": gettext_lazy("Deal: product"),
    "tags": gettext_lazy("Deal: tags"),
    "note": gettext_lazy("Deal: note"),
    "probability": gettext_lazy("Probability (read, not kept)"),
    "team": gettext_lazy("Team"),
    "postcode": gettext_lazy("Company: postcode"),
    "city": gettext_lazy("Company: city"),
    "sector": gettext_lazy("Company: sector"),
    "name": gettext_lazy("Name"),
    "website": gettext_lazy("Web site"),
    "employees": gettext_lazy("Employees"),
    "address": gettext_lazy("Address"),
    "country": gettext_lazy("Country"),
    "parent": gettext_lazy("Parent company"),
    "registration_number": gettext_lazy("Registration number"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "job_title": gettext_lazy("Job title"),
    "company_id": gettext_lazy("Company: reference in the old tool"),
    "from_stage": gettext_lazy("Stage before"),
    "at": gettext_lazy("Moment of the move"),
    "by": gettext_lazy("Who moved it"),
    "why": gettext_lazy("Why"),
    "code": gettext_lazy("Code"),
    "price": gettext_lazy("Price"),
}


@manager_view
@require_http_methods(["GET", "POST"])
def start(request: MemberRequest) -> HttpResponse:
    """First step: which file, and what is in it; below, what was imported before."""
    status = 200
    if request.method == "POST":
        upload, kind = request.FILES.get("file"), request.POST.get("kind", "")
        if upload is None or kind not in ImportKind.values:
            messages.error(request, _("Choose a file, and say what is in it."))
            status = 422
        else:
            try:
                pending = keep(name=upload.name or "", content=upload.chunks(), kind=kind, by=request.user, at=request.now)
                open_sheet(path_of(pending))
                return redirect("import_mapping", pending.pk)
            except TooLarge:
                messages.error(request, _("The file is too large to be read safely. Split it."))
            except Unreadable as problem:
                messages.error(request, say(problem.code, dict(problem.facts)))
            status = 422
    runs = access.import_runs(request).select_related("by").order_by("-pk")[:50]
    context = {"kinds": ImportKind.choices, "runs": runs, "section": "contacts"}
    return render(request, "importing/start.html", context, status=status)


@manager_view
@require_http_methods(["GET", "POST"])
def mapping(request: MemberRequest, key: int) -> HttpResponse:
    """Second step: which column is which field, which value is which stage."""
    pending = access.pending_import(request, key)
    if pending.state != "mapping":
        return redirect("import_done", key)
    sheet = open_sheet(path_of(pending))
    told = _told(request, pending)
    error = ""
    if request.method == "POST":
        try:
            try_out(pending=pending, mapping=told, by=request.user, at=request.now)
        except BadMapping as problem:
            error = say(problem.code, problem.facts)
        else:
            if request.POST.get("save_as", "").strip():
                _save(request, pending, request.POST["save_as"].strip()[:80])
            return redirect("import_check", key)
    context = _mapping_context(pending, sheet, told) | {"error": error, "section": "contacts"}
    return render(request, "importing/mapping.html", context, status=422 if error else 200)


def _save(request: MemberRequest, pending: PendingImport, name: str) -> None:
    kept = {key: value for key, value in pending.mapping.items() if key != "columns"} | {"columns": pending.mapping["columns"]}
    SavedMapping.objects.update_or_create(
        name=name, defaults={"kind": pending.kind, "mapping": kept, "by": request.user, "at": request.now}
    )


def _told(request: MemberRequest, pending: PendingImport) -> Mapping:
    """The mapping as the form says it, else a saved one, else what was said before."""
    if request.method == "POST":
        data = request.POST
        columns = {key.removeprefix("column:"): str(value) for key, value in data.items() if key.startswith("column:")}
        for header, value in list(columns.items()):
            if value == "custom":
                columns[header] = f"custom:{header}"
        values = {key.removeprefix("value:"): str(value) for key, value in data.items() if key.startswith("value:") and value}
        return Mapping(
            columns=columns,
            values=values,
            pipeline=data.get("pipeline", ""),
            dates=data.get("dates", ""),
            update=data.get("update", "1") == "1",
            mend=data.get("mend") == "1",
            make_members=data.get("make_members") == "1",
        )
    saved = request.GET.get("saved", "")
    if saved.isdecimal():
        return from_json(get_object_or_404(SavedMapping, pk=int(saved), kind=pending.kind).mapping)
    return from_json(pending.mapping) if pending.mapping else Mapping()


def _mapping_context(pending: PendingImport, sheet: Sheet, told: Mapping) -> dict[str, Any]:
    rows = [cells for _line, cells in islice(sheet.rows(), 200)]
    columns = []
    for column in recognise(sheet.header, pending.kind, rows):
        chosen = told.columns.get(column.header, column.field)
        columns.append(
            {
                "header": column.header,
                "examples": column.examples,
                "field": "custom" if chosen.startswith("custom:") else chosen,
                "recognised": column.recognised,
            }
        )
    pipelines = Pipeline.objects.in_use()
    chosen_pipeline = pipelines.filter(name__iexact=told.pipeline).first() or pipelines.first()
    asked = [question["facts"] for question in pending.report.get("questions", []) if question["code"] == "ask_stage"]
    asked += [{"value": value, "count": 0} for value in told.values if value not in {fact["value"] for fact in asked}]
    return {
        "pending": pending,
        "sheet": sheet,
        "columns": columns,
        "known": sum(1 for column in columns if column["field"]),
        "fields": [(name, FIELDS.get(name, name)) for name in KINDS[pending.kind]],
        "told": told,
        "values": [{**fact, "meaning": told.values.get(fact["value"], "")} for fact in asked],
        "stages": Stage.objects.in_use().filter(pipeline=chosen_pipeline) if chosen_pipeline else [],
        "pipelines": pipelines,
        "saved": SavedMapping.objects.filter(kind=pending.kind),
        "has_custom": pending.kind in ("deals", "moves"),
        "mojibake": any(note.code == "mojibake" for note in sheet.notes),
    }


@manager_view
def check(request: MemberRequest, key: int) -> HttpResponse:
    """Third step: what would happen; nothing is written."""
    pending = access.pending_import(request, key)
    if pending.state != "mapping":
        return redirect("import_done", key)
    if not pending.report:
        return redirect("import_mapping", key)
    report = pending.report
    problems: dict[int, dict[str, Any]] = {}
    for problem in report["problems"]:
        if problem["outcome"] == "problem":
            row = problems.setdefault(problem["line"], {"line": problem["line"], "row": problem["row"], "messages": []})
            row["messages"].append(problem["message"])
    context = {
        "pending": pending,
        "report": report,
        "healthy": report["created"] + report["updated"],
        "problems": list(problems.values())[:200],
        "problem_count": len(problems),
        "warnings": [problem for problem in report["problems"] if problem["outcome"] == "warning"][:100],
        "section": "contacts",
    }
    return render(request, "importing/check.html", context)


@manager_view
@require_POST
def go(request: MemberRequest, key: int) -> HttpResponse:
    """Fourth step: the import itself; a long one goes on while one does something else."""
    pending = access.pending_import(request, key)
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
    context = {"pending": pending, "run": pending.run, "rows": progress(pending), "section": "contacts"}
    return render(request, "importing/done.html", context)


@manager_view
def refused(request: MemberRequest, key: int) -> HttpResponse:
    """The refused rows as a file, with their reasons."""
    pending = access.pending_import(request, key)
    out = io.StringIO()
    csv.writer(out).writerows(refused_rows(pending.run.report if pending.run else pending.report))
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
