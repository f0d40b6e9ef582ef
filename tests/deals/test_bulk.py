"""Many deals edited at once: as one by one, the refused told, all of it taken back at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piste.activities import operations as activities
from piste.company.operations import deactivate
from piste.deals import operations
from piste.deals.models import BulkEdit, Deal, Tag, Total
from piste.deals.operations import bulk
from piste.deals.operations.bulk import Change
from piste.deals.queries import fact_value
from piste.deals.tasks import carry_out_bulk
from piste.journal.models import Entry
from piste.pipelines.models import Stage
from piste.pipelines.queries import shape_of
from piste.pipelines.rules import Need
from piste.upkeep.queries import checks
from tests import make
from tests.cast import NOW

LATER = NOW + timedelta(minutes=5)
EVERYTHING = ("owner", "team", "source", "expected_close_on", "campaign", "custom:size", "tags", "amount_minor")


@pytest.fixture
def stages(cast) -> list[Stage]:
    return make.stages(make.pipeline(by=cast.alice))


@pytest.fixture
def deals(cast, stages) -> list[Deal]:
    """Three deals of Rosa's, unlike each other."""
    one, two, three = (make.deal(stages[place], cast.rosa, title=f"Deal {place}") for place in range(3))
    operations.name_tags(deal=one, tags=["Old", "VIP"], by=cast.rosa, at=NOW)
    operations.amend(deal=two, facts={"campaign": "Autumn"}, custom={"size": "12"}, by=cast.rosa, at=NOW)
    return [one, two, three]


def edit(cast, by: Any = None, *, deals: Any = None, **change: Any) -> BulkEdit:
    found = bulk.start(deals=Deal.objects.all() if deals is None else deals, change=Change(**change), by=by or cast.marc, at=NOW)
    bulk.carry_out(edit=found, at=NOW)
    return found


def take_back(found: BulkEdit) -> None:
    bulk.take_all_back(edit=bulk.ask_back(edit=found, at=LATER), at=LATER)


def outcomes(found: BulkEdit) -> list[tuple[str, str]]:
    return list(found.parts.order_by("deal_id").values_list("state", "reason"))


def facts() -> list[dict[str, Any]]:
    return [
        {name: fact_value(deal, name) for name in EVERYTHING} | {"stage": deal.stage_id} for deal in Deal.objects.order_by("pk")
    ]


def all_is_true() -> None:
    assert [check for check in checks() if not check.ok] == []


@pytest.fixture
def whole(cast) -> dict[str, Any]:
    source = operations.add_source(name="Fair", by=cast.alice, at=NOW)
    return {
        "facts": {"owner": cast.olga.pk, "source": source.pk, "expected_close_on": "2027-01-04", "campaign": "Autumn"},
        "custom": {"size": "12"},
        "add_tags": ("vip", "New"),
        "remove_tags": ("old",),
    }


def test_it_does_to_each_what_an_edit_of_one_does(cast, deals, whole):
    """The quick way and the operations of one deal end in the same facts, totals, search and journal."""
    step = activities.plan(
        wanted=activities.Wanted(title="Call", due_on=NOW.date()), assignee=cast.rosa, by=cast.rosa, at=NOW, deal=deals[0]
    )
    last = Entry.objects.latest("pk").pk
    found = edit(cast, **whole)
    assert outcomes(found) == [("done", "")] * 3
    all_is_true()
    at_once, totals = facts(), list(Total.objects.filter(counted__gt=0).order_by("pk").values_list("owner_id", "counted"))
    told = [(entry.verb, entry.data) for entry in Entry.objects.filter(pk__gt=last).order_by("subject_id", "number")]
    assert {data.pop("batch", None) for verb, data in told if verb != "activity.reassigned"} == {found.pk}
    step.refresh_from_db()
    assert step.assignee == cast.olga
    take_back(found)
    all_is_true()
    last = Entry.objects.latest("pk").pk
    for deal in Deal.objects.order_by("pk"):
        given = Change(**whole).rows()
        operations.amend(deal=deal, facts=given, custom=whole["custom"], by=cast.marc, at=NOW, cause="bulk")
        tags = Change(**whole).tags(fact_value(deal, "tags"))
        operations.name_tags(deal=deal, tags=tags, by=cast.marc, at=NOW, cause="bulk")
    assert facts() == at_once
    assert list(Total.objects.filter(counted__gt=0).order_by("pk").values_list("owner_id", "counted")) == totals
    one_by_one = [(entry.verb, entry.data) for entry in Entry.objects.filter(pk__gt=last).order_by("subject_id", "number")]
    assert [row for row in one_by_one if row[0] != "activity.reassigned"] == [
        row for row in told if row[0] != "activity.reassigned"
    ]


def test_all_of_it_is_taken_back_to_the_letter(cast, deals, whole):
    before = facts()
    found = edit(cast, **whole)
    assert facts() != before
    take_back(found)
    assert facts() == before
    assert outcomes(found) == [("back", "")] * 3
    all_is_true()
    with pytest.raises(operations.CannotUndo):
        bulk.ask_back(edit=found, at=LATER)


def test_what_somebody_changed_since_is_kept_and_the_others_come_back(cast, deals, whole):
    found = edit(cast, **whole)
    operations.amend(deal=deals[0], facts={"campaign": "Winter"}, by=cast.rosa, at=NOW)
    operations.name_tags(deal=deals[1], tags=[], by=cast.rosa, at=NOW)
    operations.discard(deal=deals[2], by=cast.rosa, at=NOW)
    take_back(found)
    assert outcomes(found) == [("kept", "changed"), ("kept", "changed"), ("kept", "gone")]
    assert list(found.parts.order_by("deal_id").values_list("facts", flat=True)) == [["campaign"], ["tags"], []]
    assert fact_value(Deal.objects.get(pk=deals[0].pk), "owner") == cast.olga.pk
    all_is_true()


def test_what_already_is_so_is_left_alone(cast, deals):
    found = edit(cast, facts={"campaign": "Autumn"})
    assert [state for state, _ in outcomes(found)] == ["done", "same", "done"]
    found = edit(cast, add_tags=("vip",))
    assert [state for state, _ in outcomes(found)] == ["same", "done", "done"]
    assert Tag.objects.count() == 2
    take_back(found)
    assert [state for state, _ in outcomes(found)] == ["same", "back", "back"]
    assert fact_value(deals[0], "tags") == ["Old", "VIP"]


def test_only_deals_one_sees_and_that_are_still_there(cast, deals, stages):
    hers = make.deal(stages[0], cast.olga)
    found = bulk.start(deals=Deal.objects.all(), change=Change(facts={"campaign": "Autumn"}), by=cast.rosa, at=NOW)
    operations.discard(deal=deals[2], by=cast.rosa, at=NOW)
    bulk.carry_out(edit=found, at=NOW)
    assert outcomes(found) == [("done", ""), ("same", ""), ("refused", "gone"), ("refused", "gone")]
    hers.refresh_from_db()
    assert hers.campaign == ""


def test_moves_pass_the_rules_of_a_move(cast, deals, stages):
    needs = (Need("expected_close_on", True, False),)
    shape = replace(shape_of(stages[3]), needs=needs)
    operations.reshape_stage(stage=stages[3], shape=shape, by=cast.alice, at=NOW, why="We close on time")
    operations.amend(deal=deals[0], facts={"expected_close_on": date(2027, 1, 4)}, by=cast.rosa, at=NOW)
    before = facts()
    found = edit(cast, stage=stages[3].pk, facts={"campaign": "Autumn"})
    assert outcomes(found) == [("done", ""), ("refused", "missing"), ("refused", "missing")]
    assert found.parts.get(deal=deals[1]).facts == ["expected_close_on"]
    moved, stayed, untouched = Deal.objects.order_by("pk")
    assert (moved.stage, stayed.stage, untouched.campaign) == (stages[3], stages[1], "")
    assert Entry.objects.get(verb="deal.skipped").data["batch"] == found.pk
    all_is_true()
    take_back(found)
    assert facts() == before
    assert [state for state, _ in outcomes(found)] == ["back", "refused", "refused"]
    all_is_true()


def test_a_deal_moved_on_since_stays_where_it_is(cast, deals, stages):
    found = edit(cast, stage=stages[3].pk, facts={"campaign": "Winter"})
    operations.move(deal=deals[0], to=stages[1], by=cast.rosa, at=LATER)
    operations.amend(deal=deals[1], facts={"campaign": "Spring"}, by=cast.rosa, at=LATER)
    take_back(found)
    assert outcomes(found) == [("kept", "moved_on"), ("kept", "changed"), ("back", "")]
    assert [deal.stage for deal in Deal.objects.order_by("pk")] == [stages[1], stages[3], stages[2]]
    all_is_true()


def test_deals_that_stand_there_are_edited_all_the_same(cast, deals, stages):
    found = edit(cast, stage=stages[1].pk, facts={"campaign": "Autumn"}, add_tags=("New",))
    assert outcomes(found) == [("done", "")] * 3
    found = edit(cast, stage=stages[1].pk)
    assert outcomes(found) == [("same", "")] * 3


def test_a_retired_stage_and_an_owner_who_left_refuse_every_deal(cast, deals, stages):
    started = bulk.start(deals=Deal.objects.all(), change=Change(stage=stages[4].pk), by=cast.marc, at=NOW)
    handed = bulk.start(deals=Deal.objects.all(), change=Change(facts={"owner": cast.remi.pk}), by=cast.marc, at=NOW)
    operations.retire_stage(stage=stages[4], destination=stages[3], by=cast.alice, at=NOW, why="fewer")
    deactivate(member=cast.remi, by=cast.alice, at=NOW)
    for found, reason in ((started, "retired"), (handed, "owner_left")):
        bulk.carry_out(edit=found, at=NOW)
        assert outcomes(found) == [("refused", reason)] * 3


def test_a_former_owner_who_left_does_not_come_back(cast, deals):
    found = edit(cast, facts={"owner": cast.olga.pk})
    deactivate(member=cast.rosa, by=cast.alice, at=NOW)
    take_back(found)
    assert outcomes(found) == [("kept", "not_allowed")] * 3


def test_nothing_is_nothing(cast, deals):
    with pytest.raises(bulk.NothingAsked):
        edit(cast)
    with pytest.raises(bulk.NothingAsked):
        edit(cast, deals=Deal.objects.none(), facts={"campaign": "Autumn"})
    with pytest.raises(operations.NotAllowed):
        edit(cast, facts={"owner": cast.lea.pk})
    with pytest.raises(KeyError):
        edit(cast, facts={"title": "All alike"})


def test_the_worker_goes_on_where_it_was_stopped_and_asks_twice_without_harm(cast, deals, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    found = bulk.start(deals=Deal.objects.all(), change=Change(facts={"campaign": "Winter"}), by=cast.marc, at=NOW)
    assert bulk.carry_on(edit=found, at=NOW) == 2
    assert [state for state, _ in outcomes(found)] == ["done", "done", "waiting"]
    with pytest.raises(operations.CannotUndo):
        bulk.ask_back(edit=found, at=NOW)
    for _ in range(2):
        carry_out_bulk.call(found.pk)
    assert Entry.objects.filter(verb="deal.amended", data__batch=found.pk).count() == 3
    bulk.ask_back(edit=found, at=NOW)
    assert bulk.carry_back(edit=found, at=NOW) == 2
    for _ in range(2):
        carry_out_bulk.call(found.pk)
    assert outcomes(found) == [("back", "")] * 3
    found.refresh_from_db()
    assert found.undone_at is not None


def test_many_cost_no_more_statements_than_few(cast, deals, stages, whole):
    counts = []
    for count in (3, 40):
        for place in range(count):
            make.deal(stages[0], cast.rosa, title=f"More {place}")
        found = bulk.start(deals=Deal.objects.all(), change=Change(**whole), by=cast.marc, at=NOW)
        with CaptureQueriesContext(connection) as seen:
            bulk.carry_out(edit=found, at=NOW)
        # What goes with a new owner asks for each deal what is to be done on it.
        beside = ("activit", "company_member", "SAVEPOINT")
        sent = [query for query in seen if not any(word in query["sql"] for word in beside)]
        counts.append(len(sent))
        take_back(found)
    assert counts[1] <= counts[0]
