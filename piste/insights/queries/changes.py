"""What the facts of deals were before they were changed: the journal says it of each change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from django.db import connection

from piste.journal.models import Entry
from piste.stats.history import Floats, Ints
from piste.stats.places import Places

from .facts import Texts
from .whole_numbers import DAY, Microseconds

#: Changes of facts, and of what hangs on deals; the journal says of each what was there before.
VERBS = ("deal.amended", "deal.contacts", "deal.products", "deal.tagged")
#: Facts of `deal.amended` that figures ask for, besides the custom ones.
NAMES = {"amount_minor", "currency", "owner", "team", "source", "company", "campaign", "expected_close_on"}
OWN = "custom:"


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """One row a change of a fact, by ascending deal and in the order they were made: `at` in days, `name` of the fact and what
    was there `before` (JSON) as numbers of `texts`."""

    deal: Ints
    at: Floats
    name: Ints
    before: Ints
    texts: Texts = field(repr=False)

    def __len__(self) -> int:
        return len(self.deal)

    def joined(self, more: Changes, touched: Ints) -> Changes:
        """With all changes of the deals that were touched read again."""
        kept = ~np.isin(self.deal, touched)
        columns = [np.concatenate([getattr(self, name)[kept], getattr(more, name)]) for name in COLUMNS]
        order = np.argsort(columns[0], kind="stable")
        deal, at, name, before = (column[order] for column in columns)
        return Changes(deal, at, name, before, self.texts)

    def first(self, name: str, *, deals: Ints, after: Floats | float) -> tuple[Ints, Ints]:
        """What a fact was before its first change after a moment: rows of `deals` (ascending) whose fact was changed, and the
        numbers of what was there. `after` is one moment, or one for each deal."""
        here = np.flatnonzero(self.name == self.texts.number(name))
        if not len(deals) or not len(here):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        place = Places(deals).find(self.deal[here])
        here, place = here[place >= 0], place[place >= 0]
        moment = np.broadcast_to(np.asarray(after, dtype=np.float64), len(deals))[place]
        later = self.at[here] > moment
        rows, first = np.unique(place[later], return_index=True)
        return rows, self.before[here[later][first]]

    def names(self) -> list[str]:
        """The facts that were ever changed."""
        return [self.texts[number] for number in np.unique(self.name).tolist()]


COLUMNS = tuple(one.name for one in fields(Changes) if one.name != "texts")


def load(texts: Texts, deals: list[int] | None = None) -> Changes:
    """All changes told of the facts of deals, or of these alone."""
    entries = Entry.objects.filter(subject_kind="deal", verb__in=VERBS).order_by("subject_id", "id")
    if deals is not None:
        entries = entries.filter(subject_id__in=deals)
    statement, values = entries.values_list("subject_id", Microseconds("at"), "verb", "data").query.sql_with_params()
    found: list[tuple[int, float, int, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(5000):
            for deal, at, verb, text in rows:
                for name, before in _before(verb, json.loads(text)):
                    found.append((deal, at / DAY, texts.number(name), texts.number(json.dumps(before))))
    deals_of, moments, names, befores = list(zip(*found, strict=True)) or [()] * len(COLUMNS)
    return Changes(
        np.array(deals_of, dtype=np.int64),
        np.array(moments, dtype=np.float64),
        np.array(names, dtype=np.int64),
        np.array(befores, dtype=np.int64),
        texts,
    )


def _before(verb: str, data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if verb == "deal.amended":
        for name, pair in data.get("changes", {}).items():
            if name in NAMES or name.startswith(OWN):
                yield name, pair[0]
    elif "before" in data:
        yield verb.removeprefix("deal."), data["before"]
