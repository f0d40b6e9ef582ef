"""Decisions about training; facts in, verdict out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

#: A change of the process is news for so long; a member is new for so long.
NEWS, NEW = timedelta(days=60), timedelta(days=90)
TRAIT, TEST = "trait", "test"


def touches(changes: Iterable[Mapping[str, Any]], mine: Collection[str], known: Collection[str]) -> bool:
    """Whether changes of the process concern somebody whose stages are `mine`: those their deals stand in and those that come
    after. What is about no stage, or about one that has another name by now (not among the `known`), concerns everybody."""
    return any(not change.get("stage") or change["stage"] in mine or change["stage"] not in known for change in changes)


def stages_ahead(order: Sequence[tuple[int, str]], standing: Collection[int]) -> list[str]:
    """The names of the stages that deals standing in some of them (by id) are in or will come to; all ids and names in order."""
    places = [place for place, (key, _) in enumerate(order) if key in standing]
    return [name for _, name in order[min(places) :]] if places else []


def trait_key(stage: int, field: str, value: str) -> str:
    """How a lesson names a trait of the deals that went on from a stage."""
    return f"{TRAIT}|{stage}|{field}|{value}"


def test_key(test: int) -> str:
    """How a lesson names a split test."""
    return f"{TEST}|{test}"


def read_key(key: str) -> tuple[str, ...]:
    """The parts of such a name: kind, then stage, field and value, or the test."""
    return tuple(key.split("|", 3 if key.startswith(f"{TRAIT}|") else 1))
