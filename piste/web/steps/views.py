"""Steps as pages and fragments: each form works without the script, each act can be taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.activities import operations
from piste.activities.models import Activity, ActivityKind
from piste.activities.operations import ActivityChanged, AlreadyDone, NoSuchOutcome, NotDone
from piste.activities.queries import readers, sees_deal, steps_of
from piste.company.models import Member
from piste.deals.models import Deal, Status
from piste.foundations.numbers import row_number
from piste.people.models import Company, Contact
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.board.words import name_of
from piste.web.templatetags.piste import day as in_words

from . import answers
from .forms import NextForm, OutcomeForm, SnoozeForm, StepForm

GET_OR_POST = ["GET", "POST"]


@member_view
@require_http_methods(GET_OR_POST)
def done(request: MemberRequest, key: int) -> HttpResponse:
    """Done, and next…"""
    step = access.activity(request, key)
    home = answers.home_of(step, request.user)
    if step.done_at is not None or step.deleted_at is not None:
        return answers.refused(request, answers.overtaken(step, request.now), home=home)
    form = OutcomeForm(_sent(request), of_kind=step.kind, doer=step.assignee, now=request.now)
    if request.method == "POST" and form.is_valid():
        found, follower = form.cleaned_data, _follower(step.assignee, request.user)
        try:
            operations.do(
                activity=step, by=request.user, at=request.now, outcome=found["outcome"], result=found["result"],
                next=form.next, next_assignee=follower,
            )  # fmt: skip
        except AlreadyDone as late:
            return answers.refused(request, answers.overtaken(late.activity, request.now), home=home)
        except NoSuchOutcome:
            form.add_error("outcome", _("This outcome is no longer on the list; choose another."))
        else:
            said = _said_next(_("“%(step)s” is done.") % {"step": step.title}, form)
            return answers.told(request, said, home=home, undo=reverse("step_undo", args=[key]))
    context: dict[str, Any] = {"form": form, "step": step, "about": _about(step), "others": []}
    if sees_deal(step, request.user):
        context["others"] = _others(step.deal, step)
    return answers.ask(request, "done", context, home=home, status=422 if form.errors else 200)


@member_view
@require_http_methods(GET_OR_POST)
def call(request: MemberRequest, key: int) -> HttpResponse:
    """A call that has just been made: two keystrokes when it reached somebody."""
    return _call(request, {"deal": access.deal(request, key)})


@member_view
@require_http_methods(GET_OR_POST)
def new_call(request: MemberRequest) -> HttpResponse:
    """The same with a contact (`?contact=`) or a company, whatever their deals are."""
    return _call(request, _subject(request))


def _call(request: MemberRequest, about: dict[str, Any]) -> HttpResponse:
    deal, name, home = about.get("deal"), _name(*about.values()), _home(about)
    form = OutcomeForm(_sent(request), of_kind=ActivityKind.CALL, doer=request.user, now=request.now)
    if request.method == "POST" and form.is_valid():
        try:
            logged = _log_call(request, about, name, form)
        except NoSuchOutcome:
            form.add_error("outcome", _("This outcome is no longer on the list; choose another."))
        else:
            said = _said_next(_("The call to %(deal)s is noted.") % {"deal": name}, form)
            undo = reverse("step_undo", args=[logged.pk]) + "?logged=1"
            return answers.told(request, said, home=home, undo=undo)
    context = {"form": form, "about": name, "has_deal": deal is not None, "others": _others(deal)}
    return answers.ask(request, "call", context, home=home, status=422 if form.errors else 200)


@transaction.atomic
def _log_call(request: MemberRequest, about: dict[str, Any], name: str, form: OutcomeForm) -> Activity:
    by: dict[str, Any] = {"by": request.user, "at": request.now, **about}
    found = form.cleaned_data
    title = _("Call to %(deal)s") % {"deal": name}
    logged = operations.log(
        kind=ActivityKind.CALL, title=title, outcome=found["outcome"], result=found["result"], **by
    )  # fmt: skip
    if form.next is not None:
        operations.plan(wanted=form.next, assignee=request.user, follows=logged, **by)
    return logged


@member_view
@require_http_methods(GET_OR_POST)
def snooze(request: MemberRequest, key: int) -> HttpResponse:
    """Not now: until when?"""
    step = access.activity(request, key)
    home = answers.home_of(step, request.user)
    initial = {"seen": step.updated_at.isoformat()}
    form = SnoozeForm(_sent(request), doer=step.assignee, now=request.now, initial=initial)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["day"]
        try:
            operations.snooze(
                activity=step, until=until, moment=form.moment(), by=request.user, at=request.now,
                seen=_moment(form.cleaned_data["seen"]),
            )  # fmt: skip
        except (AlreadyDone, ActivityChanged) as late:
            return answers.refused(request, _late(late, request.now), home=home)
        said = _("“%(step)s” is put off to %(day)s.") % {"step": step.title, "day": in_words(until)}
        before = f"?on={step.due_on.isoformat() if step.due_on else ''}"
        before += f"&at={int(step.due_at.timestamp())}" if step.due_at else ""
        return answers.told(request, said, home=home, undo=reverse("step_undo", args=[key]) + before)
    if step.done_at is not None or step.deleted_at is not None:
        return answers.refused(request, answers.overtaken(step, request.now), home=home)
    context = {"form": form, "step": step, "about": _about(step)}
    return answers.ask(request, "snooze", context, home=home, status=422 if form.errors else 200)


@member_view
@require_http_methods(GET_OR_POST)
def edit(request: MemberRequest, key: int) -> HttpResponse:
    """All that a step is, to change it or hand it on."""
    step = access.activity(request, key)
    home = answers.home_of(step, request.user)
    if step.done_at is not None or step.deleted_at is not None:
        return answers.refused(request, answers.overtaken(step, request.now), home=home)
    form = StepForm.of(step, _sent(request), people=_people(step.deal), now=request.now)
    warning = ""
    if request.method == "POST" and form.is_valid():
        try:
            _amend(request, step, form)
        except AlreadyDone as late:
            return answers.refused(request, answers.overtaken(late.activity, request.now), home=home)
        except ActivityChanged as late:
            form, warning = _again(form, request, late.activity), _late(late, request.now)
        else:
            return answers.told(request, _("“%(step)s” is saved.") % {"step": form.cleaned_data["title"]}, home=home)
    context = {"form": form, "step": step, "about": _about(step), "warning": warning}
    return answers.ask(request, "edit", context, home=home, status=409 if warning else 422 if form.errors else 200)


@transaction.atomic
def _amend(request: MemberRequest, step: Activity, form: StepForm) -> None:
    wanted, to = form.wanted, form.cleaned_data["assignee"]
    facts = {name: getattr(wanted, name) for name in ("kind", "title", "detail", "due_on", "due_at", "minutes", "repeats")}
    by: dict[str, Any] = {"by": request.user, "at": request.now}
    operations.amend(activity=step, facts=facts, seen=_moment(form.cleaned_data["seen"]), **by)
    if to.pk != step.assignee_id:
        operations.reassign(activity=step, to=to, **by)


def _again(form: StepForm, request: MemberRequest, now: Activity) -> StepForm:
    """The same form with what was typed, holding itself against the step as it is now."""
    data = request.POST.copy()
    data["seen"] = now.updated_at.isoformat()
    form.data = data
    return form


@member_view
@require_http_methods(GET_OR_POST)
def new(request: MemberRequest) -> HttpResponse:
    """A step for a deal (`?deal=`), a contact or a company."""
    about = _subject(request)
    deal = about.get("deal")
    doer = deal.owner if deal is not None and deal.owner.is_active else request.user
    form = StepForm(_sent(request), people=_people(deal), doer=doer, now=request.now)
    if request.method == "POST" and form.is_valid():
        assignee: Member = form.cleaned_data["assignee"]
        made = operations.plan(wanted=form.wanted, assignee=assignee, by=request.user, at=request.now, **about)
        said = _("“%(step)s” is planned.") % {"step": made.title}
        return answers.told(request, said, home=_home(about), undo=reverse("step_remove", args=[made.pk]))
    context = {"form": form, "sleeps": _sleeps(deal), "about": _name(*about.values())}
    return answers.ask(request, "edit", context, home=_home(about), status=422 if form.errors else 200)


def _sleeps(deal: Deal | None) -> str:
    """What is to be known before planning on a deal whose steps come up for nobody at present."""
    if deal is None or deal.status not in (Status.LOST, Status.HELD):
        return ""
    if deal.status == Status.LOST:
        return _("This deal is lost: what is planned here comes up for nobody, unless the deal is reopened.")
    return _("This deal is on hold: what is planned here comes up once it is back, on %(day)s.") % {
        "day": in_words(deal.hold_until)
    }


@member_view
@require_POST
def remove(request: MemberRequest, key: int) -> HttpResponse:
    """A step that is no longer wanted goes to the bin."""
    step = access.activity(request, key)
    if step.done_at is not None:
        return answers.refused(request, answers.overtaken(step, request.now), home=answers.home_of(step, request.user))
    operations.discard(activity=step, by=request.user, at=request.now)
    said = _("“%(step)s” is removed.") % {"step": step.title}
    return answers.told(request, said, home=answers.home_of(step, request.user), undo=reverse("step_undo", args=[key]))


@member_view
@require_POST
def undo(request: MemberRequest, key: int) -> HttpResponse:
    """Takes back what was last done with a step: it is to be done again, comes out of the bin, or is due as before (`?on=`).

    `?logged=1` takes away what was told without having been planned.
    """
    step = access.activity(request, key)
    by: dict[str, Any] = {"activity": step, "by": request.user, "at": request.now}
    said = _("Undone: “%(step)s” is to be done again.") % {"step": step.title}
    try:
        if step.deleted_at is not None:
            operations.restore(**by)
        elif "logged" in request.GET:
            operations.unlog(**by)
            said = _("Undone: the call is no longer noted.")
        elif "on" in request.GET:
            operations.amend(facts=_before(request), **by)
            said = _("Undone: “%(step)s” is due as before.") % {"step": step.title}
        else:
            operations.take_back(**by)
    except (NotDone, AlreadyDone):
        return answers.refused(request, answers.overtaken(step, request.now), home=answers.home_of(step, request.user))
    return answers.told(request, said, home=answers.home_of(step, request.user))


def _sent(request: MemberRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _subject(request: MemberRequest) -> dict[str, Any]:
    for name, find in (("deal", access.deal), ("contact", access.contact), ("company", access.company)):
        if (key := row_number(request.GET.get(name, ""))) is not None:
            return {name: find(request, key)}
    raise Http404


def _name(subject: Deal | Contact | Company) -> str:
    return name_of(subject) if isinstance(subject, Deal) else str(subject)


def _home(about: dict[str, Any]) -> str:
    ((kind, subject),) = about.items()
    return reverse(kind, args=[subject.pk])


def _people(deal: Deal | None) -> list[Member]:
    """Who may be given a step: those who see what it is about."""
    return readers(owner_id=deal.owner_id if deal else None, team_id=deal.team_id if deal else None)


def _others(deal: Deal | None, but: Activity | None = None) -> list[Activity]:
    """What else is planned on the deal."""
    if deal is None:
        return []
    return [step for step in steps_of(deal.pk)[:4] if (but is None or step.pk != but.pk) and step.due_on is not None][:3]


def _follower(assignee: Member, member: Member) -> Member:
    """Who gets what comes next: whoever had the step, unless they have left."""
    return assignee if assignee.is_active else member


def _about(step: Activity) -> str:
    subject = step.deal or step.contact or step.company
    return _name(subject) if subject is not None else ""


def _said_next(said: str, form: NextForm) -> str:
    if form.next is None or form.next.due_on is None:
        return said
    then = _("Next: %(step)s, %(day)s.") % {"step": form.next.title, "day": in_words(form.next.due_on)}
    return f"{said} {then}"


def _late(late: AlreadyDone | ActivityChanged, now: datetime) -> str:
    if isinstance(late, AlreadyDone):
        return answers.overtaken(late.activity, now)
    step = late.activity
    said = {"step": step.title, "day": in_words(step.due_on) or _("no day")}
    return _("“%(step)s” was changed meanwhile: it is now due on %(day)s. Save again if yours should hold instead.") % said


def _before(request: MemberRequest) -> dict[str, date | datetime | None]:
    """When it was due before it was put off, as the address of the undoing says."""
    given = request.GET["on"]
    try:
        return {"due_on": date.fromisoformat(given) if given else None, "due_at": _moment(request.GET.get("at", ""))}
    except ValueError as problem:
        raise Http404 from problem


def _moment(text: str) -> datetime | None:
    """A moment from a form or an address; None when it says none."""
    try:
        return datetime.fromtimestamp(int(text), UTC) if text.isdecimal() else datetime.fromisoformat(text) if text else None
    except (ValueError, OverflowError, OSError):
        return None
