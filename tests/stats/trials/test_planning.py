"""How many units a split test needs: published sizes, and the way back."""

from __future__ import annotations

import pytest

from piste.stats.trials.planning import NoPlan, Plan, design_effect, found_mean, found_share, plan_mean, plan_share, weeks


def test_known_sizes() -> None:
    # Half a standard deviation: the 63 of Cohen (1988), Lehr's sixteen over d² rounded; shares as in Chow et al. 2017, 4.2.
    assert plan_mean(1.0, 0.5).arms == (63, 63)
    assert plan_share(0.65, 0.20).arms == (70, 70)
    assert plan_share(0.10, 0.02).arms == (3839, 3839)
    assert plan_share(0.10, 0.02, power=0.9).arms == (5139, 5139)


def test_uneven_arms_and_several_variants_cost_more() -> None:
    even, uneven = plan_mean(1.0, 0.5), plan_mean(1.0, 0.5, shares=(0.8, 0.2))
    assert uneven.arms == (157, 40)
    assert uneven.total > even.total
    three = plan_mean(1.0, 0.5, shares=(1, 1, 1))
    assert three.alpha == 0.025
    assert three.arms == (77, 77, 77)
    grown = plan_mean(1.0, 0.5, design_effect=design_effect(10, 0.05))
    assert grown.design_effect == pytest.approx(1.45)
    assert grown.arms == (92, 92)
    assert design_effect(10, 0.05, 0.6) == pytest.approx(1.63)


def test_what_a_number_of_units_finds_is_the_way_back() -> None:
    assert found_mean(2.0, plan_mean(2.0, 1.0).total) == pytest.approx(1.0, abs=0.01)
    assert found_share(0.1, plan_share(0.1, 0.02).total) == pytest.approx(0.02, abs=1e-4)


def test_how_long_it_takes() -> None:
    assert weeks(200, 10) == 20
    assert weeks(200, 10, part=0.5, days=14) == 42
    assert weeks(200, 0) is None


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("effect_none", lambda: plan_share(0.2, 0.0)),
        ("effect_impossible", lambda: plan_share(0.9, 0.2)),
        ("baseline_impossible", lambda: plan_share(0.0, 0.2)),
        ("baseline_impossible", lambda: found_share(1.0, 10)),
        ("shares_wrong", lambda: plan_mean(1, 1, shares=(1.0,))),
        ("shares_wrong", lambda: plan_mean(1, 1, shares=(1.0, 0.0))),
        ("spread_missing", lambda: plan_mean(0, 1)),
        ("too_many", lambda: plan_mean(1, 1e-6)),
        ("too_few", lambda: found_share(0.5, 6)),
        ("too_few", lambda: found_mean(1, 3)),
    ],
)
def test_no_plan_says_why(code: str, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(NoPlan) as refused:
        ask()
    assert refused.value.code == code


def test_a_plan_finds_falls_too() -> None:
    assert isinstance(plan_share(0.5, -0.1), Plan)
    assert plan_share(0.5, -0.1).total == plan_share(0.5, 0.1).total
