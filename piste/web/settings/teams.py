"""Teams."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.company import operations
from piste.company.models import Member, Team
from piste.web.access import MemberRequest, admin_view

from .forms import NameForm


@admin_view
def teams(request: MemberRequest) -> HttpResponse:
    """The teams, and a new one."""
    return _form(request, None)


@admin_view
def team(request: MemberRequest, key: int) -> HttpResponse:
    """Another name for a team."""
    return _form(request, get_object_or_404(Team, pk=key))


@admin_view
@require_POST
def remove(request: MemberRequest, key: int) -> HttpResponse:
    """Takes an empty team away."""
    found = get_object_or_404(Team, pk=key)
    try:
        operations.remove_team(team=found, by=request.user, at=request.now)
        messages.success(request, _("The team %(name)s is gone.") % {"name": found.name})
    except operations.TeamInUse:
        messages.error(request, _("%(name)s still has members or deals: move them to another team first.") % {"name": found.name})
    return redirect("teams")


def _form(request: MemberRequest, found: Team | None) -> HttpResponse:
    form = NameForm(request.POST or None, initial={"name": found.name if found else ""})
    if request.method == "POST" and form.is_valid():
        try:
            operations.name_team(name=form.cleaned_data["name"], by=request.user, at=request.now, team=found)
            return redirect("teams")
        except operations.NameTaken:
            form.add_error("name", _("There is already a team of this name."))
    inside = Member.objects.active().filter(team=OuterRef("pk")).order_by().values("team").annotate(size=Count("pk"))
    context = {
        "form": form,
        "team": found,
        "teams": Team.objects.annotate(size=Coalesce(Subquery(inside.values("size")), 0)).order_by("name"),
        "section": "settings",
        "place": "teams",
    }
    return render(request, "settings/teams.html", context, status=422 if request.method == "POST" else 200)
