"""What is won so far in a period, and how far it may come: steps up to today, then a median within its intervals.

Drawn in a box of 100 × 100 that is stretched; words stand at places in per cent and keep their size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

from .ticks import ticks

TICKS = 4
#: How high the scale of nothing goes: its steps are told apart.
EMPTY = 100.0
#: Per cent of the height that a word takes.
GAP = 8.0
#: Points of the curve between now and the end.
POINTS = 12


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is expected of a total at the end: the median, and the limits of the 80 % and the 50 % interval."""

    median: float
    low80: float
    high80: float
    low50: float
    high50: float


@dataclass(frozen=True, slots=True)
class Word:
    """A word beside the drawing: its place in per cent from the top, and whether it is the main one."""

    at: float
    said: str
    is_main: bool = False


@dataclass(frozen=True, slots=True)
class Fan:
    """The drawing; `label` says all of it in a sentence."""

    template: ClassVar[str] = "parts/charts/fan.html"
    label: str
    won: str
    before: str
    wide: str
    narrow: str
    middle: str
    today_x: float
    today_y: float
    target_y: float | None
    target: str
    now: str
    ticks: tuple[tuple[float, str], ...]
    marks: tuple[tuple[float, str], ...]
    words: tuple[Word, ...]


def draw(
    won: Sequence[tuple[float, float]],
    *,
    now: float,
    ahead: Ahead | None,
    base: float,
    target: float | None,
    before: Sequence[tuple[float, float]] = (),
    marks: Sequence[tuple[float, str]] = (),
    say: Callable[[float], str],
    label: str,
    target_said: str = "",
    now_said: str = "",
    before_said: str = "",
) -> Fan:
    """`won` and `before` are running sums by the share of the period that is behind (0 to 1); `base` is what was won when the
    forecast was made. Between now and the end the median goes straight and the intervals open with the root of time, as sums
    of many deals do: only their end is computed."""
    sums = [value for _, value in won]
    top = max([*sums, base, target or 0.0, *(value for _, value in before), *((ahead.high80,) if ahead else ())], default=0.0)
    scale = ticks(0.0, top or EMPTY, TICKS)
    most = scale[-1]

    def y(value: float) -> float:
        return round(100 - 100 * value / most, 3)

    steps, height = [f"M0 {y(0)}"], 0.0
    for x, value in won:
        steps.append(f"H{100 * x:g}V{y(value)}")
        height = value
    steps.append(f"H{100 * now:g}")
    ways = _ways(ahead, base, now, y) if ahead else ("", "", "")
    words = [] if ahead is None else [Word(y(ahead.high80), say(ahead.high80)), Word(y(ahead.median), say(ahead.median), True)]
    if ahead is not None:
        words.append(Word(y(ahead.low80), say(ahead.low80)))
    if before and before_said:
        words.append(Word(y(before[-1][1]), before_said))
    return Fan(
        label=label,
        won="".join(steps),
        before="M" + "L".join(f"{100 * x:g} {y(value)}" for x, value in before) if len(before) > 1 else "",
        wide=ways[0],
        narrow=ways[1],
        middle=ways[2],
        today_x=round(100 * now, 3),
        today_y=y(height),
        target_y=None if target is None else y(target),
        target=target_said,
        now=now_said,
        ticks=tuple((y(value), say(value)) for value in scale),
        marks=tuple((round(100 * x, 3), said) for x, said in marks),
        words=_apart(words),
    )


def _ways(ahead: Ahead, base: float, now: float, y: Callable[[float], float]) -> tuple[str, str, str]:
    """The wide and the narrow surface, and the line in the middle."""
    shares = [place / POINTS for place in range(POINTS + 1)]
    across = [round(100 * (now + (1 - now) * share), 3) for share in shares]
    middle = [base + (ahead.median - base) * share for share in shares]

    def edge(end: float) -> list[float]:
        return [value + (end - ahead.median) * sqrt(share) for value, share in zip(middle, shares, strict=True)]

    def surface(low: float, high: float) -> str:
        over = [f"{x:g} {y(value)}" for x, value in zip(across, edge(high), strict=True)]
        under = [f"{x:g} {y(max(value, 0.0))}" for x, value in zip(across, edge(low), strict=True)]
        return "M" + "L".join([*over, *reversed(under)]) + "Z"

    line = "M" + "L".join(f"{x:g} {y(value)}" for x, value in zip(across, middle, strict=True))
    return surface(ahead.low80, ahead.high80), surface(ahead.low50, ahead.high50), line


def _apart(words: Sequence[Word]) -> tuple[Word, ...]:
    """Words one beneath the other, none over another: the main one stays, those above it move up, those beneath down."""
    main = next((word for word in words if word.is_main), None)
    others = sorted((word for word in words if not word.is_main), key=lambda word: word.at)
    if main is None:
        return tuple(others)
    placed, last = [main], main.at
    for word in [one for one in others if one.at >= main.at]:
        last = max(word.at, last + GAP)
        placed.append(Word(last, word.said))
    last = main.at
    for word in reversed([one for one in others if one.at < main.at]):
        last = min(word.at, last - GAP)
        placed.append(Word(last, word.said))
    return tuple(placed)
