"""The figures of now are those of the whole history, made from less."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.deals import operations as deals
from piste.insights.queries import Scope, reading
from piste.insights.queries.figures import Within, outcomes, stage_figures
from piste.insights.queries.live import arrivals, done_by_member, feed, standing
from piste.insights.queries.reading import lately
from piste.pipelines.models import Stage
from piste.stats.history import WON
from tests import make
from tests.cast import NOW, Cast

HOUR = timedelta(hours=1)
TODAY = Within(datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC))


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    """A pipeline of old and new deals: two moved today (one there and back), one sold, one sold and taken back."""
    found = make.stages(make.pipeline(by=cast.alice))
    by = {"by": cast.rosa}
    for number in range(4):
        make.deal(found[number % 3], cast.rosa, title=f"Old {number}", at=NOW - timedelta(days=40))
    moved = make.deal(found[1], cast.rosa, title="Moved", at=NOW - timedelta(days=3), amount_minor=100)
    for stage in (2, 1, 2):
        deals.move(deal=moved, to=found[stage], at=NOW + stage * HOUR / 10, **by)
    sold = make.deal(found[2], cast.rosa, title="Sold", at=NOW - timedelta(days=2))
    deals.win(deal=sold, at=NOW + HOUR, **by)
    back = make.deal(found[3], cast.remi, title="Sold and back", at=NOW, currency="USD")
    deals.win(deal=back, at=NOW + HOUR, by=cast.remi)
    back.refresh_from_db()
    deals.undo(deal=back, number=back.ledger_number, at=NOW + HOUR, by=cast.remi)
    make.deal(found[0], cast.olga, title="Olga’s", at=NOW)
    step = activities.plan(wanted=activities.Wanted(title="Call", kind="call"), assignee=cast.rosa, deal=moved, at=NOW, **by)
    activities.do(activity=step, at=NOW, by=cast.remi)
    return found


def scope(stages: list[Stage], cast: Cast, who: str = "alice") -> Scope:
    return Scope(stages[0].pipeline, NOW + 3 * HOUR, member=getattr(cast, who))


@pytest.mark.parametrize("who", ["alice", "rosa", "olga"])
def test_they_are_those_of_the_whole_history(cast: Cast, stages: list[Stage], who: str) -> None:
    asked = scope(stages, cast, who)
    whole = reading(asked)
    assert TODAY.since is not None
    late = lately(asked, TODAY.since)
    assert len(late.facts) < len(whole.facts) or who == "olga"
    assert outcomes(late, TODAY).by_closing.won.tolist() == outcomes(whole, TODAY).by_closing.won.tolist()
    assert [(one.place, one.moves, one.deals.tolist()) for one in arrivals(late, TODAY)] == [
        (one.place, one.moves, one.deals.tolist()) for one in arrivals(whole, TODAY)
    ]
    there = standing(asked)
    for one in stage_figures(whole, TODAY):
        found = there.get(one.stage.id)
        assert (found.count if found else 0) == len(one.standing)
        assert (found.value if found else {}) == one.standing_value


def test_there_and_back_is_one_deal_and_several_moves(cast: Cast, stages: list[Stage]) -> None:
    found = {one.place: (one.moves, len(one.deals)) for one in arrivals(reading(scope(stages, cast)), TODAY)}
    assert found[2] == (2, 1)
    assert WON in found or any(place >= 5 for place in found)


def test_what_each_did_and_the_latest_moves_are_those_one_may_see(cast: Cast, stages: list[Stage]) -> None:
    assert done_by_member(scope(stages, cast), TODAY) == {cast.remi.pk: {"call": 1}}
    assert done_by_member(scope(stages, cast, "olga"), TODAY) == {}
    assert [one.name for one in feed(scope(stages, cast, "olga"), since=NOW - HOUR, most=9)] == ["Olga’s"]
    lines = feed(scope(stages, cast), since=NOW - HOUR, most=3)
    assert next((one.name, one.kind, one.by) for one in lines) == ("Sold and back", "undone", "Remi Rep")
    assert [one.at for one in lines] == sorted((one.at for one in lines), reverse=True)


def test_they_ask_as_little_of_many_deals_as_of_few(cast: Cast, stages: list[Stage]) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            late = lately(scope(stages, cast), NOW - HOUR)
            arrivals(late, TODAY), standing(late.scope), done_by_member(late.scope, TODAY), feed(late.scope, since=NOW, most=9)
        return len(found)

    few = asked()
    for number in range(5):
        make.deal(stages[number % 3], cast.rosa, title=f"More {number}")
    assert asked() == few
