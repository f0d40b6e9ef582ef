"""Members, invitations, teams."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from piste.company import operations
from piste.company.models import Invitation, Member, Team
from piste.deals.models import Deal
from piste.deals.operations import say_goodbye
from piste.web.access import MemberRequest, admin_view

from .forms import InvitationForm, LeavingForm, NameForm, RightsForm


@admin_view
def members(request: MemberRequest) -> HttpResponse:
    """Everybody, and who has been invited."""
    waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None).select_related("team", "invited_by")
    context = {
        "members": Member.objects.select_related("team").order_by("-is_active", "name"),
        "invitations": waiting.order_by("-created_at"),
        "now": request.now,
        "section": "settings",
        "place": "members",
    }
    return render(request, "settings/members.html", context)


@admin_view
def invite(request: MemberRequest) -> HttpResponse:
    """Sends an invitation, and shows its link to copy: it is shown this once."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = operations.invite(by=request.user, at=request.now, **form.cleaned_data)
        except operations.EmailTaken:
            form.add_error("email", _("Somebody with this address is already a member."))
        else:
            link = address(request, reverse("join", args=[token]))
            subject = _("%(name)s invites you to Piste") % {"name": request.user.name}
            text = _("Join here, within seven days:\n%(link)s") % {"link": link}
            send_mail(subject, text, None, [invitation.email], fail_silently=True)
            return render(request, "settings/invited.html", {"invitation": invitation, "link": link, "section": "settings"})
    context = {"form": form, "section": "settings", "place": "members"}
    return render(request, "settings/invite.html", context, status=422 if request.method == "POST" else 200)


def address(request: MemberRequest, path: str) -> str:
    """A full address, under the public one when it is set."""
    return f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


@admin_view
@require_POST
def revoke(request: MemberRequest, key: int) -> HttpResponse:
    """Takes an invitation back."""
    invitation = get_object_or_404(Invitation, pk=key)
    try:
        operations.revoke(invitation=invitation, by=request.user, at=request.now)
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    except operations.LinkSpent:
        messages.error(request, _("This invitation has been accepted already."))
    return redirect("members")


@admin_view
def member(request: MemberRequest, key: int) -> HttpResponse:
    """Role, view and team of a member."""
    found = get_object_or_404(Member, pk=key)
    form = RightsForm(request.POST or None, initial={"role": found.role, "sees": found.sees, "team": found.team_id})
    if request.method == "POST" and form.is_valid():
        try:
            operations.amend_member(member=found, facts=form.cleaned_data, by=request.user, at=request.now)
        except operations.LastAdmin:
            form.add_error("role", _("This is the last admin: name another one first."))
        else:
            messages.success(request, _("The rights of %(name)s are saved.") % {"name": found.name})
            return redirect("members")
    context = {"form": form, "member": found, "section": "settings", "place": "members"}
    return render(request, "settings/member.html", context, status=422 if request.method == "POST" else 200)


@admin_view
def leaving(request: MemberRequest, key: int) -> HttpResponse:
    """Deactivates a member, after asking who takes their deals."""
    leaver = get_object_or_404(Member.objects.active(), pk=key)
    counted = Deal.objects.filter(owner=leaver, deleted_at=None).count()
    form = LeavingForm(leaver, request.POST or None, needed=counted > 0)
    if request.method == "POST" and form.is_valid():
        successor = form.cleaned_data["successor"]
        try:
            given = say_goodbye(leaver=leaver, successor=successor, by=request.user, at=request.now)
        except operations.LastAdmin:
            form.add_error(None, _("This is the last admin: name another one first."))
        else:
            said = ngettext(
                "%(name)s can no longer sign in; %(count)d deal goes to %(successor)s.",
                "%(name)s can no longer sign in; %(count)d deals go to %(successor)s.",
                given,
            ) % {"name": leaver.name, "count": given, "successor": successor.name if successor else "—"}
            messages.success(request, said)
            return redirect("members")
    context = {"form": form, "member": leaver, "counted": counted, "section": "settings", "place": "members"}
    return render(request, "settings/leaving.html", context, status=422 if request.method == "POST" else 200)


@admin_view
@require_POST
def come_back(request: MemberRequest, key: int) -> HttpResponse:
    """Lets a member sign in again."""
    found = get_object_or_404(Member, pk=key, is_active=False)
    operations.reactivate(member=found, by=request.user, at=request.now)
    messages.success(request, _("%(name)s can sign in again.") % {"name": found.name})
    return redirect("members")


@admin_view
def teams(request: MemberRequest) -> HttpResponse:
    """The teams, and a new one."""
    return _team_form(request, None)


@admin_view
def team(request: MemberRequest, key: int) -> HttpResponse:
    """Another name for a team."""
    return _team_form(request, get_object_or_404(Team, pk=key))


def _team_form(request: MemberRequest, found: Team | None) -> HttpResponse:
    form = NameForm(request.POST or None, initial={"name": found.name if found else ""})
    if request.method == "POST" and form.is_valid():
        try:
            operations.name_team(name=form.cleaned_data["name"], by=request.user, at=request.now, team=found)
        except operations.NameTaken:
            form.add_error("name", _("There is already a team of this name."))
        else:
            return redirect("teams")
    sizes = dict(
        Member.objects.filter(is_active=True).values_list("team_id").annotate(Count("pk", filter=~Q(team=None))).order_by()
    )
    context = {
        "form": form,
        "team": found,
        "teams": [(row, sizes.get(row.pk, 0)) for row in Team.objects.all()],
        "section": "settings",
        "place": "teams",
    }
    return render(request, "settings/teams.html", context, status=422 if request.method == "POST" else 200)
