"""Whether units came to the arms in the shares that were set.

A test whose arms are not filled as planned has lost units on one side, or found others twice: its figures compare different
crowds (Fabijan et al. 2019, "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log

from .laws import chi_square_beyond

#: Below this chance the imbalance is no accident.
FLAGGED = 0.01
#: How strongly the alternative of the watched test believes in the planned shares.
BELIEF = 100.0


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """`p` of Pearson's test of one look at `counts`; `watched_p` holds however often one looks, and notices later."""

    counts: tuple[int, ...]
    expected: tuple[float, ...]
    chi2: float
    p: float
    watched_p: float

    @property
    def flagged(self) -> bool:
        return self.p < FLAGGED


def sample_ratio(counts: Sequence[int], shares: Sequence[float] | None = None) -> SampleRatio | None:
    """Pearson's chi-square test of the counts against the planned shares (equal ones by default); None of less than two arms or
    without units. Raises `ValueError` when shares and counts do not match."""
    planned = [1.0] * len(counts) if shares is None else list(shares)
    if len(planned) != len(counts) or any(share <= 0 for share in planned) or any(count < 0 for count in counts):
        raise ValueError("each arm has a count and a share above 0")
    total = sum(counts)
    if len(counts) < 2 or total == 0:
        return None
    parts = [share / sum(planned) for share in planned]
    expected = [total * part for part in parts]
    chi2 = sum((count - there) ** 2 / there for count, there in zip(counts, expected, strict=True))
    p = chi_square_beyond(len(counts) - 1, chi2)
    return SampleRatio(tuple(counts), tuple(expected), chi2, p, _watched(counts, parts))


def _watched(counts: Sequence[int], parts: Sequence[float]) -> float:
    """The inverse of the Bayes factor of Lindon & Malek (2022), "Anytime-Valid Inference for Multinomial Count Data": with any
    number of looks it falls below p by chance at most with chance p."""
    beliefs = [BELIEF * part * len(parts) for part in parts]
    evidence = lgamma(sum(beliefs)) - lgamma(sum(beliefs) + sum(counts))
    for count, belief, part in zip(counts, beliefs, parts, strict=True):
        evidence += lgamma(belief + count) - lgamma(belief) - count * log(part)
    return min(1.0, exp(min(-evidence, 0.0)))
