"""What was lost, where, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from piste.stats.history import LOST, NOWHERE, Flags, Ints
from piste.stats.outcomes import closed

from .figures import Within
from .reading import Reading, once
from .whole_numbers import DAY

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


@once
def losses(read: Reading, within: Within) -> Losses:
    """The deals lost within a period that never were customers, each by the last reason named and the stage it was lost from."""
    since, until = within.days
    lost = closed(read.history.deals, since=since, until=until).lost
    flows = read.history.flows
    rows = np.flatnonzero(flows.target == LOST)
    place, there = _last(flows.deal[rows], lost)
    said = read.known.rows("lost").columns
    stages = [stage.id for stage in read.stages]
    said = said[:, np.isin(said[2], stages) & (said[3] / DAY <= read.history.as_of)]
    last, named = _last(said[0], lost)
    return Losses(
        deals=lost,
        reason=np.where(named, said[4, last], NONE) if said.size else np.full(len(lost), NONE),
        place=np.where(there, flows.origin[rows[place]], NOWHERE) if len(rows) else np.full(len(lost), NOWHERE),
    )


def _last(deal: Ints, wanted: Ints) -> tuple[Ints, Flags]:
    """The last row of each wanted deal among ascending ones, and whether it has any."""
    row = np.maximum(np.searchsorted(deal, wanted, side="right") - 1, 0)
    return row, deal[row] == wanted if len(deal) else np.zeros(len(wanted), dtype=np.bool_)
