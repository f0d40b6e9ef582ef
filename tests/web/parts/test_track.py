"""The track of a deal: what its ledger draws."""

from __future__ import annotations

from datetime import timedelta

import pytest

from piste.deals import operations
from piste.deals.models import Deal, LossReason, Move
from piste.pipelines.models import Stage
from piste.web.board.showing import ranks
from piste.web.parts.track import Track, track
from tests import make
from tests.cast import NOW


@pytest.fixture
def stages(cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deal(cast, stages) -> Deal:
    return make.deal(stages[0], cast.rosa)


def drawn(deal: Deal, stages: list[Stage], days: int = 0) -> Track:
    deal = Deal.objects.select_related("stage").get(pk=deal.pk)
    moves = list(Move.objects.filter(deal=deal).order_by("number"))
    return track(deal, moves, stages, ranks(stages), NOW + timedelta(days=days))


def go(cast, deal: Deal, stages: list[Stage], *places: int) -> None:
    """Moves a deal, ten days between two moves."""
    for number, place in enumerate(places, start=1):
        operations.move(deal=deal, to=stages[place], by=cast.rosa, at=NOW + timedelta(days=10 * number))
        deal.refresh_from_db()


def kinds(picture: Track) -> list[str]:
    return [way.kind for way in picture.ways]


def test_forward_skipped_and_back(cast, deal, stages):
    go(cast, deal, stages, 1, 3, 2, 3)
    picture = drawn(deal, stages, 45)
    assert kinds(picture) == ["done", "skip", "back", "done", "todo", "todo"]
    assert [stop.state for stop in picture.stops] == ["done", "done", "done", "", "todo", "todo"]
    skip, back = picture.ways[1], picture.ways[2]
    assert skip.said == "Meeting skipped, 14\u00a0Dec"
    assert back.said == "back on 24\u00a0Dec"
    assert (skip.place, back.place) == (42, 50)
    here = picture.stops[3]
    assert (here.said, here.count, here.tenths, here.pace) == ("since 3\u00a0Jan 2027", "5\u00a0d", "2", "")
    assert picture.stops[0].said.endswith("10\u00a0d")
    assert picture.stops[4].said == "norm 10\u00a0d"
    assert "Meeting skipped" in picture.in_words


def test_several_skipped_are_counted_and_only_the_last_of_a_kind_is_named(cast, deal, stages):
    go(cast, deal, stages, 3, 0, 4, 1)
    picture = drawn(deal, stages)
    assert kinds(picture)[:4] == ["skip", "back", "skip", "back"]
    assert [bool(way.said) for way in picture.ways[:4]] == [False, False, True, True]
    assert picture.ways[2].said.startswith("3 stages skipped")


def test_what_was_undone_leaves_no_trace(cast, deal, stages):
    go(cast, deal, stages, 3)
    operations.undo(deal=deal, number=2, by=cast.rosa, at=NOW + timedelta(days=11))
    picture = drawn(deal, stages, 11)
    assert kinds(picture) == ["todo"] * 5
    assert [stop.state for stop in picture.stops] == ["", *["todo"] * 5]


@pytest.mark.parametrize(
    ("days", "tenths", "pace"), [(0, "0", ""), (10, "10", ""), (11, "11", "is-late"), (21, "15", "is-rotting")]
)
def test_the_norm_is_held_against_the_days(cast, deal, stages, days, tenths, pace):
    here = drawn(deal, stages, days).stops[0]
    assert (here.tenths, here.pace) == (tenths, pace)


def test_the_present_stage_wears_the_status(cast, deal, stages):
    operations.hold(deal=deal, until=NOW.date() + timedelta(days=30), by=cast.rosa, at=NOW, today=NOW.date())
    here = drawn(deal, stages).stops[0]
    assert (here.rank, here.said) == ("held", "on hold, back on 24\u00a0Dec")
    operations.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=NOW)
    assert drawn(deal, stages).stops[0].rank == "lost"
    operations.win(deal=deal, by=cast.rosa, at=NOW)
    picture = drawn(deal, stages)
    assert (picture.stops[-1].rank, picture.stops[-1].said) == ("kept", "won on 24\u00a0Nov")
    assert picture.width == 600
