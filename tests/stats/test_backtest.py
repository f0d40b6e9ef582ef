"""The forecast on invented histories whose truth is known: it sees signal, admits that there is none, and never looks ahead."""

from __future__ import annotations

import numpy as np
import pytest

from piste.stats.backtest import Backtest, backtest
from piste.stats.forecast.walk import walk
from piste.stats.winning.guard import leaks
from piste.stats.winning.ledger import Deal, gather
from piste.stats.winning.reasons import reasons

from .histories import history, known_at


@pytest.fixture(scope="module")
def told() -> Backtest:
    return backtest(history(leak=True), horizon=30, every=45)


def test_signal_is_found_and_beats_the_tables(told: Backtest) -> None:
    assert told.verdict.code == "reliable"
    assert told.ever.ours is not None
    assert told.ever.prior is not None
    assert told.ever.stage_table is not None
    assert told.ever.ours.brier < 0.9 * min(told.ever.prior.brier, told.ever.stage_table.brier)
    assert (told.ever.ours.auc or 0) > 0.65


def test_a_field_written_with_the_outcome_is_named(told: Backtest) -> None:
    assert "reason" in {leak.field for leak in told.leaks}
    assert not {"source", "colour", "amount"} & {leak.field for leak in told.leaks}


def test_what_came_is_what_was_won(told: Backtest) -> None:
    deals = history(leak=True)
    for origin in told.origins:
        won = [one.amount or 0 for one in deals if one.status == "won" and origin.at < (one.closed or 0) <= origin.until]
        assert origin.actual == pytest.approx(sum(won))


def test_medians_lie_within_their_intervals(told: Backtest) -> None:
    for origin in told.origins:
        ours = origin.methods["ours"]
        assert 0 < ours.low80 < ours.low50 < ours.median < ours.high50 < ours.high80


def test_without_signal_it_says_so_and_keeps_to_the_base_rate() -> None:
    told = backtest(history(signal=False, count=400, seed=4), horizon=30, every=60)
    assert told.verdict.code == "no_signal"
    assert told.ever.ours is not None
    assert told.ever.prior is not None
    # What open deals came to is read from fewer deals than the rate of all closed ones is: a little more of it is chance.
    assert told.ever.ours.brier < 1.06 * told.ever.prior.brier
    rates = {"stage_table": told.next.said.table, "prior": told.next.said.prior}[told.verdict.by]
    assert np.array_equal(told.next.said.ours.ever, rates.ever)
    near = told.near(np.arange(len(told.next.said.deal)))
    assert (near.low <= rates.ever).all()
    assert (rates.ever <= near.high).all()
    assert (near.high - near.low < 0.5).all(), "four hundred deals tell a rate well"


def test_a_short_history_has_a_base_rate_only() -> None:
    told = backtest(history(count=20, days=90), horizon=14)
    assert told.verdict.code == "base_rate"
    assert np.isfinite(told.next.bands["ours"].median)


@pytest.mark.parametrize("deals", [[], [Deal("a", 0.0, "open")], [Deal("a", 0.0, "won", 0.0, 5.0), Deal("b", 3.0, "open")]])
def test_next_to_nothing_is_no_error(deals: list[Deal]) -> None:
    assert backtest(deals).origins == ()


def test_nothing_later_than_the_origin_is_used() -> None:
    deals, at, horizon = history(count=400), 300.0, 30.0
    whole, then = gather(deals, end=420.0), gather(known_at(deals, at), end=at)
    moments = np.array([270.0, 300.0])
    seen, asked = (walk(one, moments, horizon, 30.0).steps[-1] for one in (whole, then))
    assert seen.bands == asked.bands
    assert [whole.id[place] for place in seen.said.deal] == [then.id[place] for place in asked.said.deal]
    assert np.array_equal(seen.said.ours.ever, asked.said.ours.ever)
    assert np.array_equal(seen.said.ours.within, asked.said.ours.within)


def test_the_same_seed_says_the_same() -> None:
    deals = history(count=150)
    one, two = (backtest(deals, horizon=30, every=90, seed=3) for _time in range(2))
    assert one.origins == two.origins
    assert one.ever == two.ever


def test_a_break_is_warned_of_within_two_periods() -> None:
    broken = backtest(history(count=400, days=560, seed=2, pause=450), horizon=30, every=60)
    first = min((drift for drift in broken.drifts if drift.what == "arrivals"), key=lambda drift: drift.at)
    assert 450 < first.at <= 450 + 2 * 30 + 30
    assert first.change < -0.3


def test_an_open_deal_is_not_lost() -> None:
    """Twice as many deals, half of them still open: the rate of wins among the known stays."""
    told = backtest(history(count=300, days=200, seed=5), horizon=14, every=60)
    assert told.next is not None
    assert 0.35 < float(told.next.said.ours.ever.mean()) < 0.65


def test_dated_facts_are_not_used_before_their_day() -> None:
    from piste.stats.winning.ledger import Fact

    deals = [
        Deal(one.id, one.created, one.status, one.closed, one.amount, one.changes, [Fact("why", one.status, one.closed)])
        if one.closed is not None
        else one
        for one in history(count=120)
    ]
    (leak,) = [leak for leak in leaks(gather(deals)) if leak.field == "why"]
    assert leak.reason == "filled_after"


def test_reasons_say_what_speaks_for_a_deal(told: Backtest) -> None:
    assert told.next is not None
    said = told.next.said
    source = {deal.id: str(deal.facts[0].value) for deal in history(leak=True)}
    points: dict[str, list[float]] = {"referral": [], "fair": []}
    for deal, why in zip(said.deal, reasons(said, told.walk.hazard, rng=np.random.default_rng(0)), strict=True):
        points[source[told.walk.ledger.id[deal]]] += [one.points for one in why if one.theme == "field:source"]
    assert np.mean(points["referral"]) > 0 > np.mean(points["fair"])
