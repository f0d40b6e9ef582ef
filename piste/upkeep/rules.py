"""How long the bin keeps what is put there."""

from __future__ import annotations

from datetime import datetime, timedelta

KEPT = timedelta(days=90)


def erased_from(deleted_at: datetime) -> datetime:
    """The moment from which something in the bin is erased."""
    return deleted_at + KEPT


#: Looked at so long after a change at most; and at least so long, or nothing has had the time to happen.
LONGEST_WATCH = timedelta(days=182)
SHORTEST_WATCH = timedelta(days=7)

#: What a re-test may say: the figure rose, fell, neither shows, too few deals can be compared.
ROSE, FELL, UNCLEAR, TOO_FEW = "rose", "fell", "unclear", "too_few"


def verdict_of(low: float | None, high: float | None) -> str:
    """What an interval of after minus before says."""
    if low is None or high is None:
        return TOO_FEW
    return ROSE if low > 0 else FELL if high < 0 else UNCLEAR


def next_step(kind: str, said: str, *, guard_fell: bool = False) -> str:
    """What is proposed: a change that did good is kept, one that did harm (there or to the share won) is taken back, one that
    does not show is tested properly, and with too few deals one looks again. Fewer days in a stage are good, more of anything
    else is."""
    good, bad = (FELL, ROSE) if kind == "days" else (ROSE, FELL)
    if said == bad or guard_fell:
        return "roll_back"
    return {good: "keep", TOO_FEW: "again"}.get(said, "test")
