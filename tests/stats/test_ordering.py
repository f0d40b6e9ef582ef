"""The order of stages that moves imply."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest

from piste.stats.ordering import EXACT, backward, ordering


def test_of_equally_good_orders_the_declared_one_is_kept() -> None:
    found = ordering([[0, 5, 2], [0, 0, 7], [1, 1, 0]])
    assert (found.order, found.declared, found.implied, found.is_declared) == ([0, 1, 2], 2, 2, True)


def test_no_pipeline_at_all() -> None:
    assert ordering(np.zeros((0, 0), dtype=np.int64)).order == []


@pytest.mark.parametrize("seed", range(5))
def test_no_order_has_fewer_back_moves(seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 50, (6, 6))
    np.fill_diagonal(counts, 0)
    found = ordering(counts)
    assert found.implied == backward(counts, found.order) == min(backward(counts, one) for one in permutations(range(6)))


def test_many_stages_come_no_worse_than_declared() -> None:
    size = EXACT + 3
    counts = np.triu(np.ones((size, size), dtype=np.int64), 1)
    shuffled = np.random.default_rng(1).permutation(size)
    found = ordering(counts[np.ix_(shuffled, shuffled)])
    assert (found.implied, found.is_exact) == (0, False)


def test_the_chip_makers_moves_imply_another_order_than_declared(data: Path) -> None:
    """608 moves go back in the declared order, 109 in the order they imply."""
    # Qualify, Define, Develop, Design.
    declared = ["6", "5", "3", "2"]
    paths: dict[str, list[tuple[str, str]]] = {}
    with gzip.open(data / "chip_pipeline/opportunity_changes_asof_2016-04-30.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            paths.setdefault(row["opportunity_id"], []).append((row["snapshot_ts"], row["stage"].removeprefix("Stage ")))
    moves = Counter(pair for path in paths.values() for pair in pairwise([stage for _, stage in sorted(path)]))
    found = ordering([[moves[origin, target] for target in declared] for origin in declared])
    assert (found.declared, found.implied, found.is_exact) == (608, 109, True)
    assert [declared[place] for place in found.order] == ["6", "2", "5", "3"]
