"""The next step kept on a deal is the first of what counts: a sale or a loss leaves none behind, a reopened deal has them back,
one on hold keeps them all."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.activities.queries import beside_a_deal, left_undone, read_step, steps_of
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.deals.queries.filtering import Filter, narrow
from piste.pipelines.models import Stage
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Standard
from tests import make
from tests.cast import NOW, Cast

TODAY = NOW.date()
TURNS = ("won", "lost", "binned", "held", "undone", "open")


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    """Something to do at once in the proposal’s stage, and two days later in that of customers."""
    found = make.stages(make.pipeline(by=cast.alice))
    LossReason.objects.create(name="Price")
    for place, title, days in ((3, "Send the proposal", 0), (5, "Welcome them", 2)):
        guide = Guide(activities=(Standard("task", title, offset_days=days),))
        set_guide(stage=found[place], guide=guide, by=cast.marc, at=NOW, why="Few follow up")
    return found


def plan(cast: Cast, deal: Deal, title: str, days: int | None, hours: int | None = None) -> Activity:
    on = None if days is None else TODAY + timedelta(days=days)
    moment = None if hours is None else NOW + timedelta(hours=hours)
    wanted = activities.Wanted(title=title, due_on=on, due_at=moment)
    return activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW - timedelta(days=30), deal=deal)


def next_of(deal: Deal) -> tuple[date | None, str | None]:
    """The day that is kept, and the title on the card; the card's own day is the one kept."""
    on, text = Deal.objects.annotate(step=beside_a_deal()).values_list("next_step_on", "step").get(pk=deal.pk)
    step = read_step(text)
    assert on == (step.due_on if step else None)
    return on, step.title if step else None


def turn(cast: Cast, deal: Deal, to: str, stage: Stage) -> None:
    """Closes, holds, bins or brings back a deal; what cannot be is left."""
    by = {"by": cast.rosa, "at": NOW}
    deal.refresh_from_db()
    try:
        with transaction.atomic():
            if deal.deleted_at is not None:
                deals.restore(deal=deal, **by)
            elif to == "won":
                deals.win(deal=deal, **by)
            elif to == "lost":
                deals.lose(deal=deal, reason=LossReason.objects.get(), **by)
            elif to == "held":
                deals.hold(deal=deal, until=TODAY + timedelta(days=9), today=TODAY, **by)
            elif to == "binned":
                deals.discard(deal=deal, **by)
            elif to == "undone":
                deals.undo(deal=deal, number=deal.ledger_number, **by)
            else:
                deals.move(deal=deal, to=stage, **by)
    except deals.DealError:
        pass


def test_a_sale_leaves_its_old_steps_behind(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    plan(cast, deal, "Send the invoice", 5)
    assert next_of(deal) == (TODAY, "Send the proposal")
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    assert next_of(deal) == (TODAY + timedelta(days=2), "Welcome them")
    assert [step.title for step in steps_of(deal.pk)] == ["Welcome them", "Send the invoice"]
    assert [step.title for step in left_undone(deal.pk)] == ["Send the proposal"]
    for day, states in ((TODAY + timedelta(days=1), {"later"}), (TODAY + timedelta(days=3), {"overdue"})):
        for state in ("overdue", "today", "later", "none"):
            found = narrow(Deal.objects.all(), Filter(steps=(state,)), stages=stages, at=NOW, today=day)
            assert found.exists() is (state in states), (day, state)


def test_an_hour_of_selling_that_passed_makes_no_sale_overdue(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    Activity.objects.filter(deal=deal).update(due_at=NOW - timedelta(hours=1))
    overdue = narrow(Deal.objects.all(), Filter(steps=("overdue",)), stages=stages, at=NOW, today=TODAY)
    assert overdue.exists()
    plan(cast, deal, "Send the invoice", 0)
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    assert next_of(deal) == (TODAY, "Send the invoice")
    assert not overdue.exists()


def test_a_lost_deal_has_no_next_step(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    plan(cast, deal, "Call back", -9)
    deals.lose(deal=deal, reason=LossReason.objects.get(), by=cast.rosa, at=NOW)
    assert next_of(deal) == (None, None)
    assert not steps_of(deal.pk).exists()
    assert [step.title for step in left_undone(deal.pk)] == ["Call back", "Send the proposal"]
    plan(cast, deal, "Ask again in spring", 99)
    assert next_of(deal) == (None, None)


def test_a_deal_on_hold_keeps_what_it_wakes_with(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    deals.hold(deal=deal, until=TODAY + timedelta(days=1), by=cast.rosa, at=NOW, today=TODAY)
    assert next_of(deal) == (TODAY, "Send the proposal")
    assert steps_of(deal.pk).count() == 1
    plan(cast, deal, "Look at the tender", -1)
    assert next_of(deal) == (TODAY - timedelta(days=1), "Look at the tender")
    later = NOW + timedelta(days=1)
    assert deals.wake_due(today=later.date(), at=later) == 1
    assert next_of(deal) == (TODAY - timedelta(days=1), "Look at the tender")


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(plans=[], turns=["won", "open", "undone"])
@example(plans=[], turns=["undone", "won", "open", "undone", "undone"])
@given(plans=st.lists(st.none() | st.integers(-40, 40), max_size=5), turns=st.lists(st.sampled_from(TURNS), max_size=6))
def test_a_reopened_deal_has_its_steps_back(cast: Cast, stages: list[Stage], plans: list[int | None], turns: list[str]) -> None:
    """However it was closed, held or binned between, a deal brought back open to where it was counts what it counted. (That what
    is kept is true after each turn is proved over the histories of a team.)"""
    point = transaction.savepoint_create()
    try:
        deal = make.deal(stages[3], cast.rosa)
        for number, days in enumerate(plans):
            plan(cast, deal, f"Step {number}", days)
        before = next_of(deal), [step.pk for step in steps_of(deal.pk)]
        for to in turns:
            turn(cast, deal, to, stages[3])
            deal.refresh_from_db()
            next_of(deal)
            if deal.status == "lost" or (deal.status == "open" and deal.deleted_at is not None):
                assert deal.next_step_on is None, turns
        if deal.deleted_at is not None:
            deals.restore(deal=deal, by=cast.rosa, at=NOW)
        turn(cast, deal, "open", stages[3])
        deal.refresh_from_db()
        assert (deal.status, deal.stage_id) == ("open", stages[3].pk)
        # What its time as a customer asked for is asked once in its life, and counts until somebody takes it away.
        for welcome in Activity.objects.undone().filter(deal=deal, title="Welcome them"):
            activities.discard(activity=welcome, by=cast.rosa, at=NOW)
        assert (next_of(deal), [step.pk for step in steps_of(deal.pk)]) == before
    finally:
        transaction.savepoint_rollback(point)


def test_closing_writes_the_day_in_one_statement_and_a_hold_in_none(cast: Cast, stages: list[Stage]) -> None:
    def spent(deal: Deal, to: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as told:
            turn(cast, deal, to, stages[1])
        said = [one["sql"] for one in told]
        return sum("activities_activity SET" in one for one in said), sum("SET next_step_on" in one for one in said)

    bare, busy = make.deal(stages[1], cast.rosa), make.deal(stages[1], cast.rosa)
    plan(cast, busy, "Call", 1)
    assert [spent(bare, to) for to in ("held", "open", "lost", "open")] == [(1, 0)] * 4
    assert [spent(busy, to) for to in ("held", "open", "lost", "open")] == [(1, 0), (1, 0), (1, 1), (1, 1)]
    with CaptureQueriesContext(connection) as told:
        deals.move(deal=busy, to=stages[2], by=cast.rosa, at=NOW)
    assert not [one["sql"] for one in told if "activities_activity SET" in one["sql"] or "SET next_step_on" in one["sql"]]


def test_the_migration_mends_what_was_kept_of_closed_deals(cast: Cast, stages: list[Stage]) -> None:
    made = {to: make.deal(stages[3], cast.rosa) for to in ("won", "lost", "held", "binned", "open")}
    for to, deal in made.items():
        if to != "won":
            plan(cast, deal, "Look into it", -9)
        if to != "open":
            turn(cast, deal, to, stages[3])
    true = {to: next_of(deal)[0] for to, deal in made.items()}
    # As it was kept before: the day of anything undone.
    Deal.objects.update(next_step_on=TODAY - timedelta(days=9))
    migration = import_module("piste.activities.migrations.0015_next_steps_that_count")
    with connection.cursor() as cursor:
        cursor.execute(migration.THAT_COUNT)
    assert {to: Deal.objects.get(pk=deal.pk).next_step_on for to, deal in made.items()} == true
    assert true["held"] == true["open"] == TODAY - timedelta(days=9)
    assert true["won"] == TODAY + timedelta(days=2)
    assert true["lost"] is true["binned"] is None
