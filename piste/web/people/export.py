"""The lists of companies and contacts as files: those one may see and asked for, with all facts, as an import takes them back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from piste.company.models import CustomField, FieldSubject
from piste.exchange.writing import Value
from piste.people.models import Company, Contact
from piste.web import access
from piste.web.access import MemberRequest, member_view
from piste.web.parts import custom_fields
from piste.web.parts.table_file import table_file
from piste.web.templatetags.piste import zone

from .views import wanted

#: Rows read at a time.
BATCH = 1000
CONTACT = (
    ("name", _("Full name")),
    ("first_name", _("First name")),
    ("last_name", _("Last name")),
    ("job_title", _("Job title")),
    ("company", _("Company")),
    ("email", _("E-mail")),
    ("phone", _("Phone")),
)
COMPANY = (
    ("name", _("Name")),
    ("website", _("Web site")),
    ("sector", _("Sector")),
    ("employees", _("Employees")),
    ("phone", _("Phone")),
    ("address", _("Address")),
    ("postcode", _("Postcode")),
    ("city", _("City")),
    ("country", _("Country")),
    ("registration_number", _("Registration number")),
)


@member_view
@require_safe
def companies(request: MemberRequest, kind: str) -> HttpResponseBase:
    """The list of companies, whole."""
    found, _text, _order = wanted(request, access.companies(request), "company")
    return _file(kind, gettext("Companies"), COMPANY, FieldSubject.COMPANY, found)


@member_view
@require_safe
def contacts(request: MemberRequest, kind: str) -> HttpResponseBase:
    """The list of contacts, whole."""
    found, _text, _order = wanted(request, access.contacts(request).select_related("company"), "contact")
    return _file(kind, gettext("Contacts"), CONTACT, FieldSubject.CONTACT, found)


def _file(kind: str, title: str, facts: Sequence[tuple[str, Any]], subject: str, found: Any) -> HttpResponseBase:
    own = custom_fields.of(subject)
    heads = [*(str(label) for _name, label in facts), gettext("Owner"), *(field.label for field in own), gettext("Created on")]
    return table_file(kind, title, heads, _rows([name for name, _label in facts], own, found.select_related("owner")))


def _rows(facts: Sequence[str], own: Sequence[CustomField], found: Any) -> Iterator[Sequence[Value]]:
    one: Company | Contact
    for one in found.iterator(chunk_size=BATCH):
        yield [
            *(_value(one, name) for name in facts),
            one.owner.name if one.owner is not None else None,
            *(custom_fields.cell(field, one.custom.get(field.key)) for field in own),
            one.created_at.astimezone(zone()).date(),
        ]


def _value(one: Company | Contact, name: str) -> Value:
    value: Any = getattr(one, name)
    if isinstance(value, Company):
        return value.name
    return value if isinstance(value, int) else value or None
