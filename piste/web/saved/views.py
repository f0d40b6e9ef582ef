"""The menu of saved views, and their making, changing and removing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from piste.deals import operations
from piste.deals.models import Habit, Screen
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.board.links import address_of
from piste.web.board.looking import Look
from piste.web.listing.looking import ListLook
from piste.web.parts.name_field import name_field

#: Views a menu offers.
MOST = 100
#: What an address may ask of a screen, in characters.
LONGEST = 4000


class ViewForm(forms.Form):
    """The name of a view, whether everybody has it, and whether it opens first."""

    name = name_field(gettext_lazy("Name"), 60)
    is_shared = forms.BooleanField(label=gettext_lazy("Everybody has it"), required=False)
    opens = forms.BooleanField(label=gettext_lazy("Piste opens with it for me"), required=False)


@member_view
@require_safe
def menu(request: MemberRequest, key: int, screen: str) -> HttpResponse:
    """The views of a pipeline that one may use, with what can be done about the present one."""
    look = _look(request, key, screen)
    found = access.saved_views(request).filter(pipeline=look.pipeline).select_related("author")[:MOST]
    current = look.view
    context = {
        "look": look,
        "links": look.links,
        "pipeline": look.pipeline,
        "saved": [(view, address_of(view)) for view in found],
        "current": current,
        "may_change": current is not None and current.may_be_changed_by(request.user),
        "is_other": current is not None and not look.is_as_saved,
        "section": "board",
    }
    part = "#menu" if wants_fragment(request) else ""
    return render(request, f"saved/menu.html{part}", context)


@member_view
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, key: int, screen: str) -> HttpResponse:
    """A name for what the screen shows now."""
    look = _look(request, key, screen)
    form = ViewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if len(look.links.asked) > LONGEST:
            form.add_error(None, _("This filter is too long to be kept: take some parts off."))
        else:
            facts = _shown(look, screen) | {"is_shared": form.cleaned_data["is_shared"]}
            by: dict[str, Any] = {"by": request.user, "at": request.now}
            try:
                view = operations.save_view(name=form.cleaned_data["name"], pipeline=look.pipeline, facts=facts, **by)
            except operations.NameTaken:
                form.add_error("name", _taken())
            else:
                if form.cleaned_data["opens"]:
                    operations.open_with(member=request.user, view=view)
                return go(request, address_of(view))
    return _ask(request, form, {"action": request.get_full_path(), "back": look.links.here()})


@member_view
@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, key: int) -> HttpResponse:
    """The name of a view and who has it, for those who may change it; whether it opens first, for everybody."""
    view = access.saved_view(request, key)
    may = view.may_be_changed_by(request.user)
    opens = Habit.objects.filter(member=request.user, opens_with=view).exists()
    form = ViewForm(request.POST or None, initial={"name": view.name, "is_shared": view.is_shared, "opens": opens})
    if not may:
        del form.fields["name"], form.fields["is_shared"]
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        try:
            if may:
                facts = {"name": found["name"].strip(), "is_shared": found["is_shared"]}
                operations.change_view(view=view, facts=facts, by=request.user, at=request.now)
            if found["opens"] != opens:
                operations.open_with(member=request.user, view=view if found["opens"] else None)
        except operations.NameTaken:
            form.add_error("name", _taken())
        else:
            return go(request, address_of(view))
    return _ask(request, form, {"view": view, "may": may, "action": reverse("view", args=[key]), "back": address_of(view)})


@member_view
@require_POST
def keep(request: MemberRequest, key: int, screen: str) -> HttpResponse:
    """The view becomes what the screen shows now."""
    view = access.saved_view(request, key)
    look = _look(request, view.pipeline_id, screen)
    if len(look.links.asked) > LONGEST:
        messages.error(request, _("This filter is too long to be kept: take some parts off."))
        return go(request, look.links.here())
    try:
        operations.change_view(view=view, facts=_shown(look, screen), by=request.user, at=request.now)
    except operations.NotAllowed as refused:
        raise PermissionDenied from refused
    messages.success(request, _("“%(view)s” now shows this.") % {"view": view.name})
    return go(request, address_of(access.saved_view(request, key)))


@member_view
@require_POST
def remove(request: MemberRequest, key: int) -> HttpResponse:
    """Removes a view; the deals it showed stay where they are."""
    view = access.saved_view(request, key)
    try:
        operations.remove_view(view=view, by=request.user, at=request.now)
    except operations.NotAllowed as refused:
        raise PermissionDenied from refused
    messages.success(request, _("The view “%(view)s” is removed; its deals stay where they are.") % {"view": view.name})
    return go(request, reverse(view.screen, args=[view.pipeline_id]))


def _look(request: MemberRequest, key: int, screen: str) -> Look:
    if screen not in Screen.values:
        raise Http404
    return Look.at(request, key, request.GET, screen)


def _shown(look: Look, screen: str) -> dict[str, Any]:
    """What a view keeps of a screen."""
    columns = [column.name for column in ListLook(look).columns] if screen == Screen.LIST else []
    return {"screen": screen, "asked": look.links.asked, "columns": columns}


def _taken() -> str:
    return _("You have a view of this name here already; choose another name.")


def _ask(request: MemberRequest, form: ViewForm, context: dict[str, Any]) -> HttpResponse:
    part = ""
    if wants_fragment(request):
        part = "#again" if request.method == "POST" else "#dialog"
    shown = context | {"form": form, "section": "board", "template": "saved/view.html", "pipeline": {"name": _("Views")}}
    return render(request, f"board/ask.html{part}", shown, status=422 if request.method == "POST" else 200)
