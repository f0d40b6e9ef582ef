"""A sale makes what the playbooks still asked of the deal needless; what was planned by hand, and the customers’ stages, stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.activities.models import Activity
from piste.activities.queries import day
from piste.activities.queries.day import Scope
from piste.deals import operations as deals
from piste.pipelines.models import Stage
from piste.pipelines.queries import shape_of
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Standard
from tests import make
from tests.cast import NOW, Cast


@pytest.fixture
def stages(cast: Cast) -> list[Stage]:
    """Something to do at once in the proposal’s stage, and in that of customers."""
    found = make.stages(make.pipeline(by=cast.alice))
    for place, title in ((3, "Send the proposal"), (5, "Welcome them")):
        guide = Guide(activities=(Standard("task", title),))
        set_guide(stage=found[place], guide=guide, by=cast.marc, at=NOW, why="Few follow up")
    return found


def asked(cast: Cast, at: timedelta = timedelta()) -> list[str]:
    now = NOW + at
    scope = Scope(member=cast.rosa, whole=False, today=now.date(), now=now)
    found = [*day.overdue(scope, 9), *day.due_today(scope, 9), *day.coming(scope, 9)]
    counts = day.counts(scope)
    assert len(found) == counts.overdue + counts.today + counts.coming
    return sorted(step.title for step in found)


def test_what_a_won_deal_still_asks(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    by_hand = activities.Wanted(title="Send the invoice", due_on=NOW.date())
    activities.plan(wanted=by_hand, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    assert asked(cast) == ["Send the invoice", "Send the proposal"]
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    deal.refresh_from_db()
    titles = ["Send the invoice", "Welcome them"] if deal.stage_id == stages[5].pk else ["Send the invoice"]
    assert asked(cast) == titles
    # It is not gone: the page of the deal has it still, and it counts for what was followed.
    assert Activity.objects.undone().filter(deal=deal, title="Send the proposal").exists()
    if deal.stage_id != stages[5].pk:
        deals.move(deal=deal, to=stages[5], by=cast.rosa, at=NOW)
    assert asked(cast) == ["Send the invoice", "Welcome them"]


def test_a_sale_taken_back_asks_again(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[3], cast.rosa)
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    assert "Send the proposal" not in asked(cast)
    deal.refresh_from_db()
    deals.undo(deal=deal, number=deal.ledger_number, by=cast.rosa, at=NOW)
    assert "Send the proposal" in asked(cast)


def test_the_customers_stages_are_those_of_today(cast: Cast, stages: list[Stage]) -> None:
    """A stage that a version makes the customers’ has what it asked of won deals count, and no more when it is not."""
    deal = make.deal(stages[3], cast.rosa)
    deals.win(deal=deal, by=cast.rosa, at=NOW)
    assert "Send the proposal" not in asked(cast)
    for role, there in (("retention", True), ("closing", False)):
        shape = replace(shape_of(stages[3]), role=role)
        deals.reshape_stage(stage=stages[3], shape=shape, by=cast.marc, at=NOW, why="another use")
        assert ("Send the proposal" in asked(cast)) is there


def test_what_is_planned_on_a_page_of_before_counts_as_the_deal_is_now(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[1], cast.rosa)
    deals.hold(deal=deal, until=NOW.date() + timedelta(days=9), by=cast.rosa, at=NOW, today=NOW.date())
    assert deal.status == "open"
    wanted = activities.Wanted(title="Ask again", due_on=NOW.date())
    step = activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    assert asked(cast) == []
    activities.do(activity=step, by=cast.rosa, at=NOW)
    deals.resume(deal=deal, by=cast.rosa, at=NOW)
    activities.take_back(activity=step, by=cast.rosa, at=NOW)
    assert asked(cast) == ["Ask again"]


def test_a_move_that_neither_closes_nor_opens_writes_nothing_of_steps(cast: Cast, stages: list[Stage]) -> None:
    deal = make.deal(stages[0], cast.rosa)
    wanted = activities.Wanted(title="Call", due_on=NOW.date())
    activities.plan(wanted=wanted, assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deal)
    with CaptureQueriesContext(connection) as told:
        deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    assert not [one["sql"] for one in told if "activities_activity SET" in one["sql"]]
    with CaptureQueriesContext(connection) as told:
        deals.hold(deal=deal, until=NOW.date() + timedelta(days=9), by=cast.rosa, at=NOW, today=NOW.date())
    assert len([one["sql"] for one in told if "activities_activity SET" in one["sql"]]) == 1
