"""Taking back an edit: what it changed is as before, if nobody has changed it since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from piste.company.models import Member, Team
from piste.deals.models import Deal, Source
from piste.journal.models import Entry
from piste.people.models import Company, Contact
from piste.people.operations import standing
from piste.people.operations import take_back as take_back_person

from .amending import amend, name_contacts, name_products, name_tags
from .errors import CannotUndo
from .ledger import lock

#: The entries that an edit writes and that can be taken back.
EDITS = ("deal.amended", "deal.tagged", "deal.contacts", "deal.products")
ROWS: dict[str, Any] = {"company": Company, "owner": Member, "source": Source, "team": Team}


@transaction.atomic
def take_back(
    *,
    entries: Sequence[Entry],
    by: Member | None,
    at: datetime,
    cause: str = "page",
    besides: Mapping[str, Any] | None = None,
) -> None:
    """Takes back what one act wrote: entries of `EDITS` about one deal, and `contact.amended` of those who take part in it.

    All or nothing, the last one first. Raises `FactsChanged` (of this room, or of people's) when a part has been changed since,
    `NotAllowed` when the former owner has left, `CannotUndo` when what stood there is gone, `Discarded`.
    """
    for entry in sorted(entries, key=lambda entry: -entry.pk):
        if entry.verb in EDITS:
            _take_back(entry, by=by, at=at, cause=cause, besides={"undoes": entry.number} | dict(besides or {}))
        elif entry.verb == "contact.amended":
            take_back_person(entry=entry, by=by, at=at, cause=cause)
        else:
            raise CannotUndo


def _take_back(entry: Entry, *, by: Member | None, at: datetime, cause: str, besides: Mapping[str, Any]) -> None:
    deal, data = lock(Deal(pk=entry.subject_id)), entry.data
    match entry.verb:
        case "deal.tagged":
            expecting = {"tags": data["after"]}
            name_tags(deal=deal, tags=data["before"], by=by, at=at, expecting=expecting, cause=cause, besides=besides)
        case "deal.products":
            goods = [(row[0], row[1], row[2]) for row in data["before"]]
            expecting = {"products": data["after"]}
            name_products(deal=deal, products=goods, by=by, at=at, expecting=expecting, cause=cause, besides=besides)
        case "deal.contacts":
            expecting = {"contacts": data["after"]}
            people = _people(data["before"])
            name_contacts(deal=deal, contacts=people, by=by, at=at, expecting=expecting, cause=cause, besides=besides)
        case "deal.amended":
            facts, custom = before(deal, data["changes"])
            expecting = {name: pair[1] for name, pair in data["changes"].items()}
            amend(deal=deal, facts=facts, custom=custom, by=by, at=at, expecting=expecting, cause=cause, besides=besides)


type Finding = Callable[[Any, int | None], Any]


def before(deal: Deal, changes: Mapping[str, Sequence[Any]], find: Finding = standing) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts and custom values that stood before changes which the journal tells. Raises `CannotUndo` when one is gone.

    `find` gives the row of a table behind a key of the past.
    """
    facts: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, (value, _after) in changes.items():
        if name.startswith("custom:"):
            custom[name.removeprefix("custom:")] = value
        elif name in ROWS:
            facts[name] = find(ROWS[name], value)
            if value is not None and facts[name] is None:
                raise CannotUndo
        else:
            facts[name] = date.fromisoformat(value) if name == "expected_close_on" and value else value
    if "owner" in facts:
        # The former owner may sit in another team by now; the deal's team is only what the edit made of it.
        facts.setdefault("team", deal.team)
    return facts, custom


def _people(rows: Sequence[Sequence[Any]]) -> list[tuple[int, str]]:
    """Who took part, each as the record they are now. Raises `CannotUndo` when one is gone."""
    people: dict[int, str] = {}
    for key, role in rows:
        contact = standing(Contact, key)
        if contact is None:
            raise CannotUndo
        people.setdefault(contact.pk, role)
    return list(people.items())
