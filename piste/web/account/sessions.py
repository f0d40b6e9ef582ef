"""Where a member is signed in, and the way out of all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import HASH_SESSION_KEY, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.company import operations
from piste.web.access import MemberRequest, member_view

#: Looked for in this order: many browsers also call themselves by another's name.
BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|CriOS|HeadlessChrome)/"),
    ("Safari", r"Safari/"),
)
SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A browser that is signed in."""

    browser: str
    ip: str
    since: datetime
    is_here: bool


def called(agent: str) -> str:
    """What one calls a browser by the line it sends: “Firefox, Windows”."""
    found = [next((name for name, sign in signs if re.search(sign, agent)), "") for signs in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name) or _("Unknown browser")


@member_view
def places(request: MemberRequest) -> HttpResponse:
    """Every browser that is in, this one first."""
    rows = {row.session_key: row for row in UserSession.objects.filter(user=request.user)}
    alive = Session.objects.filter(session_key__in=list(rows), expire_date__gt=request.now)
    present = request.user.get_session_auth_hash()
    here = request.session.session_key
    found = [
        Place(called(row.user_agent), row.ip, row.created_at, row.session_key == here)
        for row in (rows[session.session_key] for session in alive if session.get_decoded().get(HASH_SESSION_KEY) == present)
    ]
    found.sort(key=lambda place: (not place.is_here, -place.since.timestamp()))
    return render(request, "usersessions/usersession_list.html", {"places": found, "section": "settings"})


@member_view
@require_POST
def sign_out_everywhere(request: MemberRequest) -> HttpResponse:
    """Ends every session of the member; this one goes on unless `here` is asked too."""
    member = request.user
    operations.end_sessions(member=member, by=member, at=request.now)
    if request.POST.get("here"):
        logout(request)
        return redirect("account_login")
    member.refresh_from_db()
    update_session_auth_hash(request, member)
    UserSession.objects.create_from_request(request)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("usersessions_list")
