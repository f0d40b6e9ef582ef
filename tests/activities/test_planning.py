"""Planning, doing, putting off, and what the deal knows of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from piste.activities import operations, queries
from piste.activities.models import Activity, Outcome
from piste.activities.operations import Wanted
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.journal.models import Entry
from tests import make
from tests.cast import NOW, Cast

TODAY = NOW.date()
DAY = timedelta(days=1)


@pytest.fixture
def deal(cast: Cast) -> Deal:
    return make.deal(make.stages(make.pipeline(by=cast.alice))[0], cast.rosa)


def step(deal: Deal, cast: Cast, title: str = "Call back", on: date | None = TODAY, **facts: object) -> Activity:
    wanted = Wanted(title=title, kind="call", due_on=on, **facts)  # type: ignore[arg-type]
    return operations.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)


def next_day(deal: Deal) -> date | None:
    return Deal.objects.get(pk=deal.pk).next_step_on


def test_the_earliest_undone_is_the_next_step(cast: Cast, deal: Deal) -> None:
    assert next_day(deal) is None
    assert list(Deal.objects.without_next_step()) == [deal]
    later = step(deal, cast, "Send the offer", TODAY + 3 * DAY)
    sooner = step(deal, cast, on=TODAY + DAY)
    step(deal, cast, "One day", on=None)
    assert next_day(deal) == TODAY + DAY
    assert queries.steps_of(deal.pk)[0].pk == sooner.pk
    operations.do(activity=sooner, by=cast.rosa, at=NOW)
    assert next_day(deal) == TODAY + 3 * DAY
    operations.discard(activity=later, by=cast.rosa, at=NOW)
    assert next_day(deal) is None
    operations.restore(activity=later, by=cast.rosa, at=NOW)
    operations.take_back(activity=sooner, by=cast.rosa, at=NOW)
    assert next_day(deal) == TODAY + DAY


def test_those_with_an_hour_come_first_within_a_day(cast: Cast, deal: Deal) -> None:
    step(deal, cast, "Whenever")
    at_ten = step(deal, cast, "At ten", due_at=datetime(2026, 11, 24, 10, tzinfo=NOW.tzinfo))
    assert queries.steps_of(deal.pk)[0].pk == at_ten.pk


def test_done_and_next(cast: Cast, deal: Deal) -> None:
    first = step(deal, cast)
    wanted = Wanted(title="Send the quote", kind="email", due_on=TODAY + 2 * DAY)
    done, following = operations.do(activity=first, by=cast.rosa, at=NOW, result=" She is keen ", next=wanted)
    assert (done.result, done.done_by) == ("She is keen", cast.rosa)
    assert following is not None
    assert (following.follows_id, following.deal, following.assignee) == (first.pk, deal, cast.rosa)
    assert Deal.objects.get(pk=deal.pk).last_activity_at == NOW
    told = list(Entry.objects.of("deal", deal.pk).filter(verb__startswith="activity").values_list("verb", flat=True))
    assert sorted(told) == ["activity.done", "activity.planned", "activity.planned"]
    operations.take_back(activity=first, by=cast.rosa, at=NOW)
    assert Activity.objects.undone().get() == first


def test_what_is_done_is_not_done_twice(cast: Cast, deal: Deal) -> None:
    first = step(deal, cast)
    operations.do(activity=first, by=cast.rosa, at=NOW)
    with pytest.raises(operations.AlreadyDone):
        operations.do(activity=first, by=cast.remi, at=NOW)
    with pytest.raises(operations.AlreadyDone):
        operations.snooze(activity=first, until=TODAY + DAY, by=cast.remi, at=NOW)
    operations.take_back(activity=first, by=cast.rosa, at=NOW)
    with pytest.raises(operations.NotDone):
        operations.take_back(activity=first, by=cast.rosa, at=NOW)


def test_a_change_nobody_has_seen_is_not_overwritten(cast: Cast, deal: Deal) -> None:
    first = step(deal, cast)
    seen = first.updated_at
    operations.amend(activity=first, facts={"title": "Call Claire"}, by=cast.remi, at=NOW + timedelta(minutes=1), seen=seen)
    with pytest.raises(operations.ActivityChanged) as refused:
        operations.snooze(activity=first, until=TODAY + DAY, by=cast.rosa, at=NOW + timedelta(minutes=2), seen=seen)
    assert refused.value.activity.title == "Call Claire"


def test_an_outcome_belongs_to_its_kind(cast: Cast, deal: Deal) -> None:
    meeting = Outcome.objects.create(kind="meeting", name="Held")
    call = Outcome.objects.create(kind="call", name="Reached")
    first = step(deal, cast)
    with pytest.raises(operations.NoSuchOutcome):
        operations.do(activity=first, by=cast.rosa, at=NOW, outcome=meeting)
    done, _ = operations.do(activity=first, by=cast.rosa, at=NOW, outcome=call)
    entry = Entry.objects.of("deal", deal.pk).get(verb="activity.done")
    assert (done.outcome, entry.data["outcome"], entry.data["is_contact"]) == (call, "Reached", True)


def test_what_repeats_comes_back_on_a_working_day(cast: Cast, deal: Deal) -> None:
    """Friday 25 December is a holiday in France: the monthly check-in of 25 November comes back on the Monday after."""
    first = step(deal, cast, "Check in", date(2026, 11, 25), repeats="month")
    operations.do(activity=first, by=cast.rosa, at=NOW)
    following = Activity.objects.undone().get()
    assert (following.title, following.repeats, following.due_on) == ("Check in", "month", date(2026, 12, 28))


def test_logging_what_was_not_planned(cast: Cast, deal: Deal) -> None:
    told = operations.log(kind="call", title="Called about the price", by=cast.rosa, at=NOW, deal=deal, minutes=12)
    assert (told.done_at, told.assignee) == (NOW, cast.rosa)
    assert next_day(deal) is None
    assert Deal.objects.get(pk=deal.pk).last_activity_at == NOW


def test_nothing_is_planned_for_who_has_left_or_about_nothing(cast: Cast, deal: Deal) -> None:
    with pytest.raises(ValueError, match="left"):
        operations.plan(wanted=Wanted(title="x"), assignee=cast.lea, by=cast.rosa, at=NOW, deal=deal)
    with pytest.raises(ValueError, match="nothing"):
        operations.plan(wanted=Wanted(title="x"), assignee=cast.rosa, by=cast.rosa, at=NOW)


def test_steps_go_with_the_deal_to_its_new_owner(cast: Cast, deal: Deal) -> None:
    own = step(deal, cast)
    remis = operations.plan(wanted=Wanted(title="Price it", due_on=TODAY), assignee=cast.remi, by=cast.rosa, at=NOW, deal=deal)
    deals.amend(deal=deal, facts={"owner": cast.marc}, by=cast.marc, at=NOW)
    assert Activity.objects.get(pk=own.pk).assignee == cast.marc
    assert Activity.objects.get(pk=remis.pk).assignee == cast.remi


def test_a_leaver_leaves_nothing_undone(cast: Cast, deal: Deal) -> None:
    step(deal, cast)
    others = make.deal(deal.stage, cast.remi)
    operations.plan(wanted=Wanted(title="Help out", due_on=TODAY), assignee=cast.rosa, by=cast.remi, at=NOW, deal=others)
    deals.say_goodbye(leaver=cast.rosa, successor=cast.marc, by=cast.alice, at=NOW)
    assert set(Activity.objects.undone().values_list("assignee__name", flat=True)) == {"Marc Manager"}


def test_a_deal_that_wakes_has_a_step_for_its_owner(cast: Cast, deal: Deal) -> None:
    deals.hold(deal=deal, until=TODAY + 5 * DAY, by=cast.rosa, at=NOW, today=TODAY, why="Budget in January")
    assert deals.wake_due(today=TODAY + 9 * DAY, at=NOW + 9 * DAY) == 1
    activity = Activity.objects.undone().get()
    assert (activity.assignee, activity.due_on, activity.detail) == (cast.rosa, TODAY + 9 * DAY, "Budget in January")


def test_what_is_on_hold_or_lost_is_not_in_play(cast: Cast, deal: Deal) -> None:
    step(deal, cast)
    assert Activity.objects.steps().in_play().count() == 1
    deals.hold(deal=deal, until=TODAY + 5 * DAY, by=cast.rosa, at=NOW, today=TODAY)
    assert Activity.objects.steps().in_play().count() == 0


def test_who_may_see_it(cast: Cast, deal: Deal) -> None:
    activity = step(deal, cast)
    seers = {member.name for member in cast.everybody() if Activity.objects.visible_to(member).filter(pk=activity.pk)}
    assert seers == {"Alice Admin", "Marc Manager", "Rosa Rep", "Remi Rep"}
