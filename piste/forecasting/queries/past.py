"""A pipeline's past as the statistics of winning read it: each deal with what was known of it, and since when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from piste.company.models import CustomField, FieldKind, FieldSubject
from piste.deals.models import PurchaseRole
from piste.foundations.money import decimals
from piste.insights.queries import Reading, Scope, reading
from piste.insights.queries.changes import OWN
from piste.insights.queries.facts import NO_AMOUNT, NO_DAY, NONE
from piste.insights.queries.traits import texts
from piste.insights.queries.whole_numbers import DAY, table
from piste.journal.models import Entry
from piste.pipelines.models import Pipeline
from piste.stats.history import Ints, Status
from piste.stats.winning.ledger import Change, Deal, Fact

#: Custom fields whose values may tell something; free texts and addresses tell too much and too little.
TOLD = (FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO, FieldKind.NUMBER)
EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Past:
    """The deals of a pipeline, by the ids that `deals` name as texts, and the reading they are told from. `elsewhere` deals of
    that have their amount in another currency and are left out: their value is not known in this one."""

    deals: list[Deal]
    elsewhere: int
    read: Reading


def past_of(pipeline: Pipeline, *, currency: str, as_of: datetime) -> Past:
    """All deals of a pipeline with their past until a moment, whoever may see them: what is learned from them names none."""
    read = reading(Scope(pipeline=pipeline, as_of=as_of))
    return _Telling(read, currency).told()


#: The values of a fact of one deal: what it was at first, and each later value with its moment in days.
type Course = list[tuple[float | None, Any]]


class _Telling:
    """Puts the pieces together, deal by deal."""

    def __init__(self, read: Reading, currency: str) -> None:
        self.read, self.facts, self.known = read, read.facts, read.known
        self.currency, self.unit = currency, 10 ** decimals(currency)
        imported = Entry.objects.filter(verb="deal.created", cause="import").values_list("subject_id")
        #: Of deals from a file nobody knows since when their facts were known.
        self.undated = set(table(imported)[:, 0].tolist())
        self.before = self._before()

    def _before(self) -> dict[int, dict[str, list[tuple[float, str]]]]:
        """By deal and fact, the changes: their moments and what was there before each, as JSON."""
        changes, found = self.known.changes, dict[int, dict[str, list[tuple[float, str]]]]()
        kept = np.isin(changes.deal, self.facts.id) & (changes.at <= self.read.history.as_of)
        rows = zip(changes.deal[kept], changes.at[kept], changes.name[kept], changes.before[kept], strict=True)
        for deal, at, name, before in rows:
            of_it = found.setdefault(int(deal), {})
            of_it.setdefault(changes.texts[int(name)], []).append((float(at), changes.texts[int(before)]))
        return found

    def told(self) -> Past:
        history, deals = self.read.history, []
        code = self.facts.texts.number(self.currency)
        foreign = (self.facts.currency != code) & (self.facts.amount != NO_AMOUNT)
        visits = _rows_by_deal(history.visits.deal, self.facts.id)
        done = self._listed("done")
        goods, people, deciding = self._listed("goods"), self._listed("contacts"), self._listed("deciders")
        own = [field for field in CustomField.objects.filter(subject=FieldSubject.DEAL) if field.kind in TOLD]
        rows = history.deals
        for row, key in enumerate(self.facts.id.tolist()):
            if foreign[row]:
                continue
            created = float(rows.created[row])
            status, closed = _outcome(int(rows.status[row]), float(rows.won[row]), float(rows.closed[row]))
            start, stop = visits[row]
            if int(rows.status[row]) == Status.LEFT:
                closed = float(history.visits.left[stop - 1]) if stop > start else created
            stages = [
                (float(at), str(self.read.stages[stage].id))
                for at, stage in zip(history.visits.entered[start:stop], history.visits.stage[start:stop].tolist(), strict=True)
            ]
            facts = [
                *self._facts(key, row, created, goods.get(key, []), people.get(key, []), deciding.get(key, [])),
                *(Fact("activities", float(count), at / DAY) for count, at in enumerate(done.get(key, []), start=1)),
                *self._own(key, row, created, own),
            ]
            deals.append(
                Deal(
                    id=str(key),
                    created=created,
                    status=status,
                    closed=closed,
                    amount=None if self.facts.amount[row] == NO_AMOUNT else int(self.facts.amount[row]) / self.unit,
                    changes=self._changes(key, row, created, stages),
                    facts=facts,
                )
            )
        return Past(deals, int(foreign.sum()), self.read)

    def _listed(self, name: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for deal, other in self.known.rows(name).columns[:2].T.tolist():
            found.setdefault(deal, []).append(other)
        return found

    def _changes(self, key: int, row: int, created: float, stages: Sequence[tuple[float, str]]) -> list[Change]:
        """Stages, expected days and amounts in one line of time."""
        told = [Change(at, stage) for at, stage in stages]
        day = int(self.facts.expected[row])
        expected = self._course(key, "expected_close_on", created, None if day == NO_DAY else day / DAY, _day)
        amount = int(self.facts.amount[row])
        amounts = self._course(
            key, "amount_minor", created, None if amount == NO_AMOUNT else amount / self.unit, lambda value: value / self.unit
        )
        # Of a deal from a file the day and the amount are those of its end: nobody knows what was said before.
        told += [Change(at, None, expected=value) for at, value in expected if value is not None and at is not None]
        told += [Change(at, None, amount=value) for at, value in amounts if value is not None and at is not None]
        return sorted(told, key=lambda change: change.at)

    def _course(self, key: int, name: str, created: float, now: Any, read: Callable[[Any], Any] = lambda value: value) -> Course:
        """What a fact was from the beginning on; the moment of the first value is None where nobody knows it."""
        changed = self.before.get(key, {}).get(name, [])
        values = [None if (value := json.loads(text)) is None else read(value) for _, text in changed] + [now]
        first = None if key in self.undated else created
        return list(zip([first, *(at for at, _ in changed)], values, strict=True))

    def _facts(
        self, key: int, row: int, created: float, goods: Sequence[int], people: Sequence[int], deciding: Sequence[int]
    ) -> Iterable[Fact]:
        facts = self.facts
        source, campaign = int(facts.source[row]), facts.texts[int(facts.campaign[row])]
        yield from _told("owner", self._course(key, "owner", created, int(facts.owner[row])))
        yield from _told("source", self._course(key, "source", created, None if source == NONE else source))
        yield from _told("campaign", self._course(key, "campaign", created, campaign))
        first = goods[0] if goods else None
        yield from _told("product", self._course(key, "products", created, first, lambda rows: rows[0][0] if rows else None))
        yield from _told("contacts", self._course(key, "contacts", created, len(people), len))
        yield from _told("decision_maker", self._course(key, "contacts", created, bool(deciding), _decides))

    def _own(self, key: int, row: int, created: float, fields: Sequence[CustomField]) -> Iterable[Fact]:
        now: Mapping[str, Any] = self.facts.own(int(self.facts.custom[row])) if fields else {}
        for field in fields:
            course = self._course(key, OWN + field.key, created, now.get(field.key))
            yield from _told(OWN + field.key, [(at, " · ".join(texts(value))) for at, value in course])


def _day(text: str) -> float:
    return float(date.fromisoformat(text).toordinal() - EPOCH_DAY)


def _decides(contacts: Sequence[Sequence[Any]]) -> bool:
    return any(role == PurchaseRole.DECIDES for _, role in contacts)


def _told(name: str, course: Course) -> Iterable[Fact]:
    """The values of a fact, those alone that say something."""
    for at, value in course:
        if value is not None and value != "":
            yield Fact(name, "yes" if value is True else "no" if value is False else str(value), at)


def _outcome(status: int, won: float, closed: float) -> tuple[str, float | None]:
    """What became of a deal: a customer lost later was won, one that went to another pipeline brings nothing here."""
    if not np.isnan(won):
        return "won", won
    if status in (Status.LOST, Status.LEFT):
        return "lost", None if np.isnan(closed) else closed
    return "open", None


def _rows_by_deal(ordered: Ints, deals: Ints) -> list[tuple[int, int]]:
    """Where the rows of each deal begin and end among rows in the order of deals."""
    left = np.searchsorted(ordered, deals, side="left").tolist()
    return list(zip(left, np.searchsorted(ordered, deals, side="right").tolist(), strict=True))
