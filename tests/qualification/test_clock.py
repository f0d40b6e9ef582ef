"""The contact clock: from qualification to the first contact, in working time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from piste.activities import operations as activities
from piste.activities.models import Outcome
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.deals.operations import Arrival, PastMove
from piste.journal.operations import permit_removal
from piste.pipelines.models import ProcessVersion, Stage
from piste.qualification import operations, queries, rules
from piste.qualification.models import ContactClock
from tests import make
from tests.cast import NOW, Cast

HOUR = timedelta(hours=1)
#: Friday 27 November 2026, 16:00 in Paris.
FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deal(cast: Cast, stages: list[Stage]) -> Deal:
    """A deal qualified on Friday afternoon."""
    made = make.deal(stages[0], cast.rosa)
    deals.move(deal=made, to=stages[1], by=cast.rosa, at=FRIDAY)
    return made


def clock(deal: Deal) -> ContactClock:
    return ContactClock.objects.get(pk=deal.pk)


def call(deal: Deal, cast: Cast, at: datetime, outcome: Outcome | None = None) -> None:
    activities.log(kind="call", title="Called", by=cast.rosa, at=at, deal=deal, outcome=outcome)


def test_it_runs_over_working_days_only(deal: Deal) -> None:
    assert (clock(deal).started_at, clock(deal).due_at) == (FRIDAY, FRIDAY + timedelta(days=3))


def test_a_contact_stops_it(cast: Cast, deal: Deal) -> None:
    unreached = Outcome.objects.create(kind="call", name="No answer", is_contact=False)
    call(deal, cast, FRIDAY + HOUR, unreached)
    assert clock(deal).met_at is None
    call(deal, cast, FRIDAY + 2 * HOUR)
    assert clock(deal).met_at == FRIDAY + 2 * HOUR
    assert not clock(deal).is_missed(FRIDAY + timedelta(days=9))


def test_a_contact_that_was_none_lets_it_run_on(cast: Cast, deal: Deal) -> None:
    call(deal, cast, FRIDAY + HOUR)
    met_by = clock(deal).met_by
    assert met_by is not None
    activities.take_back(activity=met_by, by=cast.rosa, at=FRIDAY + 2 * HOUR)
    assert clock(deal).met_at is None


def seen_by(member: Member) -> list[str]:
    """The deals whose running clocks a member sees; their number is counted besides."""
    found = queries.running(member, queries.EVERY, 10, now=FRIDAY)
    assert queries.running_count(member, queries.EVERY, now=FRIDAY) == len(found)
    return [clock.title for clock in found]


def test_it_starts_once_and_rests_with_the_deal(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    deals.move(deal=deal, to=stages[0], by=cast.rosa, at=FRIDAY + HOUR)
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=FRIDAY + 2 * HOUR)
    assert clock(deal).started_at == FRIDAY
    deals.lose(deal=deal, reason=LossReason.objects.create(name="Price"), by=cast.rosa, at=FRIDAY + 3 * HOUR)
    assert seen_by(cast.rosa) == []
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=FRIDAY + 4 * HOUR)
    assert seen_by(cast.rosa) == [deal.title]


def test_a_version_from_before_the_clock_was_kept_still_tells_of_its_change(cast: Cast, stages: list[Stage]) -> None:
    with permit_removal(reason="as an older Piste wrote it"):
        for version in ProcessVersion.objects.all():
            version.definition.pop("clock")
            version.save()
    operations.set_clock_rule(role="meeting", working_days=3, by=cast.alice, at=NOW, why="We write first")
    told = ProcessVersion.objects.latest("pk").changes
    assert told == [{"code": "clock.changed", "stage": "", "before": "qualification:1", "after": "meeting:3"}]


def test_no_clock_where_the_company_wants_none(cast: Cast, stages: list[Stage]) -> None:
    operations.set_clock_rule(role="qualification", working_days=0, by=cast.alice, at=NOW, why="Nobody writes to us")
    made = make.deal(stages[1], cast.rosa)
    assert not ContactClock.objects.filter(pk=made.pk).exists()


def test_who_may_see_it(cast: Cast, deal: Deal) -> None:
    assert {member.first_name for member in cast.everybody() if seen_by(member)} == {"Alice", "Marc", "Rosa", "Remi"}


def test_kept_and_missed(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    late = make.deal(stages[1], cast.rosa, at=FRIDAY)
    make.deal(stages[1], cast.rosa, at=FRIDAY + timedelta(days=7))
    call(deal, cast, FRIDAY + HOUR)
    call(late, cast, FRIDAY + timedelta(days=4))
    found = queries.kept(
        owners=[cast.rosa.pk], since=NOW, until=NOW + timedelta(days=30), now=FRIDAY + timedelta(days=7, hours=1)
    )
    assert [(row.in_time, row.counted) for row in found] == [(1, 2)]


@pytest.mark.parametrize(
    ("left", "share", "state"),
    [(timedelta(hours=8), 89, "running"), (timedelta(hours=3), 33, "pressing"), (timedelta(), 0, "missed")],
)
def test_its_face(left: timedelta, share: int, state: str) -> None:
    face = rules.face(left, timedelta(hours=9), now=FRIDAY, due_at=FRIDAY + left)
    assert (face.share, face.state) == (share, state)


def test_deals_brought_in_as_they_stand_get_their_clock(cast: Cast, stages: list[Stage]) -> None:
    def arrival(title: str, days: int) -> Arrival:
        facts = {"title": title, "owner": cast.rosa, "team_id": cast.north.pk, "currency": "EUR"}
        return Arrival(facts=facts, past=[PastMove(to=stages[1], status="open", at=NOW - timedelta(days=days))])

    deals.bring_in(arrivals=[arrival("fresh", 1), arrival("old", 9)], by=None, at=NOW)
    assert operations.begin_where_due(since=NOW - timedelta(days=3)) == 1
    assert seen_by(cast.rosa) == ["fresh"]
