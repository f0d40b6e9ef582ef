"""Where a pipeline loses most: what an improvement of one stage would bring, and what its change has cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from .conversion import Conversion, Incidence
from .shares import Share, share

#: The improvement that stages are compared by: one in ten of those who stop here would go on.
IMPROVEMENT = 0.1
#: A stage that fewer deals entered is not named as the bottleneck.
LEAST = 10


@dataclass(frozen=True, slots=True)
class Change:
    """The estimate now less that before, with its interval: both between −1 and 1."""

    gap: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Stake:
    """What one stage holds back, in whatever unit the value of a sale was given in.

    `won_after` is the share of sales among the settled deals that went on from it. `gain` is what it would bring in the period if
    one in ten of those who stop here went on, with the interval of the conversion alone. `cost` is what its change against the
    period before has cost (negative: brought), None without a period before. `sooner` is the revenue that a stay a tenth shorter
    would bring forward.
    """

    place: int
    won_after: Share
    gain: float | None
    gain_low: float | None
    gain_high: float | None
    change: Change | None
    cost: float | None
    sooner: float | None


def change(now: Incidence, before: Incidence) -> Change | None:
    """The difference of two estimates, its interval by joining theirs (MOVER; Zou & Donner 2008). None when either is empty."""
    if now.rate is None or before.rate is None:
        return None
    assert now.low is not None and now.high is not None and before.low is not None and before.high is not None  # noqa: PT018
    gap = now.rate - before.rate
    low = gap - sqrt((now.rate - now.low) ** 2 + (before.high - before.rate) ** 2)
    high = gap + sqrt((now.high - now.rate) ** 2 + (before.rate - before.low) ** 2)
    return Change(gap, low, high)


def stake(
    place: int,
    now: Conversion,
    *,
    before: Incidence | None,
    won: int,
    settled: int,
    value: float | None,
    median_days: float | None,
    period_days: float,
) -> Stake:
    """The stake of one stage. Of the deals that advanced from it `settled` are won or lost, `won` are won; `value` is the mean
    value of a sale, None when nobody said any."""
    after = share(won, settled)
    moved = change(now.estimate, before) if before is not None else None
    unit = value * after.rate if value is not None and after.rate is not None else None
    n, found = len(now.entered), now.estimate
    if unit is None or found.rate is None or found.low is None or found.high is None:
        return Stake(place, after, None, None, None, moved, None, None)
    lost = IMPROVEMENT * n * unit
    worth = n * found.rate * unit
    return Stake(
        place=place,
        won_after=after,
        gain=lost * (1 - found.rate),
        gain_low=lost * (1 - found.high),
        gain_high=lost * (1 - found.low),
        change=moved,
        cost=None if moved is None else -moved.gap * n * unit,
        sooner=None if median_days is None else IMPROVEMENT * median_days * worth / max(period_days, 1.0),
    )


@dataclass(frozen=True, slots=True)
class Ranked:
    """The stakes, greatest first, and why the first one is: `worsened` (surely, against the period before) or `greatest`."""

    stakes: list[Stake]
    reason: str


def rank(stakes: Sequence[Stake], entered: Sequence[int]) -> Ranked:
    """Stages by what they hold back: first those that surely worsened, by what that cost; then the others, by what an improvement
    would bring. `entered` says how many deals entered each; stages that fewer than `LEAST` entered come last."""

    def key(pair: tuple[Stake, int]) -> tuple[bool, bool, float]:
        one, n = pair
        worse = n >= LEAST and one.change is not None and one.change.high < 0
        return (n < LEAST, not worse, -((one.cost if worse else one.gain) or 0.0))

    ordered = sorted(zip(stakes, entered, strict=True), key=key)
    found = [one for one, _ in ordered]
    if not found or ordered[0][1] < LEAST:
        return Ranked(found, "")
    first = found[0]
    if first.change is not None and first.change.high < 0:
        return Ranked(found, "worsened")
    return Ranked(found, "greatest" if first.gain else "")
