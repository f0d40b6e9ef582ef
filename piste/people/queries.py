"""Questions about companies and contacts: who is probably the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from piste.company.models import Member
from piste.foundations.names import company_domain, email_key, likeness, name_key, person_key, phone_key

from .models import Company, Consent, Contact

SURE, LIKELY, PERHAPS = 3, 2, 1
LIMIT = 6


@dataclass(frozen=True, slots=True)
class Alike:
    """A record that is probably the same; `reason` is one of email, domain, name, phone, near; `certainty` 1 to 3."""

    record: Company | Contact
    reason: str
    certainty: int


def same_as(kind: str, key: int) -> list[int]:
    """A contact or a company and all that were merged into it: what happened with any of them happened with it."""
    found, last = [key], [key]
    while last := list(_all(kind).filter(merged_into__in=last).exclude(pk__in=found).values_list("pk", flat=True)):
        found += last
    return found


def kept_instead(kind: str, key: int) -> int | None:
    """The one into which a contact or a company was merged, however often."""
    last: int | None = key
    found = None
    while last := _all(kind).filter(pk=last).values_list("merged_into", flat=True).first():
        found = last
    return found


def _all(kind: str) -> QuerySet[Any]:
    return Company.objects.all() if kind == "company" else Contact.objects.all()


def consents_of(contact: Contact) -> list[Consent]:
    """All that was noted of a contact's consents, what holds first for each purpose."""
    return list(Consent.objects.filter(contact=contact).select_related("by").order_by("-said_on", "-pk"))


def companies_alike(*, name: str, address: str = "", phone: str = "", member: Member, but: int | None = None) -> list[Alike]:
    """Companies that are probably the one described (`address`: web or e-mail), the surest first; two statements."""
    seen = Company.objects.visible_to(member).current().exclude(pk=but or 0)
    domain, key, number = company_domain(address), name_key(name), phone_key(phone)
    wanted = Q()
    if domain:
        wanted |= Q(domain=domain)
    if key:
        wanted |= Q(name_key=key)
    if number:
        wanted |= Q(phone_key=number)
    found = [_company_reason(row, domain, key, number) for row in _some(seen, wanted)]
    return _best(found, _near(seen, key, {alike.record.pk for alike in found}))


def contacts_alike(
    *, name: str, email: str = "", phone: str = "", company: Company | None = None, member: Member, but: int | None = None
) -> list[Alike]:
    """Contacts that are probably the one described, the surest first; two statements."""
    seen = Contact.objects.visible_to(member).current().exclude(pk=but or 0).select_related("company")
    address, key, number = email_key(email), person_key(name), phone_key(phone)
    wanted = Q()
    if address:
        wanted |= Q(email_key=address)
    if key:
        wanted |= Q(name_key=key)
    if number:
        wanted |= Q(phone_key=number)
    found = []
    for row in _some(seen, wanted):
        if address and row.email_key == address:
            found.append(Alike(row, "email", SURE))
        elif number and row.phone_key == number:
            found.append(Alike(row, "phone", LIKELY))
        else:
            same = company is not None and row.company_id == company.pk
            found.append(Alike(row, "name", LIKELY if same else PERHAPS))
    return _best(found, _near(seen, key, {alike.record.pk for alike in found}))


def _some[Row: (Company, Contact)](seen: QuerySet[Row], wanted: Q) -> list[Row]:
    return list(seen.filter(wanted)[:30]) if wanted else []


def _company_reason(row: Company, domain: str, key: str, number: str) -> Alike:
    if domain and row.domain == domain:
        return Alike(row, "domain", SURE if row.name_key == key else LIKELY)
    if key and row.name_key == key:
        return Alike(row, "name", LIKELY)
    return Alike(row, "phone", PERHAPS)


def _near(seen: QuerySet[Company] | QuerySet[Contact], key: str, known: set[int]) -> list[Alike]:
    """Names that begin alike and share most of their pieces."""
    if len(key) < 4:
        return []
    rows: Iterable[Company | Contact] = seen.filter(name_key__startswith=key[:3]).exclude(pk__in=known)[:200]
    scored = [(likeness(key, row.name_key), row) for row in rows]
    return [Alike(row, "near", PERHAPS) for score, row in sorted(scored, key=lambda pair: -pair[0]) if score >= 0.45]


def _best(found: list[Alike], near: list[Alike]) -> list[Alike]:
    return sorted([*found, *near], key=lambda alike: -alike.certainty)[:LIMIT]
