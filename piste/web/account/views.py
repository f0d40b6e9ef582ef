"""The one-time link, the invitation, the language of somebody not signed in yet."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from piste.company import operations, queries
from piste.company.models import Member

from .forms import LANGUAGES, JoinForm

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
YEAR = 365 * 86400


def sign_in(request: HttpRequest, member: Member, *, method: str) -> None:
    """Begins a session; the list of sessions and the second factor's pages know how it began."""
    login(request, member, backend=BACKEND)
    record_authentication(request, member, method=method)
    UserSession.objects.create_from_request(request)


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A click shows one button; the button signs in, so that programs that look at links spend nothing."""
    now = timezone.now()
    if request.method == "GET":
        link = queries.open_link(token=token, at=now)
        if link is None:
            return render(request, "account/link_spent.html", status=410)
        return render(request, "account/enter.html", {"member": link.member})
    try:
        member = operations.use_sign_in_link(token=token, at=now)
    except operations.LinkSpent:
        return render(request, "account/link_spent.html", status=410)
    sign_in(request, member, method="link")
    return redirect("home")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accepting an invitation: name, password, language; then in."""
    now = timezone.now()
    invitation = queries.open_invitation(token=token, at=now)
    if invitation is None:
        return render(request, "account/link_spent.html", status=410)
    form = JoinForm(request.POST or None, email=invitation.email, initial={"language": translation.get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            member = operations.accept(token=token, at=now, **form.cleaned_data)
        except operations.LinkSpent:
            return render(request, "account/link_spent.html", status=410)
        except operations.EmailTaken:
            form.add_error(None, _("Somebody with this address is already a member: sign in instead."))
        else:
            sign_in(request, member, method="password")
            return redirect("home")
    context = {"form": form, "invitation": invitation, "company": queries.company()}
    return render(request, "account/join.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of somebody not signed in yet, kept in a cookie; back to where they were."""
    wanted = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/account/login/"
    response = redirect(back)
    if wanted in dict(LANGUAGES):
        keep_language(response, wanted)
    return response


def keep_language(response: HttpResponse, wanted: str) -> None:
    """Remembers a language in this browser."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
