"""The filter in words: the chips above the board, and what its form offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext

from piste.catalogue.models import Product
from piste.company.models import CustomField, FieldKind, FieldSubject, Member, Sees, Team
from piste.deals.models import Source, Status, Tag
from piste.deals.queries.filtering import LATER, NONE, OVERDUE, ROTTING, STALLING, TODAY, Filter
from piste.foundations import typography
from piste.web.parts import custom_fields
from piste.web.templatetags.piste import day, tongue

from .filter_form import CUSTOM, FROM, TO, between, custom_said
from .links import address_of
from .looking import Look

#: Tags and products that the form offers, by name; those chosen already besides.
OFFERED = 500


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the filter: what it is about, its value, and the board without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a menu of the board's head."""

    label: str
    href: str
    is_current: bool


def head(look: Look) -> dict[str, Any]:
    """What stands above the columns: ready views, the filter's chips, the orders."""
    order = look.form.order
    orders = {
        "step": gettext("next step"),
        "closing": gettext("close date"),
        "amount": gettext("amount"),
        "longest": gettext("longest in stage"),
        "newest": gettext("newest"),
    }
    return {
        "views": _views(look),
        "chips": chips(look),
        "sorts": [
            Choice(label, look.links.here(sort="" if name == "step" else name), name == order) for name, label in orders.items()
        ],
        "sort_label": orders[order],
    }


def _views(look: Look) -> list[Choice]:
    """The looks asked for most, each one click away; the one in force says how many deals it shows."""
    member, wanted = look.request.user, look.form.wanted
    today = look.writer.today
    first = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last = (first + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    ready = [
        (gettext("All deals"), Filter(), {}),
        (gettext("My deals"), Filter(owners=(member.pk,)), {"owner": str(member.pk)}),
        (gettext("Stalling"), Filter(pace=STALLING), {"pace": STALLING}),
        (gettext("No close date"), Filter(closes_missing=True), {"undated": "1"}),
        (
            gettext("To sign this quarter"),
            Filter(closes_from=first, closes_until=last),
            {"after": first.isoformat(), "before": last.isoformat()},
        ),
    ]
    if not member.sees_all and member.sees == Sees.OWN:
        del ready[1]
    view = look.view
    found = [Choice(label, look.links.ready(pairs), view is None and asked == wanted) for label, asked, pairs in ready]
    if view is not None:
        found.append(Choice(view.name if look.is_as_saved else f"{view.name} *", address_of(view), True))
    elif not any(choice.is_current for choice in found):
        found.append(Choice(gettext("This filter"), look.links.here(), True))
    return found


def chips(look: Look) -> list[Chip]:
    """The filter's parts that are set, in words; names come in one statement, asked only when there is one to tell."""
    wanted = look.form.wanted
    if wanted.is_empty:
        return []
    links, names = look.links, _names(wanted)
    names |= {("stage", str(stage.pk)): stage.name for stage in look.stages}
    names |= {("step", state): label for state, label in step_states()}
    names |= {("status", value): str(label) for value, label in Status.choices}
    found = []
    for kind, label, values in (
        ("stage", gettext("Stage"), wanted.stages),
        ("status", gettext("Status"), wanted.statuses),
        ("owner", gettext("Owner"), wanted.owners),
        ("team", gettext("Team"), wanted.teams),
        ("source", gettext("Source"), wanted.sources),
        ("tag", gettext("Tag"), wanted.tags),
        ("product", gettext("Product"), wanted.products),
        ("step", gettext("Next step"), wanted.steps),
    ):
        for value in values:
            text = str(value)
            found.append(Chip(label, names.get((kind, text), text), links.without(kind, text)))
    found += _of_values(look, wanted)
    for one in wanted.custom:
        name = CUSTOM + one.key
        found.append(Chip(*custom_said(look.form, one), links.here(without=[name, name + FROM, name + TO])))
    return found


def step_states() -> list[tuple[str, str]]:
    """How a next step may stand, in words."""
    return [
        (OVERDUE, gettext("overdue")),
        (TODAY, gettext("due today")),
        (LATER, gettext("later")),
        (NONE, gettext("none")),
    ]


def _of_values(look: Look, wanted: Filter) -> list[Chip]:
    links = look.links
    found = []
    if wanted.amount_from is not None or wanted.amount_to is not None:
        text = between(
            "" if wanted.amount_from is None else typography.number(float(wanted.amount_from), tongue()),
            "" if wanted.amount_to is None else typography.number(float(wanted.amount_to), tongue()),
        )
        found.append(Chip(gettext("Amount"), text, links.here(without=["least", "most"])))
    if wanted.closes_from or wanted.closes_until:
        text = between(day(wanted.closes_from), day(wanted.closes_until))
        found.append(Chip(gettext("Expected close"), text, links.here(without=["after", "before"])))
    if wanted.closes_missing:
        found.append(Chip(gettext("Expected close"), gettext("missing"), links.here(without=["undated"])))
    if wanted.pace:
        text = gettext("twice the norm") if wanted.pace == ROTTING else gettext("above the norm")
        found.append(Chip(gettext("Time in stage"), text, links.here(without=["pace"])))
    for count, name, label in (
        (wanted.stage_days, "days", gettext("Time in stage")),
        (wanted.quiet_days, "quiet", gettext("Quiet")),
    ):
        if count is not None:
            found.append(Chip(label, f"≥ {typography.days(count, tongue())}", links.here(without=[name])))
    if wanted.text:
        found.append(Chip(gettext("Words"), wanted.text, links.here(without=["q"])))
    return found


def _names(wanted: Filter) -> dict[tuple[str, str], str]:
    """The names behind the ids of a filter, in one statement."""
    arms: list[Any] = []
    for kind, model, ids in (
        ("owner", Member, wanted.owners),
        ("team", Team, wanted.teams),
        ("source", Source, wanted.sources),
        ("tag", Tag, wanted.tags),
        ("product", Product, wanted.products),
    ):
        if ids:
            rows = model._default_manager.filter(pk__in=ids).order_by()
            arms.append(rows.values_list(Value(kind), Cast("pk", CharField()), "name"))
    if not arms:
        return {}
    rows = arms[0].union(*arms[1:], all=True) if len(arms) > 1 else arms[0]
    return {(kind, key): name for kind, key, name in rows}


def choices(look: Look) -> dict[str, Any]:
    """What the filter's form offers, with what is chosen."""
    wanted = look.form.wanted
    products, products_left = _first(Product.objects.filter(retired_at=None), wanted.products)
    tags, tags_left = _first(Tag.objects.all(), wanted.tags)
    return {
        "owners": _options(Member.objects.active().values_list("pk", "name"), wanted.owners),
        "teams": _options(Team.objects.values_list("pk", "name"), wanted.teams),
        "sources": _options(Source.objects.filter(retired_at=None).values_list("pk", "name"), wanted.sources),
        "products": products,
        "products_left": products_left,
        "tags": tags,
        "tags_left": tags_left,
        "offered": OFFERED,
        "in_stages": _options([(stage.pk, stage.name) for stage in look.stages], wanted.stages),
        "statuses": _options(Status.choices, wanted.statuses),
        "steps": _options(step_states(), wanted.steps),
        "fields": [_own(look, field) for field in CustomField.objects.filter(subject=FieldSubject.DEAL, retired_at=None)],
        "fields_open": bool(look.form.asked_keys),
    }


def _own(look: Look, field: CustomField) -> dict[str, Any]:
    """A custom field as the form asks for it, with what is asked already."""
    form, name = look.form, CUSTOM + field.key
    form.add(field)
    values: Any = form[name].value() if name in form.fields else None
    if field.kind == FieldKind.YES_NO:
        offered = [("yes", custom_fields.show(field, True)), ("no", custom_fields.show(field, False))]
    else:
        offered = [(option, option) for option in field.options]
    return {
        "name": name,
        "label": field.label,
        "kind": field.kind,
        "options": [(value, label, value in (values or ())) for value, label in offered],
        "value": values or "",
        "bounds": [form[name + end] for end in (FROM, TO) if name + end in form.fields],
    }


def _first(rows: QuerySet[Any], chosen: tuple[int, ...]) -> tuple[list[tuple[Any, str, bool]], int]:
    """The first by name as a form offers them, those chosen among them, and how many are left out."""
    found = dict(rows.order_by("name", "pk").values_list("pk", "name")[:OFFERED])
    further = [key for key in chosen if key not in found]
    if further:
        found |= dict(rows.filter(pk__in=further).values_list("pk", "name"))
    left = rows.count() - len(found) if len(found) >= OFFERED else 0
    return _options(found.items(), chosen), left


def _options(rows: Any, chosen: tuple[Any, ...]) -> list[tuple[Any, str, bool]]:
    return [(key, name, key in chosen) for key, name in rows]
