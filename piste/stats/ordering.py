"""The order of stages that moves imply: the one in which the fewest of them go back.

It is the minimum feedback arc set of the moves between stages: NP-hard in general, and exact here for as many stages as a
pipeline has, by dynamic programming over the sets of stages that come first (Held and Karp's scheme: Lawler 1964). With more
stages than that, moves of one stage to another place are tried until none helps, from the declared order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .history import Ints

#: With more stages than this the order found is the best that moving single stages leads to, not surely the best.
EXACT = 10


@dataclass(frozen=True, slots=True)
class Ordering:
    """`order` names the stages by their place in the declared order; so many moves go back in the `declared` one and in the one
    found (`implied`). `is_exact` says that no order has fewer."""

    order: list[int]
    declared: int
    implied: int
    is_exact: bool

    @property
    def is_declared(self) -> bool:
        """Whether the declared order is as good as any."""
        return self.implied == self.declared


def ordering(moves: Sequence[Sequence[int]] | Ints) -> Ordering:
    """From how many moves lead from one stage (row) to another (column), stages in the declared order."""
    size = len(moves)
    counts: Ints = np.array(moves, dtype=np.int64).reshape(size, size)
    counts = counts * (1 - np.eye(size, dtype=np.int64))
    declared = list(range(size))
    before = backward(counts, declared)
    found = _exact(counts) if size <= EXACT else _improved(counts, declared)
    after = backward(counts, found)
    # Of orders that are equally good the declared one is what people know.
    if after == before:
        return Ordering(declared, before, before, size <= EXACT)
    return Ordering(found, before, after, size <= EXACT)


def backward(counts: Ints, order: Sequence[int]) -> int:
    """How many moves go back when stages stand in this order."""
    place = list(order)
    return int(np.tril(counts[np.ix_(place, place)], -1).sum())


def _exact(counts: Ints) -> list[int]:
    """The best order. `cost[first]` is the least number of moves that go back among the stages of the set `first` once these
    stand before all others; each set is made from one with a stage less, whose last stage is put at its end."""
    size = len(counts)
    rows = counts.tolist()
    cost = [0] * (1 << size)
    last = [0] * (1 << size)
    for first in range(1, 1 << size):
        inside = [stage for stage in range(size) if first >> stage & 1]
        best: tuple[int, int] | None = None
        # From the back: equally good ends leave the stage last that is declared to be.
        for stage in reversed(inside):
            # What leads from the last of them to the others goes back.
            one = cost[first & ~(1 << stage)] + sum(rows[stage][other] for other in inside)
            if best is None or one < best[0]:
                best = (one, stage)
        assert best is not None
        cost[first], last[first] = best
    order: list[int] = []
    left = (1 << size) - 1
    while left:
        order.append(last[left])
        left &= ~(1 << last[left])
    return order[::-1]


def _improved(counts: Ints, declared: list[int]) -> list[int]:
    order, least = declared, backward(counts, declared)
    is_better = True
    while is_better:
        is_better = False
        for stage in declared:
            rest = [other for other in order if other != stage]
            for place in range(len(order)):
                tried = [*rest[:place], stage, *rest[place:]]
                if (found := backward(counts, tried)) < least:
                    order, least, is_better = tried, found, True
    return order
