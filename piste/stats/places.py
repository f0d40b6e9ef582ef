"""Where numbers stand among ascending ones, found without searching: ids of a table lie close together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

type Ints = npt.NDArray[np.int64]

#: Numbers scattered wider than this are searched for: a place for each that might be there would take too much.
SCATTERED = 8


class Places:
    """The places of `numbers`, which ascend and occur once."""

    def __init__(self, numbers: Ints) -> None:
        self._numbers = numbers
        self._first = int(numbers[0]) if len(numbers) else 0
        width = int(numbers[-1]) - self._first + 1 if len(numbers) else 0
        self._at = None
        if width <= SCATTERED * len(numbers) + 1024:
            self._at = np.full(width, -1, dtype=np.int64)
            self._at[numbers - self._first] = np.arange(len(numbers), dtype=np.int64)

    def of(self, wanted: Ints) -> Ints:
        """The places of numbers all of which are there."""
        if wanted is self._numbers:
            return np.arange(len(wanted))
        if self._at is None or not len(wanted):
            return np.searchsorted(self._numbers, wanted)
        found: Ints = self._at[wanted - self._first]
        return found

    def find(self, wanted: Ints) -> Ints:
        """The place of each number, −1 where it is not there."""
        if self._at is None:
            # Never of no numbers at all: those are not scattered.
            place = np.minimum(np.searchsorted(self._numbers, wanted), len(self._numbers) - 1)
            return np.where(self._numbers[place] == wanted, place, -1)
        if not len(self._at):
            return np.full(len(wanted), -1)
        there = wanted - self._first
        within = (there >= 0) & (there < len(self._at))
        if within.all():
            found: Ints = self._at[there]
            return found
        return np.where(within, self._at[np.where(within, there, 0)], -1)
