"""The only way from a request to an object: what one may not see does not exist (404)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from piste.activities.models import Activity
from piste.activities.queries import files_away, notes_away
from piste.asking import Kept, KeptRecords
from piste.audits.models import Audit, AuditSet, Finding
from piste.automations.models import Automation
from piste.company.models import Member
from piste.company.queries import stand_in
from piste.dashboards.models import Dashboard, DashboardSet, Schedule, ScheduleSet
from piste.deals.models import BulkEdit, Deal, DealSet, SavedView, SavedViewSet
from piste.deals.queries.presence import present_at
from piste.exchange.models import ImportRun, PendingImport
from piste.journal.models import Entry
from piste.people.models import Company, Contact, VisibleSet
from piste.pipelines.models import Pipeline, Stage
from piste.training.models import Lesson

#: The largest number a row may have.
LARGEST = 2**63 - 1


class MemberRequest(HttpRequest):
    """A request of a signed-in member; `now` is read once, at the door."""

    user: Member
    now: datetime


type MemberView[**P] = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def member_view[**P](view: MemberView[P]) -> Callable[..., Any]:
    """A view for signed-in members: strangers go to sign-in and come back."""

    @login_required
    @wraps(view)
    def inner(request: Any, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request.now = timezone.now()
        return view(request, *args, **kwargs)

    return inner


def manager_view[**P](view: MemberView[P]) -> Callable[..., Any]:
    """A view for managers and admins; reps are refused (403)."""

    def inner(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.may_manage:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wraps(view)(member_view(inner))


def admin_view[**P](view: MemberView[P]) -> Callable[..., Any]:
    """A view for admins; others are refused (403)."""

    def inner(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_admin:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wraps(view)(member_view(inner))


def _storable(key: int) -> int:
    """A number that a row may have, or 404: statements that are kept take it as it is."""
    if abs(key) > LARGEST:
        raise Http404
    return key


def deals(request: MemberRequest) -> DealSet:
    """The present deals this member may see."""
    return Deal.objects.visible_to(request.user).present()


def deals_at(request: MemberRequest, moment: datetime | None) -> DealSet:
    """The deals this member may see that were present at a moment; None is now."""
    return present_at(moment).visible_to(request.user)


def deal(request: MemberRequest, key: int, *, binned: bool = False, briefly: bool = False) -> Deal:
    """One deal, or 404; `binned` asks for one in the bin instead, `briefly` for what a short answer says of it alone."""
    user, ask = request.user, _deal_briefly if briefly else _deal
    found: Deal | None = ask.record(user.sight, binned, key=_storable(key), member=user.pk, team=user.team_id or 0)
    if found is None:
        raise Http404
    return found


def _deal_with(*around: str) -> KeptRecords:
    def one(sight: str, binned: bool, *, key: int, member: int, team: int) -> Any:
        seen = Deal.objects.visible_to(stand_in(sight, member, team)).select_related(*around)
        return seen.filter(pk=key, deleted_at__isnull=not binned, erased_at=None)

    return KeptRecords(one)


_deal = _deal_with("stage", "pipeline", "company", "owner", "team", "source", "loss_reason")
_deal_briefly = _deal_with("stage", "company")


def activity(request: MemberRequest, key: int) -> Activity:
    """One activity, be it to do, done or in the bin, or 404; what is about a deal in the bin is there no more."""
    found = Activity.objects.visible_to(request.user).filter(Q(deal=None) | Q(deal__deleted_at=None), erased_at=None)
    around = ("deal__company", "deal__owner", "deal__stage", "contact", "company", "assignee", "outcome", "done_by")
    return get_object_or_404(found.select_related(*around), pk=key)


def bulk_edit(request: MemberRequest, key: int) -> BulkEdit:
    """One's own edit of many deals, or 404."""
    return get_object_or_404(BulkEdit.objects.visible_to(request.user), pk=key)


def companies(request: MemberRequest) -> VisibleSet[Company]:
    """The companies this member may see."""
    return Company.objects.visible_to(request.user).current()


def company(request: MemberRequest, key: int) -> Company:
    """One company, or 404."""
    return get_object_or_404(companies(request), pk=key)


def contacts(request: MemberRequest) -> VisibleSet[Contact]:
    """The contacts this member may see."""
    return Contact.objects.visible_to(request.user).current()


def contact(request: MemberRequest, key: int) -> Contact:
    """One contact, or 404."""
    return get_object_or_404(contacts(request).select_related("company"), pk=key)


def binned(request: MemberRequest) -> dict[str, QuerySet[Any]]:
    """What lies in the bin and this member may see, by its kind."""
    waiting: dict[str, Any] = {"deleted_at__isnull": False, "erased_at": None}
    deals = Deal.objects.visible_to(request.user).filter(**waiting).select_related("company", "stage", "owner")
    people: dict[str, Any] = {"company": Company.objects, "contact": Contact.objects}
    found: dict[str, QuerySet[Any]] = {
        kind: rows.visible_to(request.user).filter(merged_into=None, **waiting) for kind, rows in people.items()
    }
    # What is about a deal in the bin comes back with it.
    steps = Activity.objects.visible_to(request.user).filter(Q(deal=None) | Q(deal__deleted_at=None), **waiting)
    return {
        "deal": deals,
        "company": found["company"].select_related("owner"),
        "contact": found["contact"].select_related("owner", "company"),
        "activity": steps.select_related("assignee", "deal__company", "contact", "company"),
        "note": notes_away(request.user),
        "file": files_away(request.user),
    }


def binned_person(request: MemberRequest, kind: str, key: int) -> Company | Contact:
    """One company or contact in the bin, or 404."""
    found: Any = (Company if kind == "company" else Contact).objects
    binned = found.visible_to(request.user).filter(merged_into=None, deleted_at__isnull=False, erased_at=None)
    row: Company | Contact = get_object_or_404(binned, pk=key)
    return row


def pipeline(request: MemberRequest, key: int) -> Pipeline:
    """One pipeline in use, or 404; pipelines are everybody's."""
    return get_object_or_404(Pipeline.objects.in_use(), pk=key)


def stages(request: MemberRequest) -> list[Stage]:
    """Every stage in use of every pipeline in use, each with its pipeline, in order; they are everybody's."""
    return stages_and_news(request)[0]


def stages_and_news(request: MemberRequest) -> tuple[list[Stage], int]:
    """`stages`, with the number of the journal's last entry at that moment, in the same statement: a page shows what was
    true then, and its live stream tells what came after."""
    rows = _stages()
    pipelines: dict[int, Pipeline] = {}
    found = []
    for row in rows:
        stage = Stage.from_db(connection.alias, STAGE, row[1 : len(STAGE) + 1])
        if stage.pipeline_id not in pipelines:
            pipelines[stage.pipeline_id] = Pipeline.from_db(connection.alias, PIPELINE, row[len(STAGE) + 1 :])
        stage.pipeline = pipelines[stage.pipeline_id]
        found.append(stage)
    return found, (rows[0][0] or 0) if rows else 0


STAGE, PIPELINE = ([field.attname for field in model._meta.concrete_fields] for model in (Stage, Pipeline))


@Kept
def _stages() -> Any:
    last = Entry.objects.order_by("-pk").values("pk")[:1]
    found = Stage.objects.taking_deals()
    ordered = found.order_by("pipeline__position", "pipeline_id", "position", "pk")
    return ordered.values_list(Subquery(last), *STAGE, *(f"pipeline__{name}" for name in PIPELINE))


def stage(request: MemberRequest, key: int) -> Stage:
    """One stage in use of a pipeline in use, or 404."""
    found: Stage | None = _stage.record(key=_storable(key))
    if found is None:
        raise Http404
    return found


@KeptRecords
def _stage(*, key: int) -> Any:
    return Stage.objects.taking_deals().filter(pk=key).select_related("pipeline")


def process(request: MemberRequest, key: int) -> Pipeline:
    """One pipeline, even out of use, to read what its process was; or 404."""
    return get_object_or_404(Pipeline.objects.select_related("version"), pk=key)


def automation(request: MemberRequest, pipeline_id: int, key: int) -> Automation:
    """One automation in use of a pipeline in use, or 404; automations are everybody's to read."""
    found = Automation.objects.in_use().filter(pipeline_id=pipeline_id, pipeline__retired_at=None)
    return get_object_or_404(found.select_related("pipeline__version"), pk=key)


def saved_views(request: MemberRequest) -> SavedViewSet:
    """The saved views this member may use: their own, and those shared."""
    return SavedView.objects.visible_to(request.user)


def saved_view(request: MemberRequest, key: int) -> SavedView:
    """One saved view, or 404."""
    return get_object_or_404(saved_views(request).select_related("author", "pipeline"), pk=key)


def dashboards(request: MemberRequest) -> DashboardSet:
    """The dashboards this member may look at: their own, and those shared."""
    return Dashboard.objects.visible_to(request.user)


def dashboard(request: MemberRequest, key: int) -> Dashboard:
    """One dashboard, or 404."""
    return get_object_or_404(dashboards(request).select_related("owner", "pipeline"), pk=key)


def schedules(request: MemberRequest) -> ScheduleSet:
    """The schedules this member set, gets or, as a manager, looks after."""
    return Schedule.objects.visible_to(request.user)


def schedule(request: MemberRequest, board: int, key: int) -> Schedule:
    """One schedule of a dashboard, or 404."""
    return get_object_or_404(schedules(request).select_related("by", "dashboard"), pk=key, dashboard=board)


def import_runs(request: MemberRequest) -> QuerySet[ImportRun]:
    """The imports this member may see and take back."""
    return ImportRun.objects.visible_to(request.user)


def import_run(request: MemberRequest, key: int) -> ImportRun:
    """One import that was done, or 404."""
    return get_object_or_404(import_runs(request), pk=key)


def pending_import(request: MemberRequest, key: int) -> PendingImport:
    """One's own file on its way through the import, or 404."""
    return get_object_or_404(PendingImport.objects.select_related("run"), pk=key, by=request.user)


def audits(request: MemberRequest, pipeline: Pipeline) -> AuditSet:
    """The audits of a pipeline that this member may read."""
    return Audit.objects.visible_to(request.user).filter(pipeline=pipeline)


def audit(request: MemberRequest, pipeline: Pipeline, key: int) -> Audit:
    """One audit of a pipeline, or 404."""
    return get_object_or_404(audits(request, pipeline).select_related("by", "eyes", "before"), pk=key)


def finding(request: MemberRequest, audit: Audit, key: int) -> Finding:
    """One finding of an audit that this member may read, or 404."""
    found = Finding.objects.filter(audit__in=Audit.objects.visible_to(request.user)).select_related("before")
    return get_object_or_404(found, pk=key, audit=audit)


def lesson(request: MemberRequest, pipeline: Pipeline, key: int) -> Lesson:
    """One lesson of a pipeline, or 404; one taken out is there for managers alone."""
    found = Lesson.objects.filter(pipeline=pipeline).select_related("version", "stage")
    return get_object_or_404(found if request.user.may_manage else found.in_use(), pk=key)
