"""What deals that went on had in common before they did: a link, not yet a cause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np

from .history import Flags, Ints
from .shares import Share, difference, share

#: Both groups of a trait must be at least that large.
LEAST = 15
#: The share of false discoveries among those shown that is put up with (Benjamini & Hochberg 1995).
FALSE_DISCOVERIES = 0.1
#: A value that tells the outcome so nearly, while others do not, was most likely written down after it.
TELLTALE = 0.02
#: Deals times values that are ticked off in a table of all; more are sorted.
MOST_CELLS = 4_000_000


@dataclass(frozen=True, slots=True)
class Trait:
    """A value of a field: of the deals with it and of those without, how many went on; the rates drawn towards the whole's
    rate by what the values differ at all; the gap in rates with its interval; `p` and whether it is kept among discoveries."""

    field: str
    value: str
    having: Share
    lacking: Share
    having_shrunken: float
    lacking_shrunken: float
    gap: float
    low: float
    high: float
    p: float
    is_found: bool


@dataclass(frozen=True, slots=True)
class Traits:
    """Of `n` deals `advanced` went on within `horizon_days`. `tried` values were compared; `refused` names fields that tell the
    outcome too well to have been known before it."""

    n: int
    advanced: int
    horizon_days: float | None
    tried: int
    found: list[Trait]
    refused: list[str]


def horizon(days: Sequence[float]) -> float | None:
    """The whole days within which 9 in 10 of those who ever went on did; None for none."""
    return float(np.ceil(np.quantile(np.asarray(days, dtype=float), 0.9))) if len(days) else None


class Marks(NamedTuple):
    """The values of one field: `row` of a deal, and the place of its value among `labels`. A deal may have several, or none."""

    row: Ints
    label: Ints
    labels: Sequence[str]


def traits(rows: Iterable[tuple[bool, Mapping[str, Iterable[str]]]], *, horizon_days: float | None) -> Traits:
    """The same as `compare` of deals one by one: whether each went on, and its values by field."""
    taken = list(rows)
    fields: dict[str, list[tuple[int, str]]] = {}
    for deal, (_, values) in enumerate(taken):
        for field, several in values.items():
            fields.setdefault(field, []).extend((deal, value) for value in several)
    marks = {}
    for field, pairs in fields.items():
        labels = sorted({value for _, value in pairs})
        place = {value: number for number, value in enumerate(labels)}
        rows_of = np.array([deal for deal, _ in pairs], dtype=np.int64)
        marks[field] = Marks(rows_of, np.array([place[value] for _, value in pairs], dtype=np.int64), labels)
    return compare(np.array([went for went, _ in taken], dtype=np.bool_), marks, horizon_days=horizon_days)


def compare(went: Flags, fields: Mapping[str, Marks], *, horizon_days: float | None) -> Traits:
    """Compares, for every field and each of its values, the deals that have it with those that have another or none.

    `went` says of each deal whether it went on within the horizon, `fields` its values as known before. Only deals that were
    watched for the whole horizon belong in it, else the young ones would count as failed.
    """
    n, advanced = len(went), int(went.sum())
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for field, marks in fields.items():
        width = max(1, len(marks.labels))
        row, label = _once_each(marks, n, width)
        having = np.bincount(label, minlength=width)
        going = np.bincount(label[went[row]], minlength=width)
        for value, on, number in zip(marks.labels, going.tolist(), having.tolist(), strict=False):
            counts[field, value] = (on, number)
    eligible = {key: pair for key, pair in counts.items() if pair[1] >= LEAST and n - pair[1] >= LEAST}
    refused = _refused(eligible, advanced, n)
    eligible = {key: pair for key, pair in eligible.items() if key[0] not in refused}
    strength = _strength([tuple(pair) for pair in eligible.values()], advanced, n)
    compared = [_trait(key, pair, advanced, n, strength) for key, pair in sorted(eligible.items())]
    return Traits(n, advanced, horizon_days, len(compared), _kept(compared), sorted(refused))


def _once_each(marks: Marks, n: int, width: int) -> tuple[Ints, Ints]:
    """The marks of a field, none told twice of a deal."""
    if not len(marks.row) or int(np.bincount(marks.row, minlength=n).max()) < 2:
        return marks.row, marks.label
    if n * width > MOST_CELLS:
        both = np.unique(marks.row * width + marks.label)
    else:
        told = np.zeros(n * width, dtype=np.bool_)
        told[marks.row * width + marks.label] = True
        both = np.flatnonzero(told)
    return both // width, both % width


def _trait(key: tuple[str, str], pair: Sequence[int], advanced: int, n: int, strength: float) -> Trait:
    having, lacking = share(pair[0], pair[1]), share(advanced - pair[0], n - pair[1])
    gap = difference(having, lacking)
    assert gap is not None
    whole = advanced / n
    return Trait(
        field=key[0],
        value=key[1],
        having=having,
        lacking=lacking,
        having_shrunken=(having.count + strength * whole) / (having.n + strength),
        lacking_shrunken=(lacking.count + strength * whole) / (lacking.n + strength),
        gap=gap[0],
        low=gap[1],
        high=gap[2],
        p=two_shares(having, lacking),
        is_found=False,
    )


def two_shares(a: Share, b: Share) -> float:
    """The two-sided p value that two shares differ by chance alone: the score test with pooled variance."""
    pooled = (a.count + b.count) / (a.n + b.n)
    variance = pooled * (1 - pooled) * (1 / a.n + 1 / b.n)
    if variance <= 0:
        return 1.0
    return erfc(abs(a.count / a.n - b.count / b.n) / sqrt(2 * variance))


def _refused(eligible: Mapping[tuple[str, str], Sequence[int]], advanced: int, n: int) -> set[str]:
    if not n or not 0.1 < advanced / n < 0.9:
        return set()
    return {
        field
        for (field, _), (went, having) in eligible.items()
        if having >= 2 * LEAST and not TELLTALE < went / having < 1 - TELLTALE
    }


def _strength(pairs: Sequence[Sequence[int]], advanced: int, n: int) -> float:
    """How many deals' worth of the whole's rate each value's rate is drawn by: the beta-binomial prior fitted by moments
    (Kleinman 1973). The less the values differ beyond chance, the more."""
    if len(pairs) < 2 or not 0 < advanced < n:
        return float(2 * LEAST)
    whole = advanced / n
    sizes = np.array([pair[1] for pair in pairs], dtype=float)
    rates = np.array([pair[0] for pair in pairs], dtype=float) / sizes
    seen = float(np.sum(sizes * (rates - whole) ** 2) / np.sum(sizes))
    chance = whole * (1 - whole) * float(len(pairs) / np.sum(sizes))
    beyond = seen - chance
    if beyond <= 0:
        return 10.0 * float(np.mean(sizes))
    return max(0.0, whole * (1 - whole) / beyond - 1)


def _kept(compared: Sequence[Trait]) -> list[Trait]:
    """All, largest gap of the drawn rates first, those that pass Benjamini & Hochberg's rule marked."""
    ordered = sorted(compared, key=lambda trait: trait.p)
    limit = 0
    for place, trait in enumerate(ordered, start=1):
        if trait.p <= FALSE_DISCOVERIES * place / len(ordered):
            limit = place
    marked = [replace(trait, is_found=place < limit) for place, trait in enumerate(ordered)]
    return sorted(marked, key=lambda trait: (not trait.is_found, -abs(trait.having_shrunken - trait.lacking_shrunken)))
