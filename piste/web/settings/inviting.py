"""Invitations: sent, sent anew, withdrawn."""

from __future__ import annotations

import logging

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.company import operations, queries
from piste.company.models import Invitation
from piste.web.access import MemberRequest, admin_view

from .forms import InvitationForm

log = logging.getLogger(__name__)


@admin_view
def invite(request: MemberRequest) -> HttpResponse:
    """Sends an invitation, and shows its link to copy: it is shown this once."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.invite(by=request.user, at=request.now, **form.cleaned_data)
        except operations.EmailTaken:
            form.add_error("email", _("Somebody with this address is already a member."))
        else:
            return _hand_over(request, *made)
    context = {"form": form, "section": "settings", "place": "members"}
    return render(request, "settings/invite.html", context, status=422 if request.method == "POST" else 200)


@admin_view
@require_POST
def renew(request: MemberRequest, key: int) -> HttpResponse:
    """A new link in place of one that was lost or is out of date."""
    old = get_object_or_404(Invitation.objects.waiting().select_related("team"), pk=key)
    try:
        made = operations.invite(email=old.email, role=old.role, sees=old.sees, team=old.team, by=request.user, at=request.now)
    except operations.EmailTaken:
        messages.error(request, _("Somebody with this address is already a member."))
        return redirect("members")
    return _hand_over(request, *made)


@admin_view
@require_POST
def revoke(request: MemberRequest, key: int) -> HttpResponse:
    """Withdraws an invitation."""
    invitation = get_object_or_404(Invitation, pk=key)
    try:
        operations.revoke(invitation=invitation, by=request.user, at=request.now)
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": invitation.email})
    except operations.LinkSpent:
        messages.error(request, _("This invitation has been accepted or withdrawn already."))
    return redirect("members")


def _hand_over(request: MemberRequest, invitation: Invitation, token: str) -> HttpResponse:
    path = reverse("join", args=[token])
    link = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    context = {"invitation": invitation, "link": link, "sent": _sent(request, invitation, link)}
    response = render(request, "settings/invited.html", context | {"section": "settings", "place": "members"})
    response.headers["Cache-Control"] = "no-store"
    return response


def _sent(request: MemberRequest, invitation: Invitation, link: str) -> bool:
    """Mails the link in the company's language; False when no mail goes out."""
    company = queries.company()
    with translation.override(company.language if company else "en"):
        names = {"name": request.user.name, "company": company.name if company else "Piste", "link": link}
        letter = EmailMessage(
            _("%(name)s invites you to %(company)s") % names,
            _("%(name)s invites you to work with %(company)s in Piste. Join here, within seven days:\n\n%(link)s\n") % names,
            to=[invitation.email],
        )
    try:
        sent = letter.send()
    except OSError:
        log.exception("An invitation could not be mailed: is PISTE_SMTP_URL right?")
        return False
    return bool(sent) and settings.MAIL_GOES_OUT
