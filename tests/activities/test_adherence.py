"""Adherence: one definition, whichever way one looks at it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.activities.queries import Adherence, adherence_of_deals, adherence_of_members, adherence_of_stages
from piste.company.models import Member
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.pipelines.models import Stage
from tests.cast import NOW, Cast

from .asking import asking_stages, done_at_random, enter

FIRST = date(2026, 11, 1)
TODAY = date(2026, 12, 24)


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    return asking_stages(cast)


def of_stages(stages: list[Stage], today: date = TODAY, first: date = FIRST) -> dict[int, Adherence]:
    return adherence_of_stages([stage.pk for stage in stages], among=Deal.objects.all(), first=first, today=today)


def do(activity: Activity, at: datetime) -> None:
    activities.do(activity=activity, by=activity.assignee, at=at)


def test_in_time_late_and_not(cast: Cast, stages: list[Stage]) -> None:
    """NOW is Tuesday 24 November: the call is due that day, the letter on Friday 27."""
    _one, (call, letter) = enter(stages[2], cast.rosa)
    two, (second, third) = enter(stages[2], cast.remi)
    do(call, NOW)
    do(letter, NOW + timedelta(days=6))
    do(second, NOW)
    found = of_stages(stages)
    assert found == {stages[2].pk: Adherence(deals=2, in_time=2, late=1, undone=1)}
    assert (found[stages[2].pk].share, found[stages[2].pk].share_in_time) == (0.75, 0.5)
    assert adherence_of_deals([two.pk], today=TODAY) == {two.pk: Adherence(1, 1, 0, 1)}
    people = adherence_of_members([cast.rosa.pk, cast.remi.pk], among=Deal.objects.all(), first=FIRST, today=TODAY)
    assert people == {cast.rosa.pk: Adherence(1, 1, 1, 0), cast.remi.pk: Adherence(1, 1, 0, 1)}
    assert third.assignee == cast.remi


def test_what_may_still_be_done_does_not_count(cast: Cast, stages: list[Stage]) -> None:
    """Nor does what was done ahead of a day that has not come: it would count the good ones first."""
    _deal, (_call, letter) = enter(stages[2], cast.rosa)
    do(letter, NOW)
    assert of_stages(stages, today=date(2026, 11, 24)) == {}
    assert of_stages(stages, today=date(2026, 11, 25)) == {stages[2].pk: Adherence(1, 0, 0, 1)}
    assert of_stages(stages, today=date(2026, 11, 28)) == {stages[2].pk: Adherence(1, 1, 0, 1)}
    assert of_stages(stages, first=date(2026, 11, 25)) == {stages[2].pk: Adherence(1, 1, 0, 0)}
    assert Adherence().share is None


def test_the_day_ends_where_the_assignee_is(cast: Cast, stages: list[Stage]) -> None:
    """At 23:30 UTC it is still Tuesday in London and already Wednesday in Berlin."""
    for member, zone in ((cast.rosa, "Europe/London"), (cast.remi, "Europe/Berlin")):
        Member.objects.filter(pk=member.pk).update(time_zone=zone)
        _deal, (call, _letter) = enter(stages[2], Member.objects.get(pk=member.pk))
        do(call, datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert of_stages(stages, today=date(2026, 11, 26)) == {stages[2].pk: Adherence(2, 1, 1, 0)}


def test_what_was_not_to_be_done_does_not_count(cast: Cast, stages: list[Stage]) -> None:
    reason = LossReason.objects.create(name="Price")
    lost, _steps = enter(stages[2], cast.rosa)
    deals.lose(deal=lost, reason=reason, by=cast.rosa, at=NOW + timedelta(days=1))
    held, _steps = enter(stages[2], cast.rosa)
    deals.hold(deal=held, until=date(2027, 1, 4), by=cast.rosa, at=NOW, today=NOW.date())
    binned, _steps = enter(stages[2], cast.rosa)
    deals.discard(deal=binned, by=cast.rosa, at=NOW)
    _deal, (call, letter) = enter(stages[2], cast.rosa)
    activities.discard(activity=call, by=cast.rosa, at=NOW)
    do(letter, NOW)
    activities.plan(
        wanted=activities.Wanted(title="By the way", due_on=FIRST), assignee=cast.rosa, by=cast.rosa, at=NOW, deal=lost
    )
    # Of the lost deal, the call was due before the loss and was not made.
    assert of_stages(stages) == {stages[2].pk: Adherence(deals=2, in_time=1, late=0, undone=1)}


def test_only_deals_that_are_seen(cast: Cast, stages: list[Stage]) -> None:
    enter(stages[2], cast.rosa)
    among = Deal.objects.visible_to(cast.olga).present()
    assert adherence_of_stages([stages[2].pk], among=among, first=FIRST, today=TODAY) == {}


def test_two_statements_however_many(cast: Cast, stages: list[Stage]) -> None:
    for owner in (cast.rosa, cast.remi, cast.marc):
        enter(stages[2], owner)
    with CaptureQueriesContext(connection) as asked:
        of_stages(stages)
    assert len(asked) == 2


def in_words(key: Callable[[Activity], int], *, first: date, today: date) -> dict[int, Adherence]:
    """What the docstring of the module says, row by row."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for step in Activity.objects.exclude(standard=None).select_related("deal", "assignee", "standard"):
        deal = step.deal
        assert deal is not None
        if step.due_on is None or not first <= step.due_on < today or step.deleted_at or deal.deleted_at:
            continue
        if step.done_at is not None:
            day = step.done_at.astimezone(ZoneInfo(step.assignee.time_zone)).date()
            found[key(step)].append((deal.pk, "in_time" if day <= step.due_on else "late"))
        elif deal.status == "held" or (deal.status == "lost" and deal.closed_at and deal.closed_at.date() <= step.due_on):
            continue
        else:
            found[key(step)].append((deal.pk, "undone"))
    counts = ("in_time", "late", "undone")
    return {
        one: Adherence(len({deal for deal, _ in rows}), *(sum(said == name for _, said in rows) for name in counts))
        for one, rows in found.items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_it_says_it_is(cast: Cast, stages: list[Stage], seed: int) -> None:
    people = [cast.rosa, cast.remi, cast.olga, cast.marc]
    done_at_random(random.Random(seed), stages[2], people, LossReason.objects.create(name="Price"))
    among, keys = Deal.objects.all(), [person.pk for person in people]
    for first, today in (
        (date(1990, 1, 1), TODAY),
        (date(2026, 3, 28), date(2026, 10, 25)),
        (date(2010, 3, 14), date(2010, 3, 15)),
    ):
        of_people = in_words(lambda step: step.assignee_id, first=first, today=today)
        assert adherence_of_members(keys, among=among, first=first, today=today) == of_people
        assert adherence_of_deals(among.values_list("pk", flat=True), first=first, today=today) == in_words(
            lambda step: step.deal_id or 0, first=first, today=today
        )
        assert of_stages(stages, today, first) == in_words(lambda step: stages[2].pk, first=first, today=today)
