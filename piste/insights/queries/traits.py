"""What was known of deals when they entered a stage, held against whether they went on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from piste.company.models import CustomField, FieldKind, FieldSubject
from piste.deals.models import PurchaseRole
from piste.stats.conversion import ADVANCED, conversion, first_visits
from piste.stats.history import Flags, Floats, Ints
from piste.stats.places import told_apart
from piste.stats.traits import Marks, Traits, compare, horizon

from .changes import OWN
from .facts import NO_AMOUNT, NONE, Facts
from .figures import Belonging, Within
from .reading import Reading, made_once, once
from .whole_numbers import DAY

#: Kinds of custom fields whose values are few enough to be compared.
COMPARED = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO)
YES, NO = "yes", "no"
#: So many people on a deal, or activities done, count as several.
SEVERAL = 2
NO_SUCH = 2**62


@once
def traits_of(read: Reading, place: int, within: Within) -> Traits:
    """The traits of the deals that entered the stage at a place within a period and went on from it.

    Only deals watched for the whole horizon (within which 9 in 10 of those who went on did) are compared, and only what was known
    when they entered: later changes are taken back by the journal. Of imported deals, what the file said counts as known.
    """
    since, until = within.days
    found = conversion(read.history, place, since=since, until=until)
    went: Flags = found.fate == ADVANCED
    limit = horizon(found.days[went].tolist())
    if limit is None:
        return compare(np.zeros(0, dtype=np.bool_), {}, horizon_days=None)
    first = first_visits(read.history, place)
    entered = first.since[np.searchsorted(read.history.visits.deal[first.row], found.entered)]
    watched = entered + limit <= read.history.as_of
    fields = _Known(read, found.entered[watched], entered[watched]).fields()
    return compare((went & (found.days <= limit))[watched], fields, horizon_days=limit)


class _Known:
    """What was known of deals (ascending) when each `entered`: the facts of the reading, with what was changed since taken
    back."""

    def __init__(self, read: Reading, deals: Ints, entered: Floats) -> None:
        self.read, self.deals, self.entered = read, deals, entered
        self.rows = read.facts.rows(deals)
        self.facts: Facts = read.facts.where(self.rows)

    def fields(self) -> dict[str, Marks]:
        """The values of each field."""
        facts = self.facts
        found = {
            "source": self.column("source", facts.source, lambda number: [str(number)] if number != NONE else []),
            "campaign": self.column(
                "campaign", facts.campaign, lambda number: [facts.texts[number]] if facts.texts[number] else []
            ),
            "amount": self.column("amount_minor", facts.amount != NO_AMOUNT, lambda is_known: [YES if is_known else NO]),
            "product": self.products(),
            "activities": _yes_no(_nth(self.read, "done", SEVERAL)[self.rows] / DAY < self.entered),
        } | self.people()
        for own in CustomField.objects.filter(subject=FieldSubject.DEAL):
            if own.kind in COMPARED:
                found[OWN + own.key] = self.own(own.key)
        return found

    def earlier(self, name: str) -> tuple[Ints, list[Any]]:
        """The rows whose fact was changed after they entered, and what was there before."""
        rows, numbers = self.read.known.changes.first(name, deals=self.deals, after=self.entered)
        return rows, [json.loads(self.facts.texts[number]) for number in numbers.tolist()]

    def column(self, name: str, now: Ints | Flags, said: Callable[[Any], list[str]]) -> Marks:
        """A fact with one value a deal."""
        rows, before = self.earlier(name)
        same = np.ones(len(now), dtype=np.bool_)
        same[rows] = False
        known, code = told_apart(now[same].astype(np.int64, copy=False))
        values = [said(number) for number in known.tolist()]
        told = [_texts_before(name, value) for value in before]
        return _marks(np.flatnonzero(same), code, values, rows, told)

    def own(self, key: str) -> Marks:
        """A custom field."""
        known, code = told_apart(self.facts.custom)
        values = [texts(self.facts.own(number).get(key)) for number in known.tolist()]
        rows, before = self.earlier(OWN + key)
        same = np.ones(len(self.deals), dtype=np.bool_)
        same[rows] = False
        return _marks(np.flatnonzero(same), code[same], values, rows, [texts(value) for value in before])

    def products(self) -> Marks:
        """The products that would be bought."""
        rows, before = self.earlier("products")
        here, goods = self.read.known.rows("goods").of(self.deals)
        kept = ~np.isin(here, rows)
        known, code = told_apart(goods[1, kept])
        told = [[str(product) for product, *_ in several] for several in before]
        return _marks(here[kept], code, [[str(product)] for product in known.tolist()], rows, told)

    def people(self) -> dict[str, Marks]:
        """Whether several people were known, and whether somebody who decides."""
        several, decided = (
            _nth(self.read, name, n)[self.rows] != NO_SUCH for name, n in (("contacts", SEVERAL), ("deciders", 1))
        )
        rows, before = self.earlier("contacts")
        several[rows] = [len(contacts) >= SEVERAL for contacts in before]
        decided[rows] = [any(role == PurchaseRole.DECIDES for _, role in contacts) for contacts in before]
        return {"contacts": _yes_no(several), "decision_maker": _yes_no(decided)}


def _nth(read: Reading, name: str, n: int) -> Ints:
    """For each deal of a reading, what the nth of its rows has behind the deal; `NO_SUCH` where it has fewer."""

    def made() -> Ints:
        here, (deal, what, *_) = read.known.rows(name).of(read.facts.id)
        found = np.full(len(read.facts), NO_SUCH)
        behind = np.arange(n - 1, len(deal))
        behind = behind[deal[behind] == deal[behind - n + 1]]
        # Backwards: the first of those that have n rows up to them stays.
        found[here[behind[::-1]]] = what[behind[::-1]]
        return found

    return made_once(read, ("nth", name, n), made)


def _texts_before(name: str, value: Any) -> list[str]:
    """A fact as the journal says it, in the texts one compares."""
    if name == "amount_minor":
        return [YES if value is not None else NO]
    return [str(value)] if value else []


def _yes_no(holds: Flags) -> Marks:
    return Marks(np.arange(len(holds)), holds.astype(np.int64), (NO, YES))


def _marks(row: Ints, code: Ints, values: list[list[str]], rows: Ints, told: Iterable[list[str]]) -> Marks:
    """Marks of rows whose code gives the texts, and of other rows that say them themselves."""
    labels: dict[str, int] = {}
    width = max(map(len, values), default=0)
    parts: list[tuple[Ints, Ints]] = []
    for place in range(width):
        of_code = np.array(
            [labels.setdefault(several[place], len(labels)) if place < len(several) else -1 for several in values], dtype=np.int64
        )
        label = of_code[code]
        parts.append((row[label >= 0], label[label >= 0]))
    said = [
        (here, labels.setdefault(text, len(labels)))
        for here, several in zip(rows.tolist(), told, strict=True)
        for text in several
    ]
    rest = np.array(said, dtype=np.int64).reshape(-1, 2)
    parts.append((rest[:, 0], rest[:, 1]))
    return Marks(np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]), tuple(labels))


def by_text(read: Reading, key: str, without: str) -> Belonging[str]:
    """To which values of a custom field deals belong; those that have none to `without`."""
    known, code = told_apart(read.facts.custom)
    values = [texts(read.facts.own(number).get(key)) or [without] for number in known.tolist()]
    marks = _marks(np.arange(len(code)), code, values, np.zeros(0, dtype=np.int64), [])
    return Belonging(marks.row, marks.label, marks.labels)


def texts(value: Any) -> list[str]:
    """The value of a custom field as the texts one compares; none when there is none."""
    if value is None or value == "":
        return []
    if isinstance(value, bool):
        return [YES if value else NO]
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
