"""Doubles: the list of likely pairs, and folding one record into the other, side by side, undoable."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.company.models import FieldSubject
from piste.deals.operations.merging import FACTS, CannotMerge, merge, unmerge
from piste.people.models import Company, Contact, Merge
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.answering import go
from piste.web.parts import custom_fields

#: Groups shown of each kind, and records of a group; the largest groups come first.
GROUPS = 25
SHOWN = 6


def _record(request: MemberRequest, kind: str, key: int) -> Company | Contact:
    if kind == "company":
        return access.company(request, key)
    if kind == "contact":
        return access.contact(request, key)
    raise Http404


@member_view
def doubles(request: MemberRequest) -> HttpResponse:
    """Groups of records that carry the same e-mail, domain, name or phone."""
    groups: list[dict[str, Any]] = []
    more = False
    found: Any
    for kind, found, keys in (
        ("contact", access.contacts(request).select_related("company"), ("email_key", "phone_key")),
        ("company", access.companies(request), ("domain", "name_key")),
    ):
        for key in keys:
            shared = (
                found.exclude(**{key: ""})
                .values(key)
                .annotate(counted=Count("pk"))
                .filter(counted__gt=1)
                .order_by("-counted", key)
            )
            rows = list(shared[: GROUPS + 1])
            more = more or len(rows) > GROUPS
            rows = rows[:GROUPS]
            alike = _first_of_each(found, key, [row[key] for row in rows])
            for row in rows:
                people = alike[row[key]]
                if not people:  # merged between the two questions
                    continue
                said = _value(people[0], key)
                groups.append({"kind": kind, "why": key, "value": said, "people": people, "counted": row["counted"]})
    return render(request, "people/doubles.html", {"groups": groups, "more": more, "section": "contacts"})


def _first_of_each(found: Any, key: str, values: list[str]) -> dict[str, list[Company | Contact]]:
    """The first records that carry each value, in one statement however many carry it."""
    place = Window(RowNumber(), partition_by=[F(key)], order_by=F("pk").asc())
    rows = found.filter(**{f"{key}__in": values}).annotate(place=place).filter(place__lte=SHOWN).order_by("pk")
    alike: dict[str, list[Company | Contact]] = {value: [] for value in values}
    for row in rows:
        alike[getattr(row, key)].append(row)
    return alike


def _value(person: Company | Contact, key: str) -> str:
    """What a group shares, as it is written on its first record rather than as it is compared."""
    written = {"email_key": "email", "phone_key": "phone", "name_key": "name"}.get(key, key)
    return str(getattr(person, written))


@member_view
@require_http_methods(["GET", "POST"])
def fold(request: MemberRequest, kind: str, kept: int, folded: int) -> HttpResponse:
    """Both records side by side; one chooses what to keep of each."""
    one, other = _record(request, kind, kept), _record(request, kind, folded)
    if one.pk == other.pk:
        raise Http404
    own = custom_fields.of(FieldSubject(kind))
    if request.method == "POST":
        take = {name: request.POST.get(name) == "other" for name in (*FACTS[kind], *(f"custom:{field.key}" for field in own))}
        try:
            done = merge(kept=one, folded=other, take=take, by=request.user, at=request.now)
        except CannotMerge:
            messages.error(request, _("One of the two has been merged or binned in the meantime: nothing was changed."))
            return redirect(kind, one.pk)
        messages.success(
            request,
            _("%(name)s is merged. Everything of both is here.") % {"name": other.name},
            extra_tags=reverse("undo_merge", args=[done.pk]),
        )
        return redirect("merged", done.pk)
    rows = [
        {"name": name, "label": _label(one, name), "mine": _said(one, name), "theirs": _said(other, name)}
        for name in FACTS[kind]
        if _said(one, name) or _said(other, name)
    ]
    for field in own:
        mine, theirs = (custom_fields.show(field, person.custom.get(field.key)) for person in (one, other))
        if mine or theirs:
            rows.append({"name": f"custom:{field.key}", "label": field.label, "mine": mine, "theirs": theirs})
    context = {"kind": kind, "one": one, "other": other, "rows": rows, "section": "contacts"}
    return render(request, "people/fold.html", context)


def _label(person: Company | Contact, name: str) -> str:
    from .forms import CompanyForm, ContactForm

    form: Any = CompanyForm if isinstance(person, Company) else ContactForm
    field = form.base_fields.get(name.removesuffix("_id"))
    if field is not None:
        return str(field.label)
    return _("Full name")


def _said(person: Company | Contact, name: str) -> str:
    if name == "company_id" and isinstance(person, Contact):
        return person.company.name if person.company else ""
    value = getattr(person, name)
    return "" if value is None else str(value)


@member_view
def merged(request: MemberRequest, key: int) -> HttpResponse:
    """What was merged, with the way back."""
    done = get_object_or_404(Merge, pk=key)
    person = _record(request, done.kind, done.kept_id)
    return render(request, "people/merged.html", {"merge": done, "person": person, "section": "contacts"})


@member_view
@require_POST
def undo_merge(request: MemberRequest, key: int) -> HttpResponse:
    """Takes a merge back to the letter."""
    done = get_object_or_404(Merge, pk=key)
    _record(request, done.kind, done.kept_id)
    try:
        unmerge(merge=done, by=request.user, at=request.now)
        messages.success(request, _("The merge is undone: both are as before."))
    except CannotMerge:
        messages.error(request, _("This merge was undone before."))
    return go(request, reverse(done.kind, args=[done.folded_id]))
