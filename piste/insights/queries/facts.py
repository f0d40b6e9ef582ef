"""What is known of deals, as columns: a hundred thousand of them are summed and sorted at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Coalesce

from piste.deals.models import Deal
from piste.stats.history import Flags, Ints
from piste.stats.places import Places

from .whole_numbers import Microseconds, table

#: What stands where a deal has no team, source or company.
NONE = -1
#: What stands where nobody said an amount.
NO_AMOUNT = NO_DAY = -(2**62)


class DealFacts(NamedTuple):
    """A deal as figures see it; `amount_minor` in minor units of `currency`, None when nobody said."""

    id: int
    amount_minor: int | None
    currency: str
    owner_id: int
    team_id: int | None
    source_id: int | None
    company_id: int | None
    campaign: str
    custom: dict[str, Any]


class Texts:
    """Texts by number: each is held once, and never forgotten."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._texts: list[str] = list(known)
        self._numbers: dict[str, int] = {text: number for number, text in enumerate(self._texts)}

    def number(self, text: str) -> int:
        found = self._numbers.get(text)
        if found is None:
            self._texts.append(text)
            # After the text itself: whoever finds a number finds its text.
            found = self._numbers.setdefault(text, len(self._texts) - 1)
        return found

    def numbers(self, texts: Iterable[str]) -> Ints:
        return np.fromiter((self.number(text) for text in texts), dtype=np.int64)

    def __getitem__(self, number: int) -> str:
        return self._texts[number]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """One row a deal, by ascending id. `amount` is in minor units, `expected` the first moment of the day it is expected to close
    in microseconds since 1970 (`NO_DAY` without one); `currency`, `campaign` and `custom` (the values of custom
    fields as JSON) are numbers of `texts`; `is_present` says that the deal is not in the bin."""

    id: Ints
    pipeline: Ints
    amount: Ints
    owner: Ints
    team: Ints
    source: Ints
    company: Ints
    expected: Ints
    is_present: Flags
    currency: Ints
    campaign: Ints
    custom: Ints
    texts: Texts = field(repr=False)
    _places: list[Places] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.id)

    def __iter__(self) -> Iterator[int]:
        return iter(self.id.tolist())

    def __contains__(self, deal: int) -> bool:
        row = int(np.searchsorted(self.id, deal))
        return row < len(self.id) and int(self.id[row]) == deal

    def __getitem__(self, deal: int) -> DealFacts:
        if deal not in self:
            raise KeyError(deal)
        row = int(np.searchsorted(self.id, deal))
        amount = int(self.amount[row])
        team, source, company = (int(column[row]) for column in (self.team, self.source, self.company))
        return DealFacts(
            id=deal,
            amount_minor=None if amount == NO_AMOUNT else amount,
            currency=self.texts[int(self.currency[row])],
            owner_id=int(self.owner[row]),
            team_id=None if team == NONE else team,
            source_id=None if source == NONE else source,
            company_id=None if company == NONE else company,
            campaign=self.texts[int(self.campaign[row])],
            custom=self.own(int(self.custom[row])),
        )

    def own(self, number: int) -> dict[str, Any]:
        """The values of custom fields by key, from their number in `custom`."""
        found: dict[str, Any] = json.loads(self.texts[number])
        return found

    def rows(self, deals: Ints) -> Ints:
        """Where these deals stand, all of which are here."""
        return self.places.of(deals)

    @property
    def places(self) -> Places:
        """Where deals stand."""
        if not self._places:
            self._places.append(Places(self.id))
        return self._places[0]

    def where(self, kept: Flags | Ints) -> Facts:
        """Some of the rows."""
        return self.with_columns({name: getattr(self, name)[kept] for name in COLUMNS})

    def with_columns(self, columns: dict[str, Any]) -> Facts:
        """The same with other values in some columns."""
        return Facts(**{name: columns.get(name, getattr(self, name)) for name in COLUMNS}, texts=self.texts)

    def joined(self, more: Facts, touched: Ints) -> Facts:
        """With newer rows of the deals that were touched, some of which may be gone."""
        old = self.where(~np.isin(self.id, touched))
        columns = {name: np.concatenate([getattr(old, name), getattr(more, name)]) for name in COLUMNS}
        order = np.argsort(columns["id"], kind="stable")
        return self.with_columns({name: column[order] for name, column in columns.items()})


COLUMNS = tuple(one.name for one in fields(Facts) if one.name not in ("texts", "_places"))


def load(texts: Texts, deals: list[int] | None = None) -> Facts:
    """The facts of all deals as they are, or of these alone."""
    asked = Deal.objects.all() if deals is None else Deal.objects.filter(pk__in=deals)
    codes = list(asked.order_by().values_list("currency", flat=True).distinct())
    currency = Case(*(When(currency=code, then=Value(texts.number(code))) for code in codes), default=Value(texts.number("")))
    numbers = table(
        asked.values_list(
            "pk",
            "pipeline_id",
            Coalesce("amount_minor", Value(NO_AMOUNT)),
            "owner_id",
            Coalesce("team_id", Value(NONE)),
            Coalesce("source_id", Value(NONE)),
            Coalesce("company_id", Value(NONE)),
            Coalesce(Microseconds("expected_close_on"), Value(NO_DAY)),
            Case(When(deleted_at=None, then=Value(1)), default=Value(0)),
            currency,
        )
    )
    key, pipeline, amount, owner, team, source, company, expected, is_present, coded = numbers[np.argsort(numbers[:, 0])].T.copy()
    campaign, custom = (np.full(len(key), texts.number(nothing)) for nothing in ("", "{}"))
    said = asked.order_by().exclude(campaign="", custom={}).values_list("pk", "campaign", "custom")
    found = _raw(said) if len(key) else []
    if found:
        ids, campaigns, customs = zip(*found, strict=True)
        place = np.minimum(np.searchsorted(key, ids), len(key) - 1)
        here = key[place] == ids
        campaign[place[here]] = texts.numbers(campaigns)[here]
        custom[place[here]] = texts.numbers(customs)[here]
    there = is_present.astype(np.bool_)
    return Facts(key, pipeline, amount, owner, team, source, company, expected, there, coded, campaign, custom, texts)


def _raw(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Rows as the database says them, JSON as text."""
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
