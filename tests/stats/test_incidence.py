"""What open deals come to is read from those found open before, not from those that happened to close first."""

from __future__ import annotations

import numpy as np
import pytest

from piste.stats.backtest import judge
from piste.stats.history import Flags
from piste.stats.winning.incidence import ever_won, find, incidence
from piste.stats.winning.ledger import WON, Deal, Ledger, gather


def test_by_hand() -> None:
    """Six deals: won after 1 day, lost after 2, still open after 2, won after 3, won after 4, still open after 5."""
    found = incidence(
        np.array([1.0, 2, 2, 3, 4, 5]),
        np.array([True, True, False, True, True, False]),
        np.array([True, False, False, True, True, False]),
    )
    # 1/6; none; of the 4/6 left three are watched: 2/9 each to a third and to half of the rest.
    assert found.times.tolist() == [1, 2, 3, 4, 5]
    assert found.won.tolist() == pytest.approx([1 / 6, 0, 2 / 9, 2 / 9, 0])
    assert found.left == pytest.approx(2 / 9)


def test_with_all_seen_to_their_end_it_is_the_share() -> None:
    won = np.array([True, False, True, False, False])
    found = incidence(np.array([3.0, 1, 4, 1, 5]), np.ones(5, bool), won)
    assert found.won.sum() == pytest.approx(won.mean())
    assert found.left == pytest.approx(0)


def test_late_losses_are_foreseen_though_most_have_not_come() -> None:
    """Half of all deals are won, some three weeks after they began; the losses come half a year later."""
    rng = np.random.default_rng(3)
    said, closed, truth = np.mean([_three_views(rng) for _time in range(8)], axis=0)
    assert closed > truth + 0.35, "those that closed first are mostly won"
    assert abs(said - truth) < 0.1 * (closed - truth) + 0.03


def _three_views(rng: np.random.Generator) -> tuple[float, float, float]:
    """Of the open deals of a history the mean chance told, the share won of the closed, and what became of them."""
    ledger, won = _slow_to_lose(rng)
    open_now, over = ledger.open_at(ledger.end), np.isfinite(ledger.closed)
    table = np.full(len(open_now), float((ledger.status[over] == WON).mean()))
    told = ever_won(ledger, ledger.end, 30.0, list(find(ledger, ledger.end, 30.0)), np.full(len(open_now), -1), table)
    return float(told.mean()), float(table[0]), float(won[open_now].mean())


def test_what_is_said_of_deals_rests_on_it() -> None:
    ledger, won = _slow_to_lose(np.random.default_rng(5))
    said = judge(ledger, horizon=30, every=60).walk.steps[-1].said
    assert said.ever.base == "seen"
    assert abs(float(said.ours.ever.mean()) - float(won[said.deal].mean())) < 0.1
    assert float(said.table.ever.mean()) > 0.5


def test_where_no_end_is_seen_the_table_stands() -> None:
    ledger = gather([Deal(str(number), float(number), "open") for number in range(20)], end=60.0)
    stage, table = np.full(20, -1), np.full(20, 0.3)
    assert np.array_equal(ever_won(ledger, 60.0, 30.0, list(find(ledger, 60.0, 30.0)), stage, table), table)


def _slow_to_lose(rng: np.random.Generator, count: int = 600, days: float = 400.0) -> tuple[Ledger, Flags]:
    """What is on record of deals by `days`, and which of them are won in the end."""
    created = np.sort(rng.uniform(0, days, count))
    won = rng.random(count) < 0.5
    closed = created + np.where(won, rng.gamma(4, 5, count), rng.gamma(8, 22, count))
    deals = [
        Deal(str(number), begun, ("won" if good else "lost") if end <= days else "open", end if end <= days else None)
        for number, (begun, good, end) in enumerate(zip(created.tolist(), won.tolist(), closed.tolist(), strict=True))
    ]
    return gather(deals, end=days), won
