"""A new deal: a dialog over any page, a page of its own without the script."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from piste.company.models import FieldSubject
from piste.deals import operations
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go, wants_fragment
from piste.web.board.words import fact_name, name_of
from piste.web.parts import custom_fields

from .forms import NewDealForm


@member_view
@require_http_methods(["GET", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    """The form, asked again with other fields when another stage is chosen, and the creation."""
    form = NewDealForm(request, request.POST or None)
    status = 200
    if request.POST.get("ask_again"):
        form = _with_other_fields(request)
    elif request.method == "POST":
        status = 422
        if form.is_valid() and (answer := _create(request, form)):
            return answer
    context = {"form": form, "section": "board", "again": request.method == "POST"}
    return render(request, "deal/new.html#dialog" if wants_fragment(request) else "deal/new.html", context, status=status)


def _with_other_fields(request: MemberRequest) -> NewDealForm:
    """The form for another stage with what was typed, and without complaints about what was not."""
    form = NewDealForm(request, request.POST)
    fresh = NewDealForm(request)
    fresh.fields = form.fields
    fresh.initial = {name: form[name].data for name in form.fields}
    return fresh


def _create(request: MemberRequest, form: NewDealForm) -> HttpResponse | None:
    try:
        made = form.save(request.now)
    except operations.DataMissing as problem:
        labels = {field.key: field.label for field in custom_fields.of(FieldSubject.DEAL)}
        lacking = ", ".join(fact_name(name, labels) for name in problem.facts)
        form.add_error(None, _("This stage needs to know: %(facts)s.") % {"facts": lacking})
        return None
    except operations.DealError:
        form.add_error(None, _("This stage or this owner is no longer in use: choose another."))
        return None
    messages.success(request, _("%(deal)s is in the pipeline.") % {"deal": name_of(made)}, extra_tags="")
    if made.owner_id != request.user.pk and not type(made).objects.visible_to(request.user).filter(pk=made.pk).exists():
        address = reverse("board", args=[made.pipeline_id])
    else:
        address = reverse("deal", args=[made.pk])
    return go(request, address)
