"""Automations at work: what they do, once, and why they did not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from piste.activities import operations as activities
from piste.activities.models import Activity, Mention
from piste.automations import operations
from piste.automations.models import Automation, Cursor, Delivery, Later, Run
from piste.automations.operations import Wanted, catch_up, follow, look
from piste.automations.rules import Action, Condition, Recipe, When
from piste.deals import operations as deals
from piste.deals.models import Deal, LossReason
from piste.deals.operations.publishing import apply_definition
from piste.experiments.models import Assignment, Variant
from piste.journal.models import Entry
from piste.people import operations as people
from piste.pipelines.models import Pipeline, ProcessVersion, Stage
from piste.pipelines.operations import DraftOvertaken, WhyMissing, require
from piste.pipelines.queries import wanted
from piste.playbooks.operations import set_guide
from piste.playbooks.rules import Guide, Text
from piste.post.models import Letter
from piste.upkeep.queries.checks import checks
from piste.web.automations.naming import Names
from piste.web.automations.words import sentence
from tests import make
from tests.automations.scene import TASK, automation, states
from tests.cast import NOW, Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def pipeline(cast: Cast) -> Pipeline:
    return make.pipeline(by=cast.alice)


@pytest.fixture
def stages(pipeline: Pipeline) -> list[Stage]:
    return make.stages(pipeline)


@pytest.fixture
def deal(cast: Cast, stages: list[Stage]) -> Deal:
    return make.deal(stages[0], cast.rosa, at=NOW - 2 * DAY)


def test_a_stage_entered_is_answered_once(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    watch = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk))
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    assert [follow(at=NOW), follow(at=NOW)] == [1, 0]
    # Even when the journal is read again from its beginning.
    Cursor.objects.update(last=0)
    assert follow(at=NOW) == 0
    planned = Activity.objects.get(deal=deal, title="Call")
    assert (planned.assignee, planned.due_on) == (cast.rosa, NOW.date())
    told = Entry.objects.get(verb="activity.planned", data__title="Call")
    assert (told.cause, told.actor, told.data["name"]) == ("automation", None, watch.name)
    assert states(watch) == ["done"]


def test_the_past_is_not_answered_but_what_is_due_can_be_asked_for(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW - HOUR)
    before = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk))
    quiet = automation(deal.pipeline, When("silence", days=1), at=NOW + 30 * DAY)
    asked = automation(deal.pipeline, When("silence", days=1), at=NOW + 30 * DAY, past=True)
    follow(at=NOW)
    look(at=NOW + 30 * DAY)
    assert (states(before), states(quiet), states(asked)) == ([], [], ["done"])


def test_conditions_and_reasons_are_told(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    rich = (Condition("amount", "at_least", ("20000",)),)
    watch = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk), conditions=rich)
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    follow(at=NOW)
    run = Run.objects.get(automation=watch)
    assert (run.state, run.told["fact"], run.told["found"]) == ("not_met", "amount", ["12500.00"])
    assert not Activity.objects.filter(title="Call").exists()


def test_actions_go_through_the_rules(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    require(stage=stages[2], fact="source", to_enter=True, to_leave=False, by=cast.alice, at=NOW, why="Needed")
    actions = (
        Action("tag", text="hot"),
        Action("assign", who="member", member=cast.remi.pk),
        Action("move", stage=stages[2].pk),
        Action("set", fact="expected_close_on", days=30),
        Action("assign", who="member", member=cast.lea.pk),
        Action("task", text="Look", who="manager", days=2),
    )
    watch = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk), *actions)
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    follow(at=NOW)
    did = Run.objects.get(automation=watch).told["did"]
    assert [one["result"] for one in did] == ["done", "done", "refused", "done", "refused", "done"]
    assert (did[2]["why"], did[2]["facts"], did[4]["why"]) == ("missing", ["source"], "left")
    deal.refresh_from_db()
    assert (deal.stage, deal.owner, deal.expected_close_on) == (stages[1], cast.remi, NOW.date() + 30 * DAY)
    assert Activity.objects.get(title="Look").assignee == cast.marc
    assert all(check.ok for check in checks())


def test_deals_are_closed_and_set_aside_by_the_rules(cast: Cast, stages: list[Stage]) -> None:
    """By the same operations as by hand: what they refuse is told, what is so already is left."""
    require(stage=stages[1], fact="source", to_enter=False, to_leave=True, by=cast.alice, at=NOW, why="Needed")
    late, gone = (LossReason.objects.create(name=name, retired_at=retired) for name, retired in (("Late", None), ("Gone", NOW)))
    each = (
        Action("win"),
        Action("lose", reason=late.pk, text="Nobody answers"),
        Action("hold", days=30),
        Action("resume"),
        Action("lose", reason=gone.pk),
    )
    watch = automation(stages[0].pipeline, When("stage_entered", stage=stages[1].pk), *each)
    deal = make.deal(stages[0], cast.rosa, at=NOW - DAY)
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    follow(at=NOW)
    did = Run.objects.get(automation=watch).told["did"]
    told = [(one["result"], one.get("why")) for one in did]
    assert told == [("refused", "missing"), ("done", None), ("refused", "closed"), ("same", None), ("refused", "no_reason")]
    deal.refresh_from_db()
    assert (deal.status, deal.loss_reason) == ("lost", late)
    entry = Entry.objects.get(verb="deal.lost")
    assert (entry.actor, entry.cause, entry.data["why"], entry.data["depth"]) == (None, "automation", "Nobody answers", 1)

    asleep = automation(stages[0].pipeline, When("created"), Action("hold", days=30), Action("hold", days=9), name="Later")
    other = make.deal(stages[0], cast.rosa)
    follow(at=NOW)
    other.refresh_from_db()
    assert (other.status, other.hold_until) == ("held", NOW.date() + 30 * DAY)
    assert [one["result"] for one in Run.objects.get(automation=asleep).told["did"]] == ["done", "same"]

    assert all(check.ok for check in checks())


def test_each_in_their_turn(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    automation(deal.pipeline, When("created"), Action("turn", team=cast.north.pk))
    made = [make.deal(stages[0], cast.alice, title=str(number)) for number in range(3)]
    follow(at=NOW)
    assert [Deal.objects.get(pk=one.pk).owner for one in made] == [cast.rosa, cast.remi, cast.rosa]


@pytest.mark.parametrize(("gap", "done", "why"), [(timedelta(minutes=1), 2, "again"), (DAY, 4, "depth")])
def test_a_loop_comes_to_rest_and_says_so(
    cast: Cast, deal: Deal, stages: list[Stage], gap: timedelta, done: int, why: str
) -> None:
    there = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk), Action("move", stage=stages[0].pk))
    back = automation(deal.pipeline, When("stage_entered", stage=stages[0].pk), Action("move", stage=stages[1].pk))
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    for turn in range(8):
        follow(at=NOW + turn * gap)
    told = list(Run.objects.order_by("pk").values_list("state", flat=True))
    assert told == ["done"] * done + ["refused"]
    assert Run.objects.get(state="refused").told == {"refused": why}
    assert {*states(there), *states(back)} == {"done", "refused"}


def test_too_often_pauses_by_itself_as_a_version(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    watch = automation(deal.pipeline, When("created"), most_per_hour=2)
    Automation.objects.update(created_by=cast.marc)
    for number in range(4):
        make.deal(stages[0], cast.rosa, title=str(number))
    follow(at=NOW)
    watch.refresh_from_db()
    assert (states(watch), watch.paused_why) == (["done", "done", "refused"], "rate")
    deal.pipeline.refresh_from_db()
    version = deal.pipeline.version
    assert version is not None
    assert (version.changes[0]["code"], version.by) == ("automation.paused", None)
    assert Letter.objects.get().member == cast.marc
    operations.resume(automation=watch, by=cast.marc, at=NOW + HOUR, why="It was an import")
    follow(at=NOW + HOUR)
    assert states(watch) == ["done", "done", "refused"]


def test_a_version_tells_every_change(cast: Cast, pipeline: Pipeline) -> None:
    """Written and taken out in the draft, published; paused at once. Any version brings back what it says, with its log."""
    by: dict[str, Any] = {"by": cast.alice, "at": NOW}

    def publish() -> None:
        pipeline.refresh_from_db()
        assert pipeline.version is not None
        deals.publish_draft(pipeline=pipeline, why="Better so", seen=pipeline.version.number, **by)

    new = operations.write(pipeline=pipeline, wanted=Wanted("Watch", Recipe(When("won"), (), (TASK,))), **by)
    assert (new, Automation.objects.count()) == (-1, 0)
    publish()
    watch = Automation.objects.get()
    key: dict[str, Any] = {"pipeline": pipeline, "key": watch.pk} | by
    operations.write(wanted=Wanted("Watch", Recipe(When("lost"), (), (TASK,))), **key)
    watch.refresh_from_db()
    assert watch.kind == "won"
    publish()
    operations.pause(automation=watch, why="Too early", **by)
    with pytest.raises(WhyMissing):
        operations.resume(automation=watch, why=" ", **by)
    operations.resume(automation=watch, why="Now", **by)
    operations.take_out(**key)
    publish()
    entries = Entry.objects.filter(verb="process.changed").order_by("number")
    told = [data["changes"][0]["code"] for data in entries.values_list("data", flat=True)]
    assert told[1:] == [f"automation.{one}" for one in ("added", "changed", "paused", "resumed", "removed")]
    assert all(check.ok for check in checks())
    before = ProcessVersion.objects.get(pipeline=pipeline, number=3)
    apply_definition(pipeline=pipeline, definition=before.definition, why="As it was", **by)
    watch.refresh_from_db()
    assert (watch.retired_at, watch.paused_at, watch.kind) == (None, None, "lost")
    assert all(check.ok for check in checks())


def test_what_is_paused_while_a_draft_waits_stays_so(cast: Cast, pipeline: Pipeline) -> None:
    """The draft changes what it changes of each automation, and nothing else; who saw an older state is told."""
    first, second = (automation(pipeline, When("won"), name=name) for name in ("First", "Second"))
    by: dict[str, Any] = {"by": cast.alice, "at": NOW}
    seen = Wanted("First", Recipe.of(first.recipe)).told()
    operations.write(pipeline=pipeline, key=first.pk, wanted=Wanted("One", Recipe.of(first.recipe)), seen=seen, **by)
    with pytest.raises(DraftOvertaken):
        operations.write(pipeline=pipeline, key=first.pk, wanted=Wanted("Uno", Recipe.of(first.recipe)), seen=seen, **by)
    operations.take_out(pipeline=pipeline, key=second.pk, **by)
    operations.pause(automation=first, why="It writes to everybody", **by)
    state = wanted(pipeline)
    assert [(row["name"], row["on"]) for row in state.definition["automations"]] == [("One", False)]
    operations.put_back(pipeline=pipeline, key=second.pk, **by)
    deals.publish_draft(pipeline=pipeline, why="Names", seen=state.number, **by)
    first.refresh_from_db()
    assert (first.name, first.paused_at) == ("One", NOW)
    assert Automation.objects.in_use().count() == 2


def test_the_clock_finds_each_once_and_catches_up(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    deals.amend(deal=deal, facts={"expected_close_on": NOW.date() + 10 * DAY}, by=cast.rosa, at=NOW)
    week = automation(deal.pipeline, When("date", fact="expected_close_on", days=-7))
    quiet = automation(deal.pipeline, When("silence", days=5))
    long = automation(deal.pipeline, When("in_stage", days=9))
    assert look(at=NOW + DAY) == 0
    # The worker was down for twelve days: all three are due, and done once.
    assert [look(at=NOW + 12 * DAY), look(at=NOW + 12 * DAY), look(at=NOW + 13 * DAY)] == [3, 0, 0]
    assert (states(week), states(quiet), states(long)) == (["done"], ["done"], ["done"])
    assert Run.objects.get(automation=week).because["on"] == (NOW.date() + 10 * DAY).isoformat()
    # Once something was done, silence begins anew.
    later = NOW + 14 * DAY
    activities.do(activity=Activity.objects.filter(deal=deal).order_by("pk")[0], by=cast.rosa, at=later)
    assert [look(at=later + 5 * DAY), look(at=later + 8 * DAY)] == [0, 1]


def test_what_disturbs_waits_for_working_hours(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    ring = Action("notify", text="It has been won", who="owner")
    watch = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk), ring)
    night = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)
    deals.move(deal=deal, to=stages[1], by=cast.marc, at=night)
    follow(at=night)
    assert Run.objects.get(automation=watch).told["did"][0]["result"] == "later"
    assert Later.objects.get().due_at == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert [catch_up(at=night + HOUR), catch_up(at=night + 10 * HOUR), catch_up(at=night + 11 * HOUR)] == [0, 1, 0]
    assert Run.objects.get(automation=watch).told["did"][0]["result"] == "done"
    assert Mention.objects.get().member == cast.rosa


def test_a_deal_is_set_aside_from_one_of_its_dates(cast: Cast, stages: list[Stage]) -> None:
    before = Action("hold", fact="expected_close_on", days=-3)
    asleep = automation(stages[0].pipeline, When("stage_entered", stage=stages[1].pk), before)
    days = (NOW.date() + 10 * DAY, NOW.date() + 2 * DAY, None)
    made = [make.deal(stages[0], cast.rosa, title=str(n), expected_close_on=day) for n, day in enumerate(days)]
    for deal in made:
        deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    follow(at=NOW)
    did = [row.told["did"][0] for row in Run.objects.filter(automation=asleep).order_by("deal")]
    assert [(one["result"], one.get("why")) for one in did] == [("done", None), ("refused", "past"), ("refused", "no_day")]
    assert list(Deal.objects.order_by("pk").values_list("hold_until", flat=True)) == [NOW.date() + 7 * DAY, None, None]


def test_a_mail_by_template_honours_consent(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    text = Text("email", "Welcome", "Dear {contact},\nthank you.", "About {title}")
    set_guide(stage=stages[1], guide=Guide(templates=(text,)), by=cast.alice, at=NOW, why="Words")
    from piste.playbooks.models import Template

    by: dict[str, Any] = {"by": cast.rosa, "at": NOW}
    zita, alf = (people.create_contact(name=name, email=f"{name}@firm.example", **by) for name in ("Zita", "Alf"))
    how: dict[str, Any] = {"purpose": "email", "agreement": "withdrawn", "how": "on the phone", "said_on": NOW.date()}
    people.note_consent(contact=alf, **how, **by)
    watch = automation(
        deal.pipeline, When("stage_entered", stage=stages[1].pk), Action("mail", template=Template.objects.get().pk)
    )
    for contact in (zita, alf):
        one = make.deal(stages[0], cast.rosa, title=f"With {contact.name}", contacts=[(contact.pk, "decides")])
        deals.move(deal=one, to=stages[1], **by)
    follow(at=NOW)
    letter = Letter.objects.get()
    assert (letter.address, letter.subject) == ("Zita@firm.example", "About With Zita")
    assert letter.text.startswith("Dear Zita,\nthank you.\n\n-- \nYou receive this e-mail because of “With Zita”.")
    did = [run.told["did"][0] for run in Run.objects.filter(automation=watch).order_by("pk")]
    assert [(one["result"], one.get("why"), one.get("consent")) for one in did] == [
        ("done", None, "unknown"),
        ("refused", "no_consent", None),
    ]
    assert operations.still_wanted(letter, NOW)
    # Who never said anything is written to about what is under way alone; who agreed, about anything.
    aside = deals.hold(deal=Deal.objects.get(title="With Zita"), until=NOW.date() + DAY, today=NOW.date(), **by)
    assert not operations.still_wanted(letter, NOW)
    people.note_consent(contact=zita, **how | {"agreement": "given"}, **by)
    assert operations.still_wanted(letter, NOW)
    deals.undo(deal=aside.deal, number=aside.number, **by)
    people.note_consent(contact=zita, **how, **by)
    assert not operations.still_wanted(letter, NOW)
    people.discard(person=zita, **by)
    Deal.objects.get(title="With Zita").people.all().delete()
    deals.erase_person(person=zita, by=cast.alice, at=NOW)
    assert not Letter.objects.exists()


def test_what_is_erased_is_not_sent(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    automation(deal.pipeline, When("stage_entered", stage=stages[1].pk), Action("webhook", url="https://erp.example/"))
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    follow(at=NOW)
    assert deal.title in Delivery.objects.get().body
    deals.discard(deal=deal, by=cast.alice, at=NOW)
    deals.erase(deal=deal, by=cast.alice, at=NOW)
    gone = Delivery.objects.get()
    assert (gone.body, gone.problem) == ("", "erased")
    assert Run.objects.get().told == {}
    assert not operations.deliver(at=NOW)
    assert all(check.ok for check in checks())


def test_a_split_test_varies_an_automation(cast: Cast, pipeline: Pipeline, stages: list[Stage]) -> None:
    """Limited to a variant, it acts on the deals that drew it and on no other."""
    make.trials(pipeline, by=cast.alice)
    second = Variant.objects.get(test__stage=stages[1], position=1)
    drawn = (Condition("variant", "is", (str(second.pk),)),)
    watch = automation(pipeline, When("stage_entered", stage=stages[1].pk), Action("tag", text="hot"), conditions=drawn)
    for number in range(12):
        deals.move(deal=make.deal(stages[0], cast.rosa, title=str(number)), to=stages[1], by=cast.rosa, at=NOW)
    follow(at=NOW)
    got = set(Assignment.objects.filter(variant=second).values_list("deal_id", flat=True))
    assert 0 < len(got) < 12
    assert set(Run.objects.filter(automation=watch, state="done").values_list("deal_id", flat=True)) == got
    assert "the variant of a split test is Test running, Called sooner" in sentence(Recipe.of(watch.recipe), Names(pipeline))


def test_runs_are_cleared_after_a_year_and_not_made_anew(cast: Cast, deal: Deal, stages: list[Stage]) -> None:
    watch = automation(deal.pipeline, When("stage_entered", stage=stages[1].pk), Action("tag", text="seen"))
    quiet = automation(deal.pipeline, When("silence", days=5), Action("tag", text="asleep"))
    dated = automation(deal.pipeline, When("date", fact="expected_close_on"), Action("tag", text="due"))
    deals.amend(deal=deal, facts={"expected_close_on": NOW.date() + DAY}, by=cast.rosa, at=NOW)
    deals.move(deal=deal, to=stages[1], by=cast.rosa, at=NOW)
    assert (follow(at=NOW), look(at=NOW + 9 * DAY)) == (1, 2)
    year = NOW + 375 * DAY
    assert operations.clear_runs(at=year - 11 * DAY) == 0
    # The silence still lasts: its run stays, or it would be answered again.
    assert [operations.clear_runs(at=year, batch=1) for _ in range(3)] == [1, 1, 0]
    assert (states(watch), states(quiet), states(dated)) == ([], ["done"], [])
    watch.refresh_from_db()
    assert watch.cleared == {"done": 1}
    assert (follow(at=year), look(at=year)) == (0, 0)
    call = activities.Wanted(title="Call", kind="call")
    made = activities.plan(wanted=call, assignee=cast.rosa, deal=deal, by=cast.rosa, at=year)
    activities.do(activity=made, by=cast.rosa, at=year)
    assert operations.clear_runs(at=year) == 1
    assert all(check.ok for check in checks())
