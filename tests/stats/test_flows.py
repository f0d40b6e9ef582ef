"""Where deals went: small answers known by hand."""

from __future__ import annotations

from piste.stats.conversion import reached_by_pair
from piste.stats.flows import flows, returned, skipped
from piste.stats.history import ELSEWHERE, LOST, NOWHERE, WON, History, MoveTuple
from tests.stats.ledgers import history


def told() -> History:
    ways: dict[int, list[tuple[str, int, str]]] = {
        1: [("created", 10, "open"), ("advanced", 20, "open"), ("returned", 10, "open"), ("advanced", 20, "open")],
        2: [("created", 10, "open"), ("skipped", 40, "open"), ("won", 50, "won")],
        3: [("created", 20, "open"), ("lost", 20, "lost")],
        4: [("created", 10, "won")],
        5: [("created", 30, "open"), ("changed_pipeline", 90, "open")],
    }
    rows = [
        MoveTuple(deal, number, kind, stage, status, float(number))
        for deal, steps in ways.items()
        for number, (kind, stage, status) in enumerate(steps, start=1)
    ]
    return history(rows)


def test_each_way_counts_its_moves_and_names_its_deals_once() -> None:
    found = {(flow.origin, flow.target): (flow.count, flow.deals.tolist()) for flow in flows(told())}
    assert found == {
        (NOWHERE, 0): (2, [1, 2]),
        (NOWHERE, 1): (1, [3]),
        (NOWHERE, 2): (1, [5]),
        (NOWHERE, WON): (1, [4]),
        (0, 1): (2, [1]),
        (1, 0): (1, [1]),
        (0, 3): (1, [2]),
        (3, 4): (1, [2]),
        (1, LOST): (1, [3]),
        (2, ELSEWHERE): (1, [5]),
    }
    assert all(flow.deal_count == len(flow.deals) for flow in flows(told()))
    third = {(flow.origin, flow.target): flow.count for flow in flows(told(), since=3, until=4)}
    assert third == {(1, 0): 1, (3, 4): 1}


def test_who_skips_and_who_returns() -> None:
    ever = {"since": 0.0, "until": 99.0}
    assert [skipped(told(), stage, **ever).tolist() for stage in range(4)] == [[], [2], [2], []]
    assert [returned(told(), stage, **ever).tolist() for stage in range(4)] == [[], [1], [], []]
    assert skipped(told(), 1, since=3, until=99).tolist() == []


def test_pairs_count_first_visits_and_first_sales() -> None:
    table = reached_by_pair(told()).tolist()
    assert [table[stage][stage] for stage in range(6)] == [2, 2, 1, 1, 1, 0]
    assert table[0][1:4] == [1, 0, 1]
    assert table[1][0] == 0, "it was in the first stage before"
    assert [row[-1] for row in table] == [1, 0, 0, 1, 1, 0]
