"""Where deals went from each stage: to the next one, past others, or back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Move:
    """How many moves led from one stage to another, by their places in the pipeline; `href` leads to them."""

    origin: int
    goal: int
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Moves of one way from one stage: where to, how many, their share of all that left it."""

    goal: str
    rank: str
    count: int
    share: float
    href: str


@dataclass(frozen=True, slots=True)
class Row:
    """What left a stage by moves between stages."""

    name: str
    rank: str
    total: int
    forward: tuple[Step, ...]
    skipped: tuple[Step, ...]
    back: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """One row a stage."""

    template: ClassVar[str] = "parts/charts/flow.html"
    rows: tuple[Row, ...]


def draw(stages: Sequence[tuple[str, str]], moves: Sequence[Move]) -> Flow:
    """`stages` are (rank, name) from first to last, a move given once for each pair; the most frequent first."""
    made = []
    for place, (rank, name) in enumerate(stages):
        away = [move for move in moves if move.origin == place and move.goal != place and move.count > 0]
        total = sum(move.count for move in away)
        steps: dict[str, list[Step]] = {"forward": [], "skipped": [], "back": []}
        for move in sorted(away, key=lambda move: (-move.count, move.goal)):
            kind = "back" if move.goal < place else "forward" if move.goal == place + 1 else "skipped"
            goal_rank, goal = stages[move.goal]
            steps[kind].append(Step(goal, goal_rank, move.count, move.count / total, move.href))
        made.append(Row(name, rank, total, tuple(steps["forward"]), tuple(steps["skipped"]), tuple(steps["back"])))
    return Flow(tuple(made))
