"""How many of the deals that stand in a stage know which facts."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, Exists, OuterRef, Q

from piste.deals.models import DealContact, DealProduct, DealSet

COLUMNS = {
    "amount": "amount_minor",
    "expected_close_on": "expected_close_on",
    "company": "company",
    "source": "source",
}
PEOPLE = {
    "contact": Q(),
    "contact_email": ~Q(contact__email=""),
    "contact_phone": ~Q(contact__phone=""),
    "decision_maker": Q(role__in=("decides", "signs")),
}


def knowing(deals: DealSet, *, facts: Sequence[str]) -> tuple[int, dict[str, int]]:
    """How many deals there are, and how many of them know each fact; one statement, in the words of `facts.known_facts`."""
    counts = {f"fact_{place}": Count("pk", filter=_known(fact)) for place, fact in enumerate(facts)}
    row = deals.aggregate(counted=Count("pk"), **counts)
    return row["counted"], {fact: row[f"fact_{place}"] for place, fact in enumerate(facts)}


def lacking_one(facts: Sequence[str]) -> Q:
    """Which deals do not know all of some facts, as a condition on deals."""
    found = Q(pk=None)
    for fact in facts:
        found |= ~_known(fact)
    return found


def _known(fact: str) -> Q:
    if fact in COLUMNS:
        return Q(**{f"{COLUMNS[fact]}__isnull": False})
    if fact in PEOPLE:
        return Q(Exists(DealContact.objects.filter(PEOPLE[fact], deal=OuterRef("pk"))))
    if fact == "product":
        return Q(Exists(DealProduct.objects.filter(deal=OuterRef("pk"))))
    place = f"custom__{fact.removeprefix('custom:')}"
    return Q(custom__has_key=fact.removeprefix("custom:")) & ~Q(**{place: None}) & ~Q(**{place: ""}) & ~Q(**{place: []})
