"""Decisions about targets and calls; facts in, verdict out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import erfc, log, sqrt
from typing import NamedTuple

from piste.foundations.calendar import Period, Span, period

#: The normal quantile that 80 % lie within.
Z80 = 1.2815516
#: The largest number of wins one may set; amounts have the limit of money.
MOST_WINS = 1_000_000


class Key(NamedTuple):
    """What a target is for: whose (`models.Whose`), which of them (0 for the company), the period, what is counted."""

    whose: str
    subject_id: int
    span: int
    first: date
    measure: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A target to be set; None takes it back."""

    key: Key
    value: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The target of a period: its own, or the sum of those set for the shorter periods within it. Of `of` such periods `parts`
    have a target; an own one has no parts."""

    value: int
    parts: int = 0
    of: int = 0

    @property
    def is_sum(self) -> bool:
        return self.of > 0

    @property
    def is_whole(self) -> bool:
        """Whether every part of a sum was set."""
        return self.parts == self.of


def is_period(span: int, first: date, *, year_starts: int) -> bool:
    """Whether a month, quarter or fiscal year begins on a day."""
    return span in list(Span) and period(Span(span), first, year_starts=year_starts).first == first


def standing(in_force: Mapping[Key, int], key: Key) -> Standing | None:
    """The target of a period from the targets in force: what was set for it, else the sum of its quarters or months."""
    if key in in_force:
        return Standing(in_force[key])
    shorter = {Span.YEAR: (Span.QUARTER, Span.MONTH), Span.QUARTER: (Span.MONTH,), Span.MONTH: ()}[Span(key.span)]
    for span in shorter:
        inside = [one.first for one in within(Period(Span(key.span), key.first), span)]
        found = [standing(in_force, key._replace(span=int(span), first=first)) for first in inside]
        there = [one for one in found if one is not None]
        if there:
            return Standing(sum(one.value for one in there), sum(one.is_whole for one in there), len(inside))
    return None


def within(whole: Period, span: Span) -> list[Period]:
    """The shorter periods of a period, in order."""
    current, found = Period(span, whole.first), []
    while current.first <= whole.last:
        found.append(current)
        current = current.next
    return found


def missing_from(whole: int | None, parts: Iterable[int | None]) -> int | None:
    """By how much the sum of parts differs from the whole; None when there is nothing to hold against each other."""
    known = [part for part in parts if part is not None]
    return sum(known) - whole if whole is not None and known else None


def chance_of_reaching(band: Sequence[float], won: float, target: float) -> float:
    """The chance, 0 to 1, that a period brings a target, from what is forecast for it: `band` begins with the median and the
    limits of the 80 % interval of the total, `won` of which was won already. What is to come is spread evenly around its median
    on a logarithm, as the interval is made."""
    left, median, high = target - won, band[0] - won, band[2] - won
    if left <= 0:
        return 1.0
    if median <= 0 or high <= median:
        return 0.0
    spread = log(high / median) / Z80
    return erfc(log(left / median) / spread / sqrt(2)) / 2
