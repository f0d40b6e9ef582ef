"""What the forecast has to reach on public histories, judged by its own back-test. The whole table is in decision 0020."""

from __future__ import annotations

from pathlib import Path

import pytest

from piste.exchange.proving.records import read
from piste.stats.backtest import Backtest, Errors, backtest
from piste.stats.winning.guard import leaks
from piste.stats.winning.ledger import gather

from . import exports

pytestmark = exports.needs_data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


def judged(files: exports.Files, *, horizon: float, every: float) -> Backtest:
    return backtest(read(*files).deals, horizon=horizon, every=every)


@pytest.fixture(scope="module")
def chip(folder: Path) -> Backtest:
    return judged(exports.chip(folder), horizon=30, every=60)


@pytest.fixture(scope="module")
def bpi(folder: Path) -> Backtest:
    return judged(exports.bpi(folder), horizon=14, every=7)


@pytest.fixture(scope="module")
def maven(folder: Path) -> Backtest:
    return judged(exports.maven(folder), horizon=30, every=15)


@pytest.fixture(scope="module")
def hotel(folder: Path) -> Backtest:
    return judged(exports.hotel(folder, one_of=20), horizon=90, every=90)


def held(errors: Errors) -> float:
    assert errors.wape is not None
    return errors.wape


def test_chip_wins_in_time_are_told_better_than_by_the_stage(chip: Backtest) -> None:
    assert chip.within.ours is not None
    assert chip.within.stage_table is not None
    assert chip.within.ours.brier <= 0.85 * chip.within.stage_table.brier
    assert chip.within.ours.ece <= 0.05
    assert chip.verdict.code == "reliable"


def test_loans_are_told_better_than_by_the_stage_and_calibrated(bpi: Backtest) -> None:
    assert bpi.ever.ours is not None
    assert bpi.ever.stage_table is not None
    assert bpi.ever.ours.brier <= 0.95 * bpi.ever.stage_table.brier
    assert bpi.ever.ours.ece <= 0.05


def test_where_nothing_tells_it_says_so(maven: Backtest) -> None:
    assert maven.verdict.code == "no_signal"
    assert maven.ever.ours is not None
    assert maven.ever.prior is not None
    assert maven.ever.ours.brier <= 1.005 * maven.ever.prior.brier
    assert {leak.field for leak in maven.leaks} == {"account", "amount"}


def test_fields_filled_after_the_contact_are_refused(folder: Path) -> None:
    found = {leak.field for leak in leaks(gather(read(*exports.leads(folder)).deals))}
    assert {"Tags", "Lead Quality", "Lead Profile"} <= found
    assert not {"Lead Origin", "Lead Source", "Total Time Spent on Website", "City"} & found


def test_forecasts_are_as_good_as_the_better_classic_one(chip: Backtest, bpi: Backtest, maven: Backtest, hotel: Backtest) -> None:
    for found in (chip, bpi, maven, hotel):
        assert held(found.methods["ours"]) <= 1.05 * held(found.methods["run_rate"])
    for found in (bpi, hotel):
        assert held(found.methods["ours"]) <= 0.8 * held(found.methods["run_rate"])
    assert held(hotel.methods["ours"]) <= 0.8 * held(hotel.methods["same_season"])


def test_eighty_of_a_hundred_intervals_hold(chip: Backtest, bpi: Backtest, maven: Backtest, hotel: Backtest) -> None:
    errors = [found.methods["ours"] for found in (chip, bpi, maven, hotel)]
    count = sum(one.n for one in errors)
    share = sum(one.n * (one.coverage or 0) for one in errors) / count
    # Of some thirty intervals a few more or less hold by chance: one standard error around what is to be reached.
    assert 0.70 - 0.07 <= share <= 0.90 + 0.05
