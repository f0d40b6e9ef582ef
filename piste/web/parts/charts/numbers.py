"""A few numbers in large type, each with a word above and one below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Number:
    """What it is, how it is written, what to know besides; `href` leads to the deals behind."""

    label: str
    said: str
    under: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    template: ClassVar[str] = "parts/charts/numbers.html"
    numbers: tuple[Number, ...]


def draw(numbers: Sequence[Number]) -> Numbers:
    """Numbers in the order given."""
    return Numbers(tuple(numbers))
