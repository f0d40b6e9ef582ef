"""What members do and what comes of it: of the deals one may see and asked for, and of no others."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Q

from piste.activities import operations as activities
from piste.activities.models import KINDS, Activity
from piste.activities.queries import adherence_of_deals, adherence_of_members
from piste.company.models import Member
from piste.deals import operations
from piste.deals.models import Deal, LossReason
from piste.deals.queries.filtering import Filter
from piste.insights.queries import Scope, reading
from piste.insights.queries.figures import Within, outcomes
from piste.insights.queries.team import FOLLOWED, done_within, due_of, expected_of, following, work
from piste.pipelines.models import Stage
from piste.qualification.models import ContactClock
from piste.qualification.queries import kept_of
from tests import make
from tests.activities.asking import asking_stages, done_at_random
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


def test_of_a_past_day_are_counted_those_that_were_as_asked_on_it(two: tuple[Scope, Cast]) -> None:
    """The team that a deal has today says nothing of then."""
    scope, cast = two
    for deal in Deal.objects.filter(team=cast.south):
        operations.amend(deal=deal, facts={"team": cast.north}, by=cast.alice, at=LATER + timedelta(days=1))
    asking = {"today": LATER.date(), "zone_now": LATER.astimezone(UTC)}
    for team, count in ((cast.south, 1), (cast.north, 1)):
        then = Scope(scope.pipeline, LATER, past=True, wanted=Filter(teams=(team.pk,)))
        assert work(reading(then), Within(), **asking)[cast.rosa.pk].in_time.n == count
    assert work(reading(Scope(scope.pipeline, LATER, past=True)), Within(), **asking)[cast.rosa.pk].in_time.n == 2


@pytest.fixture
def played(cast: Cast) -> tuple[list[Stage], list[Member]]:
    """Deals of every status, some in another pipeline, with what was asked of them, done or not."""
    stages, people = asking_stages(cast), [cast.rosa, cast.remi, cast.olga, cast.marc]
    done_at_random(random.Random(11), stages[2], people, LossReason.objects.create(name="Price"))
    other = make.stages(make.pipeline("Partners"))
    for deal in Deal.objects.filter(status="open", deleted_at=None)[:3]:
        operations.move(deal=deal, to=other[0], by=cast.rosa, at=NOW)
    return stages, people


PERIODS = [
    Within(),
    Within(datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC)),
    Within(datetime(2010, 1, 1, tzinfo=UTC), datetime(2010, 11, 7, tzinfo=UTC)),
]


@pytest.mark.parametrize("within", PERIODS)
def test_what_was_expected_of_a_member_is_named_as_often_as_it_counts(
    played: tuple[list[Stage], list[Member]], cast: Cast, within: Within
) -> None:
    stages, people = played
    read, today = reading(Scope(stages[0].pipeline, LATER, member=cast.marc)), date(2026, 10, 26)
    found = work(read, within, today=today, zone_now=LATER)
    for one in people:
        counted = found.get(one.pk)
        due = due_of(read, within, one.pk, today=today, zone_now=LATER)
        clocks_of = expected_of(read, within, one.pk, zone_now=LATER)
        assert (len(due), len(clocks_of)) == ((counted.adherence.n, counted.in_time.n) if counted is not None else (0, 0))
        seen = Deal.objects.present().filter(pipeline=stages[0].pipeline).visible_to(cast.marc)
        assert {*due.tolist(), *clocks_of.tolist()} <= set(seen.values_list("pk", flat=True))


@pytest.mark.parametrize("within", PERIODS)
def test_adherence_is_that_of_the_activities(played: tuple[list[Stage], list[Member]], cast: Cast, within: Within) -> None:
    """What is kept in columns counts as the statements count, whoever asks for whatever."""
    stages, people = played
    for member, wanted in ((None, Filter()), (cast.marc, Filter()), (cast.alice, Filter(owners=(cast.rosa.pk,)))):
        scope = Scope(stages[0].pipeline, LATER, member=member, wanted=wanted)
        among = Deal.objects.present().filter(pipeline=stages[0].pipeline)
        among = among if member is None else among.visible_to(member)
        among = among.filter(owner__in=wanted.owners) if wanted.owners else among
        read, today = reading(scope), date(2026, 10, 26)
        first = within.since.date() if within.since else date(1970, 1, 1)
        expected = adherence_of_members([one.pk for one in people], among=among, first=first, today=today)
        found = work(read, within, today=today, zone_now=LATER)
        counts = {who: (one.adherence.count, one.adherence.n) for who, one in found.items() if one.adherence.n}
        assert counts == {who: (one.in_time + one.late, one.asked) for who, one in expected.items() if who in found}
        closed = outcomes(read, within).by_closing
        won, lost = set(closed.won.tolist()), set(closed.lost.tolist())
        known = adherence_of_deals(among.values_list("pk", flat=True), today=today)
        rates = {deal: one.share for deal, one in known.items() if deal in won | lost and one.share is not None}
        groups = [[deal for deal, rate in rates.items() if (rate >= FOLLOWED) is which] for which in (True, False)]
        told = following(read, within, today=today)
        shares = [(one.count, one.n) for one in (told.followed, told.others)]
        assert shares == [(len(won.intersection(group)), len(group)) for group in groups]


def test_of_a_past_day_what_was_done_later_had_not_been(played: tuple[list[Stage], list[Member]], cast: Cast) -> None:
    """A page read as of a day says what it said that day, also of who followed the playbooks."""
    stages, _ = played
    scope, today = Scope(stages[0].pipeline, LATER, past=True), LATER.date()

    def told() -> dict[int, tuple[int, int]]:
        found = work(reading(scope), Within(), today=today, zone_now=LATER.astimezone(UTC))
        return {who: (one.adherence.count, one.adherence.n) for who, one in found.items()}

    then = told()
    late = Activity.objects.present().filter(standard__isnull=False, done_at=None, deal__status="open", due_on__lt=today)
    assert late.exists()
    for activity in late:
        activities.do(activity=activity, by=cast.alice, at=LATER + timedelta(days=1))
    assert told() == then


def clocks_at_random(chance: random.Random, people: list[Member]) -> None:
    """A clock on most deals, met around its end or around `LATER`, missed, dropped or running."""
    apart = [timedelta(microseconds=shift) for shift in (-1, 0, 1)] + [timedelta(hours=shift) for shift in (-30, 9, 400)]
    for deal in chance.sample(list(Deal.objects.order_by("pk")), 28):
        start = LATER - timedelta(hours=chance.randint(1, 6000))
        due = chance.choice([start + timedelta(hours=chance.randint(1, 90)), LATER + chance.choice(apart)])
        met = chance.choice([None, due + chance.choice(apart), LATER + chance.choice(apart)])
        dropped = due if met is None and chance.random() < 0.3 else None
        clock = {"owner": chance.choice(people), "started_at": start, "due_at": due, "met_at": met, "dropped_at": dropped}
        ContactClock.objects.update_or_create(deal=deal, defaults=clock)


@pytest.mark.parametrize("seed", range(4))
def test_first_contacts_in_time_are_those_of_the_clocks(played: tuple[list[Stage], list[Member]], cast: Cast, seed: int) -> None:
    """Over random days: what is kept in columns counts as the statement counts, whoever asks for whatever."""
    stages, people = played
    chance = random.Random(seed)
    clocks_at_random(chance, people)
    counted = 0
    for _ in range(25):
        now = LATER + timedelta(microseconds=chance.randint(-1, 1)) - timedelta(days=chance.choice([0, 0, 3, 90]))
        since = chance.choice([None, LATER - timedelta(days=chance.randint(1, 300))])
        until = chance.choice([None, LATER - timedelta(days=chance.randint(0, 200))])
        member, wanted = chance.choice([None, cast.marc, cast.rosa]), chance.choice([(), (cast.rosa.pk, cast.olga.pk)])
        among = Deal.objects.present().filter(pipeline=stages[0].pipeline)
        among = among if member is None else among.visible_to(member)
        among = among.filter(owner__in=wanted) if wanted else among
        bounds = {"since": since or datetime(1970, 1, 1, tzinfo=UTC), "until": min(until or now, now)}
        expected = {row.owner_id: (row.in_time, row.counted) for row in kept_of(among, **bounds, now=now)}
        read = reading(Scope(stages[0].pipeline, LATER, member=member, wanted=Filter(owners=wanted)))
        found = work(read, Within(since, until), today=now.date(), zone_now=now)
        told = {who: (one.in_time.count, one.in_time.n) for who, one in found.items()}
        assert {who: pair for who, pair in told.items() if pair[1]} == {who: expected[who] for who in expected if who in told}
        counted += sum(pair[1] for pair in told.values())
    assert counted > 50


@pytest.mark.parametrize("within", PERIODS)
def test_what_was_done_is_what_the_activities_say(played: tuple[list[Stage], list[Member]], cast: Cast, within: Within) -> None:
    stages, people = played
    for now in (LATER, NOW - timedelta(microseconds=1)):
        read = reading(Scope(stages[0].pipeline, LATER))
        there = Q(deleted_at=None) | Q(deleted_at__gt=now)
        rows = Activity.objects.filter(there, deal__in=list(read.facts), done_at__lt=min(within.until or now, now))
        rows = rows.filter(done_at__gte=within.since) if within.since else rows
        done, found = done_within(read, within, zone_now=now), work(read, within, today=now.date(), zone_now=now)
        for person in people:
            mine = rows.filter(done_by=person).order_by("done_at", "pk")
            assert done.keys(person.pk) == list(mine.values_list("pk", flat=True))
            counts = {kind: mine.filter(kind=kind).count() for kind in KINDS}
            assert found[person.pk].done == {kind: count for kind, count in counts.items() if count}
            for kind in KINDS:
                assert done.keys(person.pk, kind) == list(mine.filter(kind=kind).values_list("pk", flat=True))
