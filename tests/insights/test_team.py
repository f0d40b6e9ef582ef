"""What members do and what comes of it: of the deals one may see and asked for, and of no others."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from piste.company.models import Member
from piste.deals import operations
from piste.deals.queries.filtering import Filter
from piste.insights.queries import Scope, reading
from piste.insights.queries.figures import Within
from piste.insights.queries.team import work
from tests import make
from tests.cast import NOW, Cast

LATER = NOW + timedelta(days=20)


@pytest.fixture
def two(cast: Cast) -> tuple[Scope, Cast]:
    """Two deals of Rosa's whose first contact was missed: one her team's, one of the other team, which Marc may not see."""
    pipeline = make.pipeline(by=cast.alice)
    stages = make.stages(pipeline)
    for team in (cast.north, cast.south):
        deal = make.deal(stages[0], cast.rosa)
        operations.amend(deal=deal, facts={"team": team}, by=cast.alice, at=NOW)
        operations.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    return Scope(pipeline=pipeline, as_of=LATER), cast


def clocks(scope: Scope, cast: Cast, *, member: Member | None = None, wanted: Filter | None = None) -> tuple[int, int]:
    """Rosa's first contacts in time, of how many."""
    asked = Scope(scope.pipeline, scope.as_of, member=member, wanted=wanted or Filter())
    found = work(reading(asked), Within(), today=LATER.date(), zone_now=LATER.astimezone(UTC))
    one = found.get(cast.rosa.pk)
    return (one.in_time.count, one.in_time.n) if one is not None else (0, 0)


def test_first_contacts_are_counted_of_what_one_may_see(two: tuple[Scope, Cast]) -> None:
    scope, cast = two
    assert clocks(scope, cast) == (0, 2)
    assert clocks(scope, cast, member=cast.alice) == (0, 2)
    assert clocks(scope, cast, member=cast.rosa) == (0, 2)
    assert clocks(scope, cast, member=cast.marc) == (0, 1)
    assert clocks(scope, cast, member=cast.olga) == (0, 0)


def test_first_contacts_are_counted_of_what_one_asked_for(two: tuple[Scope, Cast]) -> None:
    scope, cast = two
    assert clocks(scope, cast, wanted=Filter(teams=(cast.south.pk,))) == (0, 1)
    assert clocks(scope, cast, wanted=Filter(owners=(cast.olga.pk,))) == (0, 0)
