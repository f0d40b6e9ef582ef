"""An estimate with its interval on a line, and a mark to hold it against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Strip:
    """Places in per cent of the line. `tone` is "" or "success", "warning", "danger"."""

    template: ClassVar[str] = "parts/charts/strip.html"
    low_at: float
    high_at: float
    width: float
    estimate_at: float | None
    mark_at: float | None
    said: str
    tone: str


def draw(
    low: float,
    high: float,
    *,
    estimate: float | None = None,
    mark: float | None = None,
    said: str = "",
    tone: str = "",
    start: float = 0.0,
    end: float = 1.0,
) -> Strip:
    """From `start` to `end` (shares, unless said otherwise); what lies outside is drawn at the edge."""

    def place(value: float) -> float:
        share = (value - start) / (end - start) if end > start else 0.0
        return round(100 * min(max(share, 0.0), 1.0), 2)

    first, last = sorted((place(low), place(high)))
    return Strip(
        first,
        last,
        round(last - first, 2),
        None if estimate is None else place(estimate),
        None if mark is None else place(mark),
        said,
        tone,
    )
