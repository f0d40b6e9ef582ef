"""The list's pages: the list itself, its filter, its columns, and the edit of a cell."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from piste.deals import operations
from piste.deals.models import Deal
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.board.filtering import head
from piste.web.board.links import VIEW
from piste.web.board.looking import Look
from piste.web.board.views import filter_form
from piste.web.board.words import name_of
from piste.web.deal.facts import FactForm, exists
from piste.web.deal.taking_back import way_back
from piste.web.deal.views import again, overtaken

from .columns import available, moved, to_choose_from
from .looking import ListLook


@member_view
@require_safe
def deals(request: MemberRequest, key: int) -> HttpResponse:
    """The list of a pipeline's deals."""
    listed = ListLook.at(request, key, request.GET)
    if listed.look.form.errors:
        return filter_form(request, listed.look)
    if wants_fragment(request):
        return render(request, "listing/changed.html", listed.shown() | listed.table())
    context = listed.shown() | head(listed.look) | listed.table() | {"section": "board"}
    return render(request, "listing/list.html", context)


@member_view
@require_safe
def filtering(request: MemberRequest, key: int) -> HttpResponse:
    """The filters as a form: a dialog over the list, or a page."""
    return filter_form(request, Look.at(request, key, request.GET, "list"))


class ColumnsForm(forms.Form):
    """Which columns the member's lists have, in the order in which they are sent; `every` is the order of all, `move` asks to
    move one of them before anything is kept."""

    column = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, listed: ListLook, data: QueryDict | None = None) -> None:
        shown = [column.name for column in listed.columns]
        super().__init__(data, initial={"column": shown})
        field = self.fields["column"]
        assert isinstance(field, forms.MultipleChoiceField)
        asked = moved(data.getlist("every"), data.get("move", "")) if data is not None else []
        columns = to_choose_from(available(listed.fields), asked or shown)
        field.choices = [(column.name, str(column.label)) for column in columns]


@member_view
@require_http_methods(["GET", "POST"])
def columns(request: MemberRequest, key: int) -> HttpResponse:
    """The columns one's lists have, to be chosen."""
    listed = ListLook.at(request, key, request.GET)
    form = ColumnsForm(listed, request.POST or None)
    keeps = request.method == "POST" and "move" not in request.POST
    if keeps and form.is_valid():
        address = _choose(request, listed, form.cleaned_data["column"])
        return go(request, address)
    context = {"form": form, "look": listed.look, "pipeline": listed.look.pipeline, "links": listed.look.links}
    part = "#dialog" if wants_fragment(request) else ""
    status = 422 if keeps else 200
    return render(
        request, f"board/ask.html{part}", context | {"section": "board", "template": "listing/columns.html"}, status=status
    )


def _choose(request: MemberRequest, listed: ListLook, names: list[str]) -> str:
    """Keeps columns: in the saved view one is in and may change, else for oneself. Returns where they show."""
    view, links = listed.look.view, listed.look.links
    if view is not None and view.may_be_changed_by(request.user):
        operations.change_view(view=view, facts={"columns": names}, by=request.user, at=request.now)
        return links.here()
    operations.choose_columns(member=request.user, columns=names)
    return links.here(without=[VIEW])


@member_view
@require_http_methods(["GET", "POST"])
def cell(request: MemberRequest, key: int, deal: int, name: str) -> HttpResponse:
    """One cell: its form in place, and its saving; what stands in the way is said beside what was typed."""
    found = access.deal(request, deal)
    if found.pipeline_id != key or not exists(name):
        raise Http404
    form = FactForm(found, name, request.user, request.POST or None, place=f"cell-{found.pk}-{name.replace(':', '-')}")
    status, warning = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                form.save(request.now)
            except operations.FactsChanged:
                status, warning = 409, overtaken(found, (name, f"{name}_minor"), request.now)
                form = again(form, request)
            except operations.NotAllowed:
                form.add_error(None, _("This person has left: choose another owner."))
            else:
                return _saved(request, key, found, form.label)
    context = {"deal": found, "name": name_of(found), "form": form, "action": request.get_full_path(), "warning": warning}
    context["back"] = f"{reverse('list', args=[key])}?{request.GET.urlencode()}"
    if not wants_fragment(request):
        return render(request, "deal/fact_page.html", context | {"section": "board"}, status=status)
    return render(request, "deal/fact_form.html", context | {"again": status != 200}, status=status)


def _saved(request: MemberRequest, key: int, found: Deal, label: object) -> HttpResponse:
    """The list as it is after an edit, what was changed, and the way back; a deal that has left the page is said to have."""
    listed = ListLook.at(request, key, request.GET)
    if not wants_fragment(request):
        return redirect(listed.look.links.here())
    context = listed.shown() | listed.table()
    said, undo = way_back(request, found, label)
    if said and all(row.id != found.pk for row in listed.on_page):
        said = _("%(deal)s is saved; it now stands elsewhere in the list, or outside its filter.") % {"deal": name_of(found)}
    toast = {"text": said, "level": "success", "undo_url": undo} if said else None
    return render(request, "listing/changed.html", context | {"toast": toast})
