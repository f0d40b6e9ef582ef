"""The company's own lists: sources, loss reasons, products, custom fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from piste.catalogue import operations as catalogue
from piste.catalogue.models import Product
from piste.company.models import CustomField
from piste.company.operations import add_field, place_field, retire_field
from piste.deals import operations as deals
from piste.deals.models import LossReason, Source
from piste.web.access import MemberRequest, manager_view

from .forms import CustomFieldForm, NameForm, ProductForm


@manager_view
def sources(request: MemberRequest) -> HttpResponse:
    """Where prospects come from."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deals.add_source(name=form.cleaned_data["name"], by=request.user, at=request.now)
            return redirect("sources")
        except deals.NameTaken:
            form.add_error("name", _("The list already holds this name."))
    rows = Source.objects.filter(retired_at=None)
    return _list(request, _("Sources"), "sources", rows, form)


@manager_view
def loss_reasons(request: MemberRequest) -> HttpResponse:
    """Why deals are lost, in the order in which one is asked."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deals.add_loss_reason(name=form.cleaned_data["name"], by=request.user, at=request.now)
            return redirect("loss_reasons")
        except deals.NameTaken:
            form.add_error("name", _("The list already holds this name."))
    rows = LossReason.objects.filter(retired_at=None)
    return _list(request, _("Loss reasons"), "loss_reasons", rows, form, ordered=True)


@manager_view
def products(request: MemberRequest) -> HttpResponse:
    """What is sold."""
    form = ProductForm(request.POST or None, initial={"currency": "EUR"})
    if request.method == "POST" and form.is_valid():
        try:
            catalogue.add_product(by=request.user, at=request.now, **form.cleaned_data)
            return redirect("products")
        except catalogue.NameTaken:
            form.add_error("name", _("The list already holds this name."))
    rows = Product.objects.filter(retired_at=None)
    return _list(request, _("Products"), "products", rows, form)


@manager_view
def custom_fields(request: MemberRequest) -> HttpResponse:
    """The facts the company chose to keep."""
    form = CustomFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        add_field(by=request.user, at=request.now, **form.cleaned_data)
        return redirect("custom_fields")
    rows = CustomField.objects.filter(retired_at=None)
    return _list(request, _("Custom fields"), "custom_fields", rows, form, ordered=True)


def _list(
    request: MemberRequest, title: str, place: str, rows: Any, form: forms.Form, *, ordered: bool = False
) -> HttpResponse:
    context = {"title": title, "place": place, "rows": rows, "form": form, "ordered": ordered, "section": "settings"}
    return render(request, "settings/list.html", context, status=422 if request.method == "POST" else 200)


@manager_view
@require_POST
def retire(request: MemberRequest, what: str, key: int) -> HttpResponse:
    """Takes a row out of its list; whatever has it keeps it."""
    match what:
        case "sources":
            deals.retire_item(item=get_object_or_404(Source, pk=key), by=request.user, at=request.now)
        case "loss_reasons":
            deals.retire_item(item=get_object_or_404(LossReason, pk=key), by=request.user, at=request.now)
        case "products":
            catalogue.retire_product(product=get_object_or_404(Product, pk=key), by=request.user, at=request.now)
        case "custom_fields":
            retire_field(field=get_object_or_404(CustomField, pk=key), by=request.user, at=request.now)
        case _:
            raise Http404
    return redirect(what)


@manager_view
@require_POST
def move_item(request: MemberRequest, what: str, key: int) -> HttpResponse:
    """One place up or down."""
    up = request.POST.get("direction") == "up"
    match what:
        case "loss_reasons":
            reason = get_object_or_404(LossReason, pk=key, retired_at=None)
            deals.place_loss_reason(reason=reason, place=reason.position + (-1 if up else 1), by=request.user, at=request.now)
        case "custom_fields":
            field = get_object_or_404(CustomField, pk=key, retired_at=None)
            place_field(field=field, place=field.position + (-1 if up else 1), by=request.user, at=request.now)
        case _:
            raise Http404
    return redirect(what)
