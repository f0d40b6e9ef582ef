"""Writing companies and contacts: one at a time, or many at once for imports."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Model

from piste.company.models import Member
from piste.finding.operations import Document, forget, index
from piste.foundations.names import company_domain, email_key, name_key, order_key, person_key, phone_key
from piste.journal.models import Entry
from piste.journal.operations import Happening, record, record_many
from piste.journal.rows import add_with_ids, unsaved

from .models import Company, Consent, Contact

type Person = Company | Contact

MANY = 1000
_renaming: list[Callable[[Collection[int]], None]] = []


class AlreadyThere(Exception):
    """The record already is in the state asked for."""


class NameMissing(ValueError):
    """A company or a contact without any name."""


class FactsChanged(Exception):
    """Facts that were to be changed or taken back have changed since the caller saw them; `facts` names them."""

    def __init__(self, facts: Collection[str]) -> None:
        super().__init__(", ".join(facts))
        self.facts = facts


@transaction.atomic
def create_company(*, name: str, by: Member | None, at: datetime, cause: str = "page", **facts: Any) -> Company:
    """A new company; `facts` by field name. Raises `NameMissing`."""
    company = Company(name=name.strip(), created_at=at, **_owned(facts, by))
    _set_company_keys(company)
    company.save(force_insert=True)
    index([searchable(company)])
    _record("company.created", company, by, at, cause, {"name": company.name})
    return company


@transaction.atomic
def create_contact(*, by: Member | None, at: datetime, name: str = "", cause: str = "page", **facts: Any) -> Contact:
    """A new contact; `name` is made of first and last name when absent. Raises `NameMissing`."""
    contact = Contact(name=name.strip(), created_at=at, **_owned(facts, by))
    _set_contact_keys(contact)
    contact.save(force_insert=True)
    index([searchable(contact)])
    _record("contact.created", contact, by, at, cause, {"name": contact.name})
    return contact


def amend_company(
    *,
    company: Company,
    by: Member | None,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    custom: Mapping[str, Any] | None = None,
    cause: str = "page",
    expecting: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Changes facts and custom fields; returns what really changed as (before, after). `expecting` is what the caller last saw
    of some of them, as `present` says it. Raises `NameMissing`, `FactsChanged` when one has changed since."""
    return _amend(Company, company.pk, facts or {}, custom or {}, by, at, cause, expecting=expecting)


def amend_contact(
    *,
    contact: Contact,
    by: Member | None,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    custom: Mapping[str, Any] | None = None,
    cause: str = "page",
    expecting: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Changes facts and custom fields; returns what really changed as (before, after). `expecting` is what the caller last saw
    of some of them, as `present` says it. Raises `NameMissing`, `FactsChanged` when one has changed since."""
    return _amend(Contact, contact.pk, facts or {}, custom or {}, by, at, cause, expecting=expecting)


@transaction.atomic
def _amend(
    model: type[Company] | type[Contact],
    key: int,
    facts: Mapping[str, Any],
    custom: Mapping[str, Any],
    by: Member | None,
    at: datetime,
    cause: str,
    undone: Entry | None = None,
    expecting: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Any]]:
    person: Person = model._default_manager.select_for_update().get(pk=key)
    if expecting:
        changed_since = [name for name, seen in expecting.items() if present(person, name) != seen]
        if changed_since:
            raise FactsChanged(changed_since)
    if undone is not None:
        _hold_against(person, undone)
    changed: dict[str, tuple[Any, Any]] = {}
    for name, value in facts.items():
        column = column_of(person, name)
        before = getattr(person, column)
        setattr(person, name, value)
        if getattr(person, column) != before:
            changed[name] = (before, getattr(person, column))
    for field, value in custom.items():
        if person.custom.get(field) != value:
            changed[f"custom:{field}"] = (person.custom.get(field), value)
            person.custom[field] = value
    if not changed:
        return {}
    told: dict[str, Any] = {"changes": {k: list(v) for k, v in changed.items()}}
    domain = person.domain if isinstance(person, Company) else ""
    set_keys(person)
    if isinstance(person, Company) and person.domain != domain:
        # It follows the web site, but is not always what it was before when the site is.
        told["domain"] = domain
    person.save()
    index([searchable(person)])
    if isinstance(person, Company) and "name" in changed:
        index_again([person.pk])
    if undone is not None:
        told["undoes"] = undone.number
    _record(f"{kind_of(person)}.amended", person, by, at, cause, told)
    return changed


@transaction.atomic
def take_back(*, entry: Entry, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Takes back one edit of a company or a contact, told by its entry of the journal: exactly what it changed is as before.

    Raises `FactsChanged` when a part of it has been changed since, `AlreadyThere` when the record is in the bin or folded.
    """
    model: Any = {"company.amended": Company, "contact.amended": Contact}[entry.verb]
    if not model.objects.current().filter(pk=entry.subject_id).exists():
        raise AlreadyThere
    facts: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, (before, _after) in entry.data["changes"].items():
        if name.startswith("custom:"):
            custom[name.removeprefix("custom:")] = before
        elif model._meta.get_field(name).is_relation:
            facts[name] = standing(model._meta.get_field(name).related_model, before)
        else:
            facts[name] = before
    if "domain" in entry.data:
        facts.setdefault("domain", entry.data["domain"])
    _amend(model, entry.subject_id, facts, custom, by, at, cause, undone=entry)


def standing(model: Any, key: int | None) -> Any:
    """The row behind a key of the past, or the one it was folded into since; None when it is there no more."""
    row = model._default_manager.filter(pk=key).first() if key is not None else None
    while row is not None and getattr(row, "merged_into_id", None):
        row = row.merged_into
    return None if getattr(row, "erased_at", None) else row


def present(person: Person, name: str) -> Any:
    """What a record says now of a fact (`custom:<key>` for the company's own), as the journal tells it."""
    if name.startswith("custom:"):
        return person.custom.get(name.removeprefix("custom:"))
    return getattr(person, column_of(person, name))


def _hold_against(person: Person, undone: Entry) -> None:
    """Refuses to take back what is no longer as the edit left it. Raises `FactsChanged`."""
    changed = [name for name, (_before, after) in undone.data["changes"].items() if present(person, name) != after]
    if changed:
        raise FactsChanged(changed)


class HowMissing(ValueError):
    """A consent without a word on how one knows of it."""


@transaction.atomic
def note_consent(
    *,
    contact: Contact,
    purpose: str,
    agreement: str,
    how: str,
    said_on: date,
    by: Member | None,
    at: datetime,
    cause: str = "page",
) -> Consent:
    """A contact gave or withdrew their consent; what was noted before stays. Raises `HowMissing`."""
    if not how.strip():
        raise HowMissing
    told = {"purpose": purpose, "agreement": agreement, "how": how.strip(), "said_on": said_on}
    made = Consent.objects.create(contact=contact, by=by, at=at, **told)
    _record("contact.consent", contact, by, at, cause, told | {"said_on": said_on.isoformat()})
    return made


@transaction.atomic
def discard(*, person: Person, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Puts a record in the bin; what points at it stays. Raises `AlreadyThere`."""
    if person.deleted_at is not None:
        raise AlreadyThere
    person.deleted_at = at
    person.save(update_fields=["deleted_at"])
    forget(kind_of(person), [person.pk])
    _record(f"{kind_of(person)}.discarded", person, by, at, cause, {"name": person.name})


@transaction.atomic
def discard_many(*, people: Sequence[Person], by: Member | None, at: datetime, cause: str = "page") -> None:
    """Puts records of one kind, none of them in the bin, there in a handful of statements."""
    if not people:
        return
    kind, keys = kind_of(people[0]), [person.pk for person in people]
    type(people[0])._default_manager.filter(pk__in=keys).update(deleted_at=at)
    forget(kind, keys)
    actor = by.pk if by else None
    record_many(
        happenings=[Happening(f"{kind}.discarded", kind, row.pk, actor, at, {"name": row.name}, cause=cause) for row in people]
    )


@transaction.atomic
def restore(*, person: Person, by: Member | None, at: datetime, cause: str = "page") -> None:
    """Brings a record back from the bin. Raises `AlreadyThere`, also for one that was erased."""
    current = type(person)._default_manager.select_for_update(of=("self",)).get(pk=person.pk)
    if current.deleted_at is None or current.erased_at is not None:
        raise AlreadyThere
    person.deleted_at = None
    person.save(update_fields=["deleted_at"])
    index([searchable(person)])
    _record(f"{kind_of(person)}.restored", person, by, at, cause, {"name": person.name})


@transaction.atomic
def bring_companies(
    *, rows: Sequence[Mapping[str, Any]], by: Member | None, at: datetime, cause: str = "import"
) -> list[Company]:
    """Many new companies at once, facts by field name, in the order given."""
    made = [unsaved(Company, {"created_at": at, **row}) for row in rows]
    for company in made:
        _set_company_keys(company)
    add_with_ids(Company, made)
    _tell_of(made, by, at, cause)
    return made


@transaction.atomic
def bring_contacts(*, rows: Sequence[Mapping[str, Any]], by: Member | None, at: datetime, cause: str = "import") -> list[Contact]:
    """Many new contacts at once, facts by field name, in the order given."""
    made = [unsaved(Contact, {"created_at": at, **row}) for row in rows]
    for contact in made:
        _set_contact_keys(contact)
    add_with_ids(Contact, made)
    _tell_of(made, by, at, cause)
    return made


def _tell_of(made: Iterable[Person], by: Member | None, at: datetime, cause: str) -> None:
    people = list(made)
    for start in range(0, len(people), 2000):
        part = people[start : start + 2000]
        index([searchable(person) for person in part])
        record_many(
            happenings=[
                Happening(
                    f"{kind_of(person)}.created",
                    kind_of(person),
                    person.pk,
                    by.pk if by else None,
                    at,
                    {"name": person.name},
                    cause=cause,
                )
                for person in part
            ]
        )


def on_renaming(follow: Callable[[Collection[int]], None]) -> None:
    """Calls `follow` with the ids of companies whose name has changed, inside the transaction of the change; for rooms above
    that keep what they have findable by it."""
    _renaming.append(follow)


def index_again(companies: Collection[int]) -> None:
    """Makes everything of these companies findable under their present names: the contacts, and what the rooms above have."""
    contacts = Contact.objects.current().filter(company__in=companies).select_related("company").order_by("pk")
    for batch in batched(contacts.iterator(chunk_size=MANY), MANY, strict=False):
        index([searchable(contact) for contact in batch])
    for follow in _renaming:
        follow(companies)


def kind_of(person: Person) -> str:
    """`company` or `contact`, as the journal and the search name them."""
    return "company" if isinstance(person, Company) else "contact"


def searchable(person: Person) -> Document:
    """What can be found of a company or a contact."""
    if isinstance(person, Company):
        words = [person.name, person.domain, person.city, person.registration_number, person.external_id]
    else:
        company = person.company.name if person.company is not None else ""
        words = [person.name, person.email, person.phone, company, person.external_id]
    return Document(
        kind=kind_of(person),
        object_id=person.pk,
        label=person.name,
        text=" ".join(word for word in words if word),
        owner_id=person.owner_id,
        team_id=person.team_id,
    )


def set_keys(person: Person) -> None:
    """Works out the normalised keys from the fields they follow. Raises `NameMissing`."""
    if isinstance(person, Company):
        _set_company_keys(person)
    else:
        _set_contact_keys(person)


def _set_company_keys(company: Company) -> None:
    company.name = company.name.strip()
    if not company.name:
        raise NameMissing
    company.name_key, company.order_key = name_key(company.name), order_key(company.name)
    company.phone_key = phone_key(company.phone)
    if company.website:
        company.domain = company_domain(company.website)


def _set_contact_keys(contact: Contact) -> None:
    both = f"{contact.first_name} {contact.last_name}".strip()
    contact.name = contact.name.strip() or both or contact.email
    if not contact.name:
        raise NameMissing
    contact.name_key, contact.order_key = person_key(contact.name), order_key(contact.name)
    contact.email_key = email_key(contact.email)
    contact.phone_key = phone_key(contact.phone)


def _owned(facts: dict[str, Any], by: Member | None) -> dict[str, Any]:
    """A record made by a person belongs to them and their team unless said otherwise."""
    owner = facts.get("owner", by)
    return {"owner": owner, "team": owner.team if owner else None, **facts}


def _record(verb: str, person: Person, by: Member | None, at: datetime, cause: str, data: dict[str, Any]) -> None:
    record(
        verb=verb,
        subject_kind=kind_of(person),
        subject_id=person.pk,
        actor_id=by.pk if by else None,
        at=at,
        cause=cause,
        data=data,
    )


def column_of(row: Model, name: str) -> str:
    """The attribute that holds a field's own value: the id of a link, the value of anything else."""
    field = row._meta.get_field(name)
    return str(getattr(field, "attname", name))
