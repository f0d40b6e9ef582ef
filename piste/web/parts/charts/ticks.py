"""Round values that span others: 0, 25, 50 rather than 3, 27, 51."""

from __future__ import annotations

import math

STEPS = (1, 2, 2.5, 5, 10)
#: Less than this is nothing: no step fits between such values.
LEAST = 1e-300


def ticks(low: float, high: float, wanted: int) -> tuple[float, ...]:
    """Round values evenly apart, two at least and `wanted` steps at most: the first up to `low`, the last from `high` on."""
    if not high - low > LEAST:
        low, high = (0.0, 1.0) if abs(low) <= LEAST else (min(low, 0.0), max(low, 0.0))
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (*STEPS, 20, 25, 50):
        step = factor * power
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= wanted:
            break
    return tuple(float(f"{place * step:.12g}") for place in range(first, max(last, first + 1) + 1))
