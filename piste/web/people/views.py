"""Lists and pages of companies and contacts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Sum, When
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from piste.activities.queries import pinned, planned_with, withdrawn
from piste.company.models import FieldSubject
from piste.deals.models import DealSet, Status
from piste.finding.queries import find, matching
from piste.foundations.names import search_words
from piste.foundations.numbers import row_number
from piste.journal.models import Entry
from piste.people.models import Company, Contact
from piste.people.operations import FactsChanged, note_consent
from piste.people.queries import companies_alike, contacts_alike, kept_instead, same_as
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.deal.steps import shown
from piste.web.parts import custom_fields
from piste.web.parts.papers import papers
from piste.web.parts.taken_back import taken_back
from piste.web.parts.telling import UNTOLD, lines, written
from piste.web.start.regions import country_name
from piste.web.templatetags.piste import tongue

from . import consenting, taking_back
from .forms import CompanyForm, ContactForm

PAGE = 50
#: Of the steps planned with one contact or company, and of the contacts of a company, as many stand on one page of each.
PLANNED, PEOPLE = 50, 100
#: States of deals in the order in which a page gathers them.
STATES = (Status.OPEN, Status.HELD, Status.WON, Status.LOST)
ORDERS = {"name": ("order_key", "pk"), "-name": ("-order_key", "-pk"), "new": ("-created_at", "-pk")}


def wanted(request: MemberRequest, found: Any, kind: str) -> tuple[Any, str, str]:
    """A list narrowed by what is typed and in the order asked for."""
    text, order = request.GET.get("q", "").strip(), request.GET.get("order", "name")
    if search_words(text):
        held = found.filter(pk__in=matching(text, kind=kind).values("object_id"))
        if not held.exists():
            # Nothing holds these words as they are written: what may have been meant.
            held = found.filter(pk__in=[row.object_id for row in find(text, member=request.user, kinds=[kind], limit=PAGE)])
        found = held
    return found.order_by(*ORDERS.get(order, ORDERS["name"])), text, order


@member_view
def companies(request: MemberRequest) -> HttpResponse:
    """All companies one may see, with their open deals."""
    found, text, order = wanted(request, access.companies(request), "company")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    keys = [company.pk for company in page]
    sums: dict[int, list[tuple[int, int, str]]] = {}
    rows = access.deals(request).filter(company_id__in=keys, status="open").order_by()
    for key, currency, count, amount in rows.values_list("company_id", "currency").annotate(Count("pk"), Sum("amount_key")):
        sums.setdefault(key, []).append((count, amount, currency))
    context = {"page": page, "rows": [(company, sums.get(company.pk, [])) for company in page], "q": text, "order": order}
    return render(request, "people/companies.html", {**context, "section": "companies"})


@member_view
def contacts(request: MemberRequest) -> HttpResponse:
    """All contacts one may see."""
    found, text, order = wanted(request, access.contacts(request).select_related("company"), "contact")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "people/contacts.html", {"page": page, "q": text, "order": order, "section": "contacts"})


@member_view
def company(request: MemberRequest, key: int) -> HttpResponse:
    """One company: facts, people, deals, history."""
    try:
        found = access.company(request, key)
    except Http404:
        return _kept_instead(request, "company", key)
    deals = access.deals(request).filter(company=found)
    people = access.contacts(request).filter(company=found).order_by("order_key", "pk")
    context = {
        "person": found,
        "kind": "company",
        "facts": _facts(CompanyForm(request.user, found), found),
        **_deals(request, deals),
        "people": Paginator(people, PEOPLE).get_page(request.GET.get("people")),
        "alike": companies_alike(name=found.name, address=found.website, phone=found.phone, member=request.user, but=found.pk),
        "new_deal": f"{reverse('new_deal')}?company={found.pk}",
        "section": "companies",
        **papers("company", found),
        **_planned(request, "company", found.pk),
        **_history(request, "company", found.pk),
    }
    return render(request, "people/person.html", context)


@member_view
def contact(request: MemberRequest, key: int) -> HttpResponse:
    """One contact: facts, deals, consent, history."""
    try:
        found = access.contact(request, key)
    except Http404:
        return _kept_instead(request, "contact", key)
    return contact_page(request, found)


def _kept_instead(request: MemberRequest, kind: str, key: int) -> HttpResponse:
    """An address of before a merge leads to the one that was kept, if one may see it."""
    kept = kept_instead(kind, key)
    if kept is None:
        raise Http404
    return redirect(kind, (access.company(request, kept) if kind == "company" else access.contact(request, kept)).pk)


def contact_page(
    request: MemberRequest, found: Contact, form: consenting.ConsentForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page of a contact, with what was typed of a consent."""
    deals = access.deals(request).filter(people__contact=found)
    alike = contacts_alike(
        name=found.name, email=found.email, phone=found.phone, company=found.company, member=request.user, but=found.pk
    )
    context = {
        "person": found,
        "kind": "contact",
        "facts": _facts(ContactForm(request.user, found), found),
        **_deals(request, deals),
        "alike": alike,
        "new_deal": f"{reverse('new_deal')}?contact={found.pk}",
        "section": "contacts",
        **consenting.context(found, form),
        **papers("contact", found),
        **_planned(request, "contact", found.pk),
        **_history(request, "contact", found.pk),
    }
    return render(request, "people/person.html", context, status=status)


@member_view
@require_POST
def consent(request: MemberRequest, key: int) -> HttpResponse:
    """Notes what a contact said of one purpose."""
    found = access.contact(request, key)
    form = consenting.ConsentForm(request.POST)
    if not form.is_valid():
        return contact_page(request, found, form, status=422)
    note_consent(contact=found, by=request.user, at=request.now, **form.cleaned_data)
    messages.success(request, _("The consent is noted."))
    return redirect("contact", key)


def _deals(request: MemberRequest, deals: DealSet) -> dict[str, Any]:
    """All deals of a record (or those of one state, `?state=`), the open ones first, and what there is of each state."""
    rows = deals.order_by().values_list("status", "currency").annotate(Count("pk"), Sum("amount_key"))
    sums: dict[str, list[tuple[int, int, str]]] = {}
    for status, currency, count, amount in rows:
        sums.setdefault(status, []).append((count, amount, currency))
    states = [
        (state, Status(state).label, sum(count for count, _, _ in sums[state]), sorted(sums[state], reverse=True))
        for state in STATES
        if state in sums
    ]
    state = request.GET.get("state", "")
    shown = deals.filter(status=state) if state in sums else deals
    place = Case(*(When(status=name, then=number) for number, name in enumerate(STATES)), output_field=IntegerField())
    page = Paginator(shown.select_related("stage", "owner").order_by(place, "-created_at", "-pk"), 30)
    return {"deals": page.get_page(request.GET.get("deals")), "states": states, "state": state if state in sums else ""}


def _facts(form: CompanyForm | ContactForm, found: Company | Contact) -> list[tuple[str, str, str]]:
    """Facts in words, in the order of the form, each with where it leads ("" for most); empty ones are left out."""
    subject = FieldSubject.COMPANY if isinstance(found, Company) else FieldSubject.CONTACT
    rows = []
    for name in form.FACTS:
        value = getattr(found, name)
        if value not in (None, ""):
            said = country_name(value, tongue()) if name == "country" else str(value)
            rows.append((str(form.fields[name].label), said, _leads(name, said)))
    for field in custom_fields.of(subject):
        value = custom_fields.show(field, found.custom.get(field.key))
        if value:
            rows.append((field.label, value, _leads(field.kind, value)))
    return rows


def _leads(kind: str, value: str) -> str:
    """Where one writes, calls or reads: an address of the kind the fact says, never one that runs."""
    match kind:
        case "email":
            return f"mailto:{value}"
        case "phone":
            return f"tel:{value.replace(' ', '')}"
        case "website" | "url":
            return value if value.startswith(("https://", "http://")) else "" if ":" in value else f"https://{value}"
    return ""


def _planned(request: MemberRequest, kind: str, key: int) -> dict[str, Any]:
    """What is to be done with a contact or a company, the soonest first."""
    page = Paginator(planned_with(kind, key), PLANNED).get_page(request.GET.get("planned"))
    return {"planned": page, "steps": [shown(step, now=request.now) for step in page]}


def _history(request: MemberRequest, kind: str, key: int) -> dict[str, Any]:
    """What happened with a contact or a company, newest first; pinned notes stand above."""
    first, keys = pinned(kind, key), same_as(kind, key)
    told = Entry.objects.filter(subject_kind=kind, subject_id__in=keys, erased_at=None).exclude(verb__in=UNTOLD)
    # A merge is told of both.
    told = told.exclude(verb__endswith=".merged", subject_id__in=keys[1:])
    if apart := [*withdrawn(kind, key), *first]:
        told = told.exclude(verb="note.written", data__note__in=apart)
    page = Paginator(told.newest_first().select_related("actor"), 30).get_page(request.GET.get("page"))
    above = written(kind, keys, first) if page.number == 1 else []
    told_lines = lines([*above, *page])
    context = {"pinned": told_lines[: len(above)], "lines": told_lines[len(above) :], "page": page}
    return context | {"taken_back": taken_back(list(page))}


@member_view
@require_http_methods(["GET", "POST"])
def new_company(request: MemberRequest) -> HttpResponse:
    """A new company; likely doubles are shown while one types."""
    return _form(request, CompanyForm(request.user, None, request.POST or None), "company")


@member_view
@require_http_methods(["GET", "POST"])
def edit_company(request: MemberRequest, key: int) -> HttpResponse:
    """A company's facts."""
    found = access.company(request, key)
    return _form(request, CompanyForm(request.user, found, request.POST or None), "company")


@member_view
@require_http_methods(["GET", "POST"])
def new_contact(request: MemberRequest) -> HttpResponse:
    """A new contact, of the company that the address names (`?company=`); likely doubles are shown while one types."""
    asked = row_number(request.GET.get("company", ""))
    of = access.companies(request).filter(pk=asked).first() if asked is not None else None
    return _form(request, ContactForm(request.user, None, request.POST or None, of=of), "contact")


@member_view
@require_http_methods(["GET", "POST"])
def edit_contact(request: MemberRequest, key: int) -> HttpResponse:
    """A contact's facts."""
    found = access.contact(request, key)
    return _form(request, ContactForm(request.user, found, request.POST or None), "contact")


def _form(request: MemberRequest, form: CompanyForm | ContactForm, kind: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return taking_back.edited(request, kind, form.save(request.now))
        except FactsChanged as conflict:
            form.tell(conflict.facts)
    context = {"form": form, "kind": kind, "section": "companies" if kind == "company" else "contacts"}
    return render(request, "people/form.html", context, status=422 if request.method == "POST" else 200)


@member_view
def alike(request: MemberRequest, kind: str) -> HttpResponse:
    """Who is probably the same as what is being typed."""
    asked = request.GET
    if kind == "companies":
        found = companies_alike(name=asked.get("name", ""), address=asked.get("website", ""), member=request.user)
    elif kind != "contacts":
        raise Http404
    else:
        name = f"{asked.get('first_name', '')} {asked.get('last_name', '')}".strip()
        found = contacts_alike(name=name, email=asked.get("email", ""), phone=asked.get("phone", ""), member=request.user)
    return render(request, "people/alike.html", {"alike": found, "kind": "company" if kind == "companies" else "contact"})
