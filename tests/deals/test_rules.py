"""Decisions about deals."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.deals import rules
from tests.cast import NOW


@given(amount=st.integers(-(10**15), 10**15), probability=st.integers(0, 100))
def test_weighted_rounds_halves_to_even(amount: int, probability: int) -> None:
    true = (Decimal(amount) * probability / 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    assert rules.weighted(amount, rules.OPEN, probability) == int(true)


@pytest.mark.parametrize(("amount", "probability", "said"), [(1, 50, 0), (3, 50, 2), (5, 50, 2), (-1, 50, 0), (-3, 50, -2)])
def test_weighted_halves(amount: int, probability: int, said: int) -> None:
    assert rules.weighted(amount, rules.OPEN, probability) == said


def test_what_is_won_counts_whole() -> None:
    assert rules.weighted(12_345, rules.WON, 85) == 12_345


def step(number: int, kind: str, stage: int = 1, status: str = "open", undoes: int | None = None) -> rules.Step:
    return rules.Step(number, kind, stage, status, NOW, undoes=undoes)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [step(1, "advanced")],
        [step(2, "created")],
        [step(1, "created"), step(3, "advanced")],
        [step(1, "created"), step(2, "created")],
        [step(1, "created"), step(2, "undone", undoes=1)],
        [step(1, "created"), step(2, "advanced", 2), step(3, "undone", undoes=1)],
        [step(1, "created"), step(2, "advanced", 2), step(3, "undone", undoes=2), step(4, "undone", undoes=2)],
    ],
)
def test_ledgers_no_deal_can_have(steps: list[rules.Step]) -> None:
    with pytest.raises(rules.BrokenLedger):
        rules.replay(steps)


def test_an_undo_brings_back_the_state_before() -> None:
    steps = [step(1, "created"), step(2, "advanced", 2), step(3, "won", 2, "won"), step(4, "undone", 2, undoes=3)]
    assert rules.replay(steps) == rules.replay(steps[:2])
    further = [*steps, step(5, "undone", 1, undoes=2)]
    assert rules.replay(further) == rules.replay(steps[:1])


@pytest.mark.parametrize(
    ("kind", "origin", "target", "asked"),
    [
        ("created", 1, 1, (True, False)),
        ("advanced", 1, 2, (True, True)),
        ("skipped", 1, 3, (True, True)),
        ("returned", 3, 1, (False, False)),
        ("resumed", 2, 2, (False, False)),
        ("resumed", 2, 3, (True, True)),
        ("resumed", 2, 1, (False, False)),
        ("resumed", 2, 9, (True, False)),
        ("reopened", 2, 2, (True, False)),
        ("reopened", 2, 3, (True, True)),
        ("reopened", 2, 1, (False, False)),
        ("changed_pipeline", 2, 9, (True, False)),
    ],
)
def test_what_each_way_asks(kind: str, origin: int, target: int, asked: tuple[bool, bool]) -> None:
    assert rules.asks(kind, [1, 2, 3], origin, target) == asked
