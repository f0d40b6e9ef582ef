"""Members: who is in, what each may do and see, and how one leaves."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from piste.company import operations
from piste.company.models import Invitation, Member
from piste.deals.models import Deal, Status
from piste.deals.operations import NotAllowed, SuccessorMissing, change_member, say_goodbye
from piste.foundations import typography
from piste.web.access import MemberRequest, admin_view
from piste.web.templatetags.piste import tongue

from .forms import LeavingForm, MemberForm

FACTS = ("name", "email", "role", "sees", "team")


@admin_view
def members(request: MemberRequest) -> HttpResponse:
    """Everybody, and who has been invited."""
    everybody = list(Member.objects.select_related("team").order_by("name", "pk"))
    context = {
        "present": [member for member in everybody if member.is_active],
        "gone": [member for member in everybody if not member.is_active],
        "invitations": Invitation.objects.waiting().order_by("-created_at"),
        "now": request.now,
        "section": "settings",
        "place": "members",
    }
    return render(request, "settings/members.html", context)


@admin_view
def member(request: MemberRequest, key: int) -> HttpResponse:
    """Name, e-mail, role, view and team of a member; the ways to end their access."""
    found = get_object_or_404(Member.objects.active(), pk=key)
    initial = {name: getattr(found, name) for name in FACTS} | {"team": found.team_id}
    form = MemberForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            facts = {name: form.cleaned_data[name] for name in FACTS}
            follow = form.cleaned_data["deals_follow"]
            _changes, moved = change_member(member=found, facts=facts, deals_follow=follow, by=request.user, at=request.now)
        except operations.LastAdmin:
            form.add_error("role", _("This is the last admin: name another one first."))
        except operations.EmailTaken:
            form.add_error("email", _("Somebody with this address is already a member."))
        else:
            messages.success(request, _saved(facts["name"], moved))
            return redirect("members")
    context = {
        "form": form,
        "member": found,
        "has_second_factor": Authenticator.objects.filter(user=found).exists(),
        "section": "settings",
        "place": "members",
    }
    return render(request, "settings/member.html", context, status=422 if request.method == "POST" else 200)


def _saved(name: str, moved: int) -> str:
    if not moved:
        return _("%(name)s: saved.") % {"name": name}
    return ngettext(
        "%(name)s: saved; %(count)s deal followed into the new team.",
        "%(name)s: saved; %(count)s deals followed into the new team.",
        moved,
    ) % {"name": name, "count": typography.number(moved, tongue())}


@admin_view
def leaving(request: MemberRequest, key: int) -> HttpResponse:
    """Deactivates a member, after asking who takes their deals."""
    leaver = get_object_or_404(Member.objects.active(), pk=key)
    counted = _counted(leaver)
    form = LeavingForm(leaver, request.POST if request.method == "POST" else None, needed=counted["total"] > 0)
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data.get("successor")
        try:
            given = say_goodbye(leaver=leaver, successor=successor, by=request.user, at=request.now)
        except operations.LastAdmin:
            form.add_error(None, _("This is the last admin: name another one first."))
        except (SuccessorMissing, NotAllowed):
            form.add_error(None, _("Somebody must take these deals: choose an active member."))
        else:
            messages.success(request, _farewell(leaver, successor, given))
            return redirect("members")
    context = {"form": form, "member": leaver, "counted": counted, "section": "settings", "place": "members"}
    return render(request, "settings/leaving.html", context, status=422 if request.method == "POST" else 200)


def _counted(leaver: Member) -> dict[str, int]:
    """The deals of a member by what state they are in."""
    present = Q(deleted_at=None)
    return (
        Deal.objects.kept()
        .filter(owner=leaver)
        .aggregate(
            total=Count("pk"),
            open=Count("pk", filter=present & Q(status=Status.OPEN)),
            held=Count("pk", filter=present & Q(status=Status.HELD)),
            closed=Count("pk", filter=present & Q(status__in=(Status.WON, Status.LOST))),
            binned=Count("pk", filter=~present),
        )
    )


def _farewell(leaver: Member, successor: Member | None, given: int) -> str:
    if successor is None or not given:
        return _("%(name)s can no longer sign in.") % {"name": leaver.name}
    return ngettext(
        "%(name)s can no longer sign in; %(count)s deal went to %(successor)s.",
        "%(name)s can no longer sign in; %(count)s deals went to %(successor)s.",
        given,
    ) % {"name": leaver.name, "count": typography.number(given, tongue()), "successor": successor.name}


@admin_view
@require_POST
def come_back(request: MemberRequest, key: int) -> HttpResponse:
    """Lets a member sign in again."""
    found = get_object_or_404(Member, pk=key, is_active=False)
    operations.reactivate(member=found, by=request.user, at=request.now)
    messages.success(request, _("%(name)s can sign in again.") % {"name": found.name})
    return redirect("members")


@admin_view
@require_POST
def sign_out(request: MemberRequest, key: int) -> HttpResponse:
    """Ends every session of a member."""
    found = get_object_or_404(Member.objects.active(), pk=key)
    operations.end_sessions(member=found, by=request.user, at=request.now)
    messages.success(request, _("%(name)s is signed out everywhere.") % {"name": found.name})
    return redirect("member", found.pk)


@admin_view
@require_POST
def second_factor(request: MemberRequest, key: int) -> HttpResponse:
    """Takes away the second factor of a member who lost it."""
    found = get_object_or_404(Member.objects.active(), pk=key)
    operations.forget_second_factor(member=found, by=request.user, at=request.now)
    messages.success(request, _("%(name)s signs in with the password alone now.") % {"name": found.name})
    return redirect("member", found.pk)
