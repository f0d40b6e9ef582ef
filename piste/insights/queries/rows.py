"""Rows of whole numbers that hang on deals: who is on them, what would be bought, what was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from piste.stats.history import Ints
from piste.stats.places import Places


class Part(Protocol):
    """Rows of deals that can be renewed deal by deal."""

    def joined(self, more: Self, touched: Ints) -> Self: ...


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Whole numbers in rows, a deal first, in ascending order; kept as `columns`, each whole in one place: questions look through
    a few of them."""

    columns: Ints

    def joined(self, more: Rows, touched: Ints) -> Rows:
        old = self.columns[:, ~np.isin(self.columns[0], touched)]
        both = np.concatenate([old, more.columns], axis=1)
        return Rows(both[:, np.argsort(both[0], kind="stable")])

    def of(self, deals: Ints) -> tuple[Ints, Ints]:
        """The rows of these deals (ascending): where each deal stands among them, and the columns of those rows."""
        place = Places(deals).find(self.columns[0])
        here = np.flatnonzero(place >= 0)
        return place[here], self.columns[:, here]
