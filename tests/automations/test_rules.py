"""Whens, conditions, loops: facts in, verdict out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piste.automations import rules
from piste.automations.rules import Action, Condition, Facts, Happened, Recipe, When

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "verb", "data", "is_answered"),
    [
        (When("stage_entered", stage=3), "deal.advanced", {"to": 3, "from": 2}, True),
        (When("stage_entered", stage=3), "deal.created", {"to": 3}, True),
        (When("stage_entered", stage=3), "deal.resumed", {"to": 3, "from": 3}, False),
        (When("stage_entered", stage=3), "deal.undone", {"to": 3, "from": 4}, False),
        (When("stage_entered", stage=3), "deal.advanced", {"to": 4, "from": 3}, False),
        (When("won"), "deal.won", {}, True),
        (When("lost"), "deal.won", {}, False),
        (When("fact_changes", fact="owner"), "deal.amended", {"changes": {"owner": [1, 2]}}, True),
        (When("fact_changes", fact="source"), "deal.amended", {"changes": {"owner": [1, 2]}}, False),
        (When("fact_changes", fact="tags"), "deal.tagged", {}, True),
        (When("activity_done", activity="call"), "activity.logged", {"kind": "call"}, True),
        (When("activity_done", activity="call", outcome=4), "activity.done", {"kind": "call", "outcome": 5}, False),
        (When("activity_done"), "deal.won", {}, False),
    ],
)
def test_what_is_answered(when: When, verb: str, data: dict[str, object], is_answered: bool) -> None:
    assert (rules.answers(when, Happened(verb, data)) is not None) is is_answered


@pytest.mark.parametrize(
    ("before", "now", "crossed"),
    [(None, "10000", True), ("9999", "10000.00", True), ("10000", "12000", False), ("12000", "9000", False), ("1", None, False)],
)
def test_an_amount_is_crossed_upwards_once(before: str | None, now: str | None, crossed: bool) -> None:
    worth = [None if one is None else Decimal(one) for one in (before, now)]
    told = Happened("deal.amended", {"changes": {"amount_minor": [0, 0]}}, worth[1], worth[0])
    assert (rules.answers(When("amount_reaches", amount="10000"), told) is not None) is crossed


def test_conditions_hold_together_and_the_first_that_does_not_is_told() -> None:
    facts = Facts(
        amount=Decimal("9500"), owner="4", tags=frozenset({"Hot"}), custom={"size": "12", "ok": True, "on": "2026-12-01"}
    )
    held = [
        Condition("owner", "is", ("3", "4")),
        Condition("tag", "is", ("hot",)),
        Condition("tag", "is_not", ("cold",)),
        Condition("custom:size", "at_least", ("2",)),
        Condition("custom:ok", "is", ("yes",)),
        Condition("custom:on", "at_most", ("2026-12-31",)),
        Condition("source", "unknown"),
        Condition("amount", "known"),
        Condition("variant", "is_not", ("3",)),
    ]
    assert rules.not_met(held, facts) is None
    failing = [*held, Condition("amount", "at_least", ("10000",)), Condition("owner", "is_not", ("4",))]
    assert rules.not_met(failing, facts) == len(held)
    assert not rules.holds(Condition("custom:none", "at_most", ("5",)), facts)


@given(
    depth=st.integers(0, 8),
    earlier=st.lists(st.integers(-300, 0), max_size=6),
    in_hour=st.integers(0, 20),
    most=st.integers(1, 20),
)
def test_nothing_goes_round_for_ever(depth: int, earlier: list[int], in_hour: int, most: int) -> None:
    moments = [NOW + timedelta(minutes=one) for one in earlier]
    why = rules.refusal(depth, NOW, moments, in_hour=in_hour, most=most)
    may = depth <= rules.DEEPEST and all(one <= -60 for one in earlier) and in_hour < most
    assert (why == "") is may


@given(st.lists(st.integers(0, 90), min_size=1, max_size=60))
def test_two_automations_that_answer_each_other_come_to_rest(gaps: list[int]) -> None:
    """Each effect is an entry that the other answers, one deeper; whatever time goes by between them, the chain ends."""
    at = NOW
    last: dict[int, list[datetime]] = {0: [], 1: []}
    for depth, gap in enumerate(gaps):
        at += timedelta(minutes=gap)
        if rules.refusal(depth, at, last[depth % 2], in_hour=0, most=100):
            break
        last[depth % 2].append(at)
    assert sum(map(len, last.values())) <= rules.DEEPEST + 1


def test_a_recipe_is_kept_and_read_again() -> None:
    recipe = Recipe(
        When("date", fact="expected_close_on", days=-7),
        (Condition("amount", "at_least", ("100",)),),
        (Action("task", text="Call", who="owner", days=0), Action("set", fact="custom:ok", value=False)),
    )
    assert Recipe.of(recipe.as_json()) == recipe
    assert Recipe.of(recipe.as_json() | {"when": {"kind": "won", "later": 1}}).when == When("won")


def test_a_signature_proves_body_and_moment() -> None:
    first = rules.signature("secret", 1_700_000_000, b"{}")
    # As `openssl dgst -sha256 -hmac secret` says of `1700000000.{}`.
    assert first == "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163"
    assert first != rules.signature("secret", 1_700_000_001, b"{}") != rules.signature("other", 1_700_000_001, b"{}")
