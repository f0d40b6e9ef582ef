"""The company's own lists: sources, loss reasons, tags, products, custom fields.

Each list is one page with the same acts: add, change, put in order, take out, bring back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from piste.catalogue import operations as catalogue
from piste.catalogue.models import Product
from piste.company import operations as company
from piste.company import queries
from piste.company.models import CustomField
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason, Source, Tag
from piste.foundations.money import to_decimal
from piste.web.access import MemberRequest, manager_view
from piste.web.templatetags.piste import tongue

from .forms import CustomFieldForm, FieldForm, LongNameForm, NameForm, ProductForm

type Row = Source | LossReason | Tag | Product | CustomField


@dataclass(frozen=True, slots=True)
class Kind:
    """One list: its words, its rows, and what can be done with them; `place` is the url name of its page."""

    place: str
    model: type[Row]
    title: Promise
    lede: Promise
    ordered: bool = False


KINDS = {
    kind.place: kind
    for kind in (
        Kind("sources", Source, gettext_lazy("Sources"), gettext_lazy("Where your prospects come from.")),
        Kind(
            "loss_reasons",
            LossReason,
            gettext_lazy("Loss reasons"),
            gettext_lazy("What one chooses from when a deal is lost, in this order."),
            ordered=True,
        ),
        Kind("tags", Tag, gettext_lazy("Tags"), gettext_lazy("Free words on deals; writing a new one on a deal adds it here.")),
        Kind("products", Product, gettext_lazy("Products"), gettext_lazy("What you sell, with its list price.")),
        Kind(
            "custom_fields",
            CustomField,
            gettext_lazy("Custom fields"),
            gettext_lazy("Facts of your own on deals, contacts and companies."),
            ordered=True,
        ),
    )
}


def page(place: str) -> Callable[..., HttpResponse]:
    """The page of a list."""
    kind = KINDS[place]

    @manager_view
    def view(request: MemberRequest) -> HttpResponse:
        form = _form(kind, None, request)
        if request.method == "POST" and form.is_valid() and _done(kind, None, form, request):
            return redirect(kind.place)
        return _answer(request, kind, form)

    view.__doc__ = f"{kind.place}: the list, and a new row."
    return view


@manager_view
def item(request: MemberRequest, what: str, key: int) -> HttpResponse:
    """One row of a list, changed."""
    kind = _kind(what)
    row = _row(kind, key)
    form = _form(kind, row, request)
    if request.method == "POST" and form.is_valid() and _done(kind, row, form, request):
        return redirect(kind.place)
    context = {"kind": kind, "row": row, "form": form, "section": "settings", "place": kind.place}
    return render(request, "settings/item.html", context, status=422 if request.method == "POST" else 200)


@manager_view
@require_POST
def retire(request: MemberRequest, what: str, key: int) -> HttpResponse:
    """Takes a row out of its list; whatever has it keeps it, but for tags."""
    kind = _kind(what)
    row = _row(kind, key)
    match row:
        case Source() | LossReason():
            deals.retire_item(item=row, by=request.user, at=request.now)
        case Tag():
            deals.remove_tag(tag=row, by=request.user, at=request.now)
        case Product():
            catalogue.retire_product(product=row, by=request.user, at=request.now)
        case CustomField():
            company.retire_field(field=row, by=request.user, at=request.now)
    return _after(request, kind)


@manager_view
@require_POST
def restore(request: MemberRequest, what: str, key: int) -> HttpResponse:
    """Brings a row back into its list."""
    kind = _kind(what)
    row = get_object_or_404(_rows(kind, retired=True), pk=key)
    match row:
        case Source() | LossReason():
            deals.restore_item(item=row, by=request.user, at=request.now)
        case Product():
            catalogue.restore_product(product=row, by=request.user, at=request.now)
        case CustomField():
            try:
                company.restore_field(field=row, by=request.user, at=request.now)
            except company.NameTaken:
                form = _form(kind, None, request, bound=False)
                trouble = _("Another field is called %(name)s now: rename it first.") % {"name": row.label}
                return _answer(request, kind, form, trouble=trouble, status=422)
    return _after(request, kind)


@manager_view
@require_POST
def place(request: MemberRequest, what: str, key: int) -> HttpResponse:
    """Another place in the order: `place` from 0, or one step `up` or `down`."""
    kind = _kind(what)
    row = _row(kind, key)
    wanted = _place(kind, row, request.POST.get("place", ""))
    match row:
        case LossReason():
            deals.place_loss_reason(reason=row, place=wanted, by=request.user, at=request.now)
        case CustomField():
            company.place_field(field=row, place=wanted, by=request.user, at=request.now)
    return _after(request, kind)


def _kind(what: str) -> Kind:
    try:
        return KINDS[what]
    except KeyError as problem:
        raise Http404 from problem


def _rows(kind: Kind, *, retired: bool = False) -> Any:
    rows: Any = kind.model._default_manager.all()
    if kind.model is Tag:
        on_deals: Any = Deal.tags.through.objects.filter(tag_id=OuterRef("pk")).order_by().values("tag_id")
        used = Subquery(on_deals.annotate(count=Count("pk")).values("count"))
        return rows.none() if retired else rows.annotate(used=Coalesce(used, 0)).order_by("name")
    return rows.filter(retired_at__isnull=not retired)


def _row(kind: Kind, key: int) -> Any:
    return get_object_or_404(_rows(kind), pk=key)


def _place(kind: Kind, row: Any, said: str) -> int:
    if not kind.ordered:
        raise Http404
    if said.isdecimal():
        return int(said[:6])
    alike = _rows(kind).filter(subject=row.subject) if isinstance(row, CustomField) else _rows(kind)
    order = list(alike.order_by("position", "pk").values_list("pk", flat=True))
    return max(0, order.index(row.pk) + {"up": -1, "down": 1}.get(said, 0))


def _form(kind: Kind, row: Any, request: MemberRequest, *, bound: bool = True) -> forms.Form:
    data = request.POST if request.method == "POST" and bound else None
    match row:
        case Product():
            price = "" if row.price_minor is None else str(to_decimal(row.price_minor, row.currency))
            price = price.replace(".", ",") if tongue() == "fr" else price
            initial = {"name": row.name, "code": row.code, "price": price, "currency": row.currency}
            return ProductForm(data, initial=initial)
        case CustomField():
            return FieldForm(row, data, initial={"label": row.label, "options": "\n".join(row.options)})
    if kind.model is Product:
        settings = queries.company()
        return ProductForm(data, initial={"currency": settings.currency if settings else "EUR"})
    if kind.model is CustomField:
        return CustomFieldForm(data)
    named = LongNameForm if kind.model is LossReason else NameForm
    return named(data, initial={"name": row.name} if row else None)


def _done(kind: Kind, row: Any, form: forms.Form, request: MemberRequest) -> bool:
    """Adds or changes; False with the error in the form when that is refused."""
    by: dict[str, Any] = {"by": request.user, "at": request.now}
    given = form.cleaned_data
    try:
        match row:
            case Source() | LossReason() | Tag():
                deals.rename_item(item=row, name=given["name"], **by)
            case Product():
                catalogue.amend_product(product=row, facts=given, **by)
            case CustomField():
                company.amend_field(field=row, label=given["label"], options=given.get("options", row.options), **by)
            case _:
                add: dict[type[Row], Callable[..., Row]] = {
                    Source: deals.add_source,
                    LossReason: deals.add_loss_reason,
                    Tag: deals.add_tag,
                    Product: catalogue.add_product,
                    CustomField: company.add_field,
                }
                add[kind.model](**given, **by)
    except (deals.NameTaken, catalogue.NameTaken, company.NameTaken):
        form.add_error("label" if kind.model is CustomField else "name", _("The list already holds this name."))
    except company.ChoicesMissing:
        form.add_error("options", _("Say at least one choice, one a line."))
    return not form.errors


def _after(request: MemberRequest, kind: Kind) -> HttpResponse:
    """The list again: as a fragment for htmx, by a redirect otherwise."""
    if not request.headers.get("HX-Request"):
        return redirect(kind.place)
    return _answer(request, kind, _form(kind, None, request, bound=False), status=200)


def _answer(
    request: MemberRequest, kind: Kind, form: forms.Form, *, trouble: str = "", status: int | None = None
) -> HttpResponse:
    rows = list(_rows(kind))
    context = {
        "kind": kind,
        "rows": rows,
        "gone": list(_rows(kind, retired=True)),
        "form": form,
        "trouble": trouble,
        "section": "settings",
        "place": kind.place,
    }
    part = "#rows" if request.headers.get("HX-Request") else ""
    code = status or (422 if request.method == "POST" else 200)
    return render(request, f"settings/list.html{part}", context, status=code)
