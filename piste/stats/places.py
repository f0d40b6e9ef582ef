"""Where numbers stand among ascending ones, and which are the same, found without searching or sorting: ids of a table lie close
together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

type Ints = npt.NDArray[np.int64]

#: Numbers scattered wider than this are searched for: a place for each that might be there would take too much.
SCATTERED = 8
#: So many different numbers fit into 16 bits.
SHORT = 2**15


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


def told_apart(numbers: Ints) -> tuple[Ints, Ints]:
    """The different ones among numbers, ascending, and for each number its place among those: as `np.unique` tells them, and in a
    tenth of the time."""
    first = int(numbers.min()) if len(numbers) else 0
    width = int(numbers.max()) - first + 1 if len(numbers) else 0
    if width > SCATTERED * len(numbers) + 1024:
        known, place = np.unique(numbers, return_inverse=True)
        return known, place
    there = numbers - first
    found = np.flatnonzero(np.bincount(there, minlength=width))
    at = np.zeros(width, dtype=np.int64)
    at[found] = np.arange(len(found))
    return found + first, at[there]


def parted(place: Ints, count: int) -> list[Ints]:
    """The rows of each of so many places, ascending."""
    # Short numbers are put in order without being compared.
    order = np.argsort(place.astype(np.int16) if count <= SHORT else place, kind="stable")
    return np.split(order, np.cumsum(np.bincount(place, minlength=count))[:-1]) if count else []


def last_until(values: npt.NDArray[np.float64], first: Ints, last: Ints, limit: float) -> Ints:
    """Of stretches of ascending values, each told by its `first` and `last` row, the last row whose value is at most a limit; the
    first is, or is taken to be."""
    is_last = values[last] <= limit
    low, high = np.where(is_last, last, first), np.where(is_last, last, last - 1)
    left = np.flatnonzero(low < high)
    while len(left):
        # All are halved at once.
        begin, end = low[left], high[left]
        middle = (begin + end + 1) // 2
        within = values[middle] <= limit
        low[left] = np.where(within, middle, begin)
        high[left] = np.where(within, end, middle - 1)
        left = left[low[left] < high[left]]
    return low
