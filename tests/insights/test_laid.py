"""What is laid by in the data folder is what the database holds, and is taken up only where that can be proven."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from piste.deals import operations as ops
from piste.deals.models import Deal
from piste.insights.operations.laying import MOST_BEHIND, lay_by
from piste.insights.queries import keeping, laid, ledger
from tests import make
from tests.cast import NOW, make_cast

from .playing import STEPS, Playing
from .test_keeping import differing


@pytest.fixture
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA_DIR = tmp_path
    start_anew(monkeypatch)
    return tmp_path


def start_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that has just started."""
    monkeypatch.setattr(keeping, "_kept", None)
    monkeypatch.setattr(ledger, "_kept", None)


def ledger_differs() -> bool:
    moves = ledger.whole()
    return any((getattr(moves, name) != getattr(ledger.read(2**62), name)).any() for name in laid.OF_MOVES)


@pytest.mark.django_db(transaction=True)
def test_a_new_process_takes_up_what_was_laid_by_and_reads_what_came_since(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played = Playing(make_cast(), 5)
    for _ in range(12):
        played.play(played.chance.choice(STEPS))
    assert lay_by()
    assert (folder / "insights.columns").stat().st_mode & 0o077 == 0
    for more in (0, 6):
        for _ in range(more):
            played.play(played.chance.choice(STEPS))
        start_anew(monkeypatch)
        if not more:
            assert keeping.known().parts.keys() == keeping.LOADERS.keys(), "nothing is left to be read"
        assert differing() == []
        assert not ledger_differs()


#: How many columns each part of rows has under the present number of the file. Another width wants another number: a file laid by
#: before an upgrade without a migration would be taken up as it was.
WIDTHS = {"contacts": 2, "deciders": 2, "goods": 2, "done": 6, "lost": 5, "asked": 5, "clocks": 5}
NUMBER = b"5"


@pytest.mark.django_db(transaction=True)
def test_another_width_of_a_part_has_another_number(folder: Path) -> None:
    make_cast()
    known = keeping.Known()
    found = {name: len(known.rows(name).columns) for name in keeping.LOADERS if name not in ("facts", "changes")}
    assert (laid.MAGIC.split()[-1], found) == (NUMBER, WIDTHS)


@pytest.mark.django_db(transaction=True)
def test_it_is_not_taken_up_where_anything_speaks_against_it(folder: Path) -> None:
    cast = make_cast()
    make.deal(make.stages(make.pipeline())[0], cast.rosa)
    assert laid.find() is None
    assert lay_by()
    assert laid.find() is not None
    assert not lay_by(), "nothing happened since"

    whole = laid.path().read_bytes()
    for broken in (whole[:-1], whole[:200] + bytes([whole[200] ^ 1]) + whole[201:], b"", whole.replace(b" 5\n", b" 4\n", 1)):
        laid.path().write_bytes(broken)
        assert laid.find() is None
    laid.path().write_bytes(whole)
    assert laid.find() is not None

    # Of another past: the rows it ended with were others.
    for part in ("journal", "ledger"):
        found = laid.find()
        assert found is not None
        other = replace(found, **{part: replace(getattr(found, part), hash=bytes(32))})
        laid.path().write_bytes(laid.packed(other))
        assert laid.find() is None
        laid.path().write_bytes(whole)


@pytest.mark.django_db(transaction=True)
def test_it_is_made_anew_when_it_lies_far_behind_and_goes_with_what_is_erased(folder: Path) -> None:
    cast = make_cast()
    deal = make.deal(make.stages(make.pipeline())[0], cast.rosa)
    assert lay_by()
    ops.amend(deal=deal, facts={"amount_minor": 5}, by=cast.rosa, at=NOW)
    assert not lay_by(), f"at most {MOST_BEHIND} deals are read behind it"
    found = laid.find()
    assert found is not None
    assert found.parts["facts"][deal.pk].amount_minor != 5
    ops.discard(deal=deal, by=cast.rosa, at=NOW)
    ops.erase(deal=Deal.objects.get(), by=None, at=NOW)
    assert laid.find() is None
    assert not laid.path().exists()
