"""Reading audits: the newest with the list of all, one, a finding with the very deals it counted, the paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from piste.audits import operations
from piste.audits.models import Audit, Finding
from piste.audits.queries import next_at, readers_of, schedule_of
from piste.pipelines.models import Pipeline
from piste.web import access
from piste.web.access import MemberRequest, manager_view
from piste.web.insights.behind import PAGE
from piste.web.insights.behind import lines as lines_of
from piste.web.member import company_of
from piste.web.process.tabs import tabs

from . import paper as papers
from . import showing
from .acting import rhythm_said

#: Audits listed on a page.
LISTED = 12


@manager_view
@require_http_methods(["GET", "POST"])
def audits(request: MemberRequest, key: int) -> HttpResponse:
    """The newest audit and the list of all; a new one is asked for here."""
    if request.method == "POST":
        made = operations.make(pipeline=access.pipeline(request, key), by=request.user, at=request.now)
        return redirect("audit", key, made.pk)
    pipeline = access.process(request, key)
    newest = access.audits(request, pipeline).select_related("by", "eyes", "before").order_by("-at", "-pk").first()
    return render(request, "audits/audit.html", _page(request, pipeline, newest))


@manager_view
@require_safe
def audit(request: MemberRequest, key: int, audit: int) -> HttpResponse:
    """One audit, as it was that day."""
    pipeline = access.process(request, key)
    return render(request, "audits/audit.html", _page(request, pipeline, access.audit(request, pipeline, audit)))


def _page(request: MemberRequest, pipeline: Pipeline, found: Audit | None) -> dict[str, Any]:
    all_of_them = access.audits(request, pipeline).select_related("by").order_by("-at", "-pk")
    page = Paginator(all_of_them, LISTED).get_page(request.GET.get("page", "1"))
    schedule = schedule_of(pipeline, request.user)
    context = _frame(pipeline) | {
        "shown": showing.shown(found, pipeline) if found else None,
        "page": page,
        "lines": showing.lines(list(page), found),
        "schedule": schedule,
    }
    if schedule is not None:
        context["rhythm"] = rhythm_said(schedule)
        context["next_at"] = next_at(schedule, request.now, settings=company_of(request))
        context["readers"] = readers_of(schedule)
    return context


@manager_view
@require_safe
def finding(request: MemberRequest, key: int, audit: int, finding: int) -> HttpResponse:
    """A finding, with the very deals, companies or contacts it counted."""
    pipeline = access.process(request, key)
    whole = access.audit(request, pipeline, audit)
    found = access.finding(request, whole, finding)
    page = Paginator(found.subjects, PAGE).get_page(request.GET.get("page", "1"))
    here = list(page)
    rows = _rows(request, found, here)
    context = _frame(pipeline) | {
        "audit": whole,
        "row": showing.row(found, pipeline),
        "page": page,
        "lines": rows,
        "missing": len(here) - len(rows),
    }
    return render(request, "audits/finding.html", context)


def _rows(request: MemberRequest, found: Finding, keys: list[int]) -> list[Any]:
    if found.kind == "deal":
        return lines_of(access.deals(request), keys)
    people = access.companies(request) if found.kind == "company" else access.contacts(request).select_related("company")
    return list(people.filter(pk__in=keys).order_by("name", "pk"))


@manager_view
@require_safe
def paper(request: MemberRequest, key: int, audit: int) -> HttpResponse:
    """The audit as a PDF, in the language of who reads."""
    pipeline = access.process(request, key)
    found = access.audit(request, pipeline, audit)
    answer = HttpResponse(papers.pdf(found, pipeline, company=company_of(request)), content_type="application/pdf")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(papers.name(found))}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _frame(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "section": "process",
        "pipeline": pipeline,
        "pipelines": list(Pipeline.objects.in_use()),
        "tabs": tabs(pipeline, "audits"),
    }
