"""The one-time link and the invitation."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from piste.company import operations
from piste.company.models import Member

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A click shows one button; the button signs in, so that programs that look at links spend nothing."""
    if request.method == "GET":
        return render(request, "account/enter.html", {"token": token})
    try:
        member = operations.use_sign_in_link(token=token, at=timezone.now())
    except operations.LinkSpent:
        return render(request, "account/link_spent.html", status=410)
    login(request, member, backend=BACKEND)
    return redirect("home")


class JoinForm(forms.Form):
    """What an invited person says of themselves."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    password = forms.CharField(
        label=gettext_lazy("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[("fr", "Français"), ("en", "English")])

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, Member(name=self.data.get("name", "")))
        return password


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accepting an invitation: name, password, language; then in."""
    invitation = operations.open_invitation(token=token, at=timezone.now())
    if invitation is None:
        return render(request, "account/link_spent.html", status=410)
    form = JoinForm(request.POST or None, initial={"language": translation.get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            member = operations.accept(token=token, at=timezone.now(), **form.cleaned_data)
        except operations.LinkSpent:
            return render(request, "account/link_spent.html", status=410)
        except operations.EmailTaken:
            form.add_error(None, _("Somebody with this address is already a member: sign in instead."))
        else:
            login(request, member, backend=BACKEND)
            return redirect("home")
    status = 422 if request.method == "POST" else 200
    return render(request, "account/join.html", {"form": form, "invitation": invitation}, status=status)


@require_http_methods(["POST"])
def language(request: HttpRequest) -> HttpResponse:
    """The language of somebody not signed in yet, kept in a cookie."""
    wanted = "fr" if request.POST.get("language") == "fr" else "en"
    response = HttpResponseRedirect("/start/" if request.POST.get("next") == "/start/" else "/account/login/")
    response.set_cookie("django_language", wanted, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response
