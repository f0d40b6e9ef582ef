"""One's own profile."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from piste.company import operations
from piste.web.access import MemberRequest, member_view

from .forms import ProfileForm

FACTS = ("name", "language", "time_zone", "theme", "single_keys", "remind_minutes", "remind_by_mail", "digest_at")


@member_view
def profile(request: MemberRequest) -> HttpResponse:
    """Name, language, zone, theme, keys, reminders; the way to password, second factor, passkeys, sessions."""
    me = request.user
    form = ProfileForm(request.POST or None, initial={name: getattr(me, name) for name in FACTS})
    if request.method == "POST" and form.is_valid():
        operations.amend_member(member=me, facts=form.cleaned_data, by=me, at=request.now)
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    status = 422 if request.method == "POST" else 200
    return render(request, "settings/profile.html", {"form": form, "section": "settings", "place": "profile"}, status=status)
