"""How right those were who said what they would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """Over `n` calls: `bias` is what was said too much (below zero: too little) and `wape` by how much it missed either way,
    both against what happened; None when nothing did."""

    n: int
    bias: float | None
    wape: float | None


def record(pairs: Sequence[tuple[float, float]]) -> Record:
    """The record of calls, each as (said, happened): Σ(said − happened) ÷ Σ happened, and Σ|said − happened| ÷ Σ happened."""
    happened = sum(pair[1] for pair in pairs)
    if not happened:
        return Record(len(pairs), None, None)
    gaps = [said - found for said, found in pairs]
    return Record(len(pairs), sum(gaps) / happened, sum(map(abs, gaps)) / happened)
