"""What was lost, where, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import LOST, NOWHERE, Ints
from piste.stats.outcomes import closed

from .figures import Within
from .reading import Reading

#: The key of a deal lost without a reason, or from no stage.
NONE = 0


@dataclass(frozen=True, slots=True)
class Losses:
    """The deals lost within a period: by deal its reason (0: none named) and the place it was lost from (−1: from none)."""

    deals: Ints
    reason: Ints
    place: Ints

    def of(self, *, reason: int | None = None, stage: int | None = None) -> Ints:
        """Those lost for a reason, from a stage, or both; None asks for any."""
        kept = np.ones(len(self.deals), dtype=bool)
        if reason is not None:
            kept &= self.reason == reason
        if stage is not None:
            kept &= self.place == stage
        return self.deals[kept]


def losses(read: Reading, within: Within) -> Losses:
    """The deals lost within a period that never were customers, each by the last reason named and the stage it was lost from."""
    since, until = within.days
    lost = closed(read.history.deals, since=since, until=until).lost
    flows = read.history.flows
    rows = np.flatnonzero(flows.target == LOST)
    last = dict(zip(flows.deal[rows].tolist(), flows.origin[rows].tolist(), strict=True))
    reasons = [read.reasons.get(deal) or NONE for deal in lost.tolist()]
    places = [last.get(deal, NOWHERE) for deal in lost.tolist()]
    return Losses(lost, np.array(reasons, dtype=np.int64), np.array(places, dtype=np.int64))
