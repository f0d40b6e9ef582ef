"""Split tests of the text of a template, or of an automation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from piste.activities.models import Activity
from piste.automations import operations as automations
from piste.automations.models import Automation, Run
from piste.automations.operations import catch_up, follow, look
from piste.automations.operations.running import run
from piste.automations.operations.shaping import put
from piste.automations.queries import told
from piste.automations.queries.clock import Occurrence
from piste.automations.rules import Action, Recipe, When
from piste.deals import operations as deals
from piste.deals.models import Deal
from piste.experiments import operations
from piste.experiments.models import SplitTest
from piste.experiments.queries import wording_of
from piste.experiments.queries.varied import changed_meanwhile, parts
from piste.experiments.rules import Arm, Plan, Way
from piste.people import operations as people
from piste.pipelines.models import Stage
from piste.pipelines.operations import changing
from piste.playbooks.models import Template
from piste.playbooks.operations import set_guide
from piste.playbooks.queries import guide
from piste.playbooks.rules import Guide, Standard
from piste.post.models import Letter
from piste.upkeep.queries import checks
from tests.automations.scene import automation
from tests.cast import NOW, Cast

from .scene import ASKING, CALL, DAY, WRITE, Ground


@pytest.fixture
def ground(cast: Cast) -> Ground:
    return Ground(cast)


def tasks(deal: Deal) -> list[str]:
    return list(Activity.objects.filter(deal=deal).order_by("pk").values_list("title", flat=True))


def watch(ground: Ground) -> Automation:
    return Automation.objects.get(pk=ground.watch.pk)


def adopt(test: SplitTest, ground: Ground) -> Any:
    return operations.roll_out(
        test=test, by=ground.cast.marc, at=NOW + 41 * DAY, why="It won", retest_on=date(2027, 4, 1), change="+12 points"
    )


def test_a_mail_by_template_goes_in_the_words_of_the_variant(ground: Ground) -> None:
    mails = automation(ground.pipeline, When("activity_done", activity="call"), Action("mail", template=ground.template.pk))
    got = ground.enter(ground.words())
    for letter, deal in got.items():
        contact = people.create_contact(name=f"Ada {letter}", by=ground.cast.rosa, at=NOW, email=f"{letter}@example.org".lower())
        deals.name_contacts(deal=deal, contacts=[(contact.pk, "")], by=ground.cast.rosa, at=NOW + DAY)
        assert run(automation_id=mails.pk, occurrence=Occurrence(deal.pk, f"asked {letter}", {}), at=NOW + DAY) is not None
    catch_up(at=NOW + DAY + DAY)
    sent = {row.address: row.subject for row in Letter.objects.filter(purpose="automation")}
    assert sent == {"a@example.org": "Our brochure", "b@example.org": "A question, Ada B"}
    log = {entry.told["did"][0]["template"]: entry.told["did"][0].get("letter") for entry in Run.objects.filter(deal=got["B"])}
    assert log == {"First e-mail": "B"}


def test_the_text_that_wins_is_everybodys_by_a_version_of_the_process(ground: Ground) -> None:
    test = ground.words()
    got = ground.enter(test)
    ground.conclude(test)
    # Everybody writes the same again, and no stage asks about tests any more.
    assert wording_of(got["B"].pk, ground.template.pk) is None
    assert not Stage.objects.filter(is_tested=True).exists()
    version = adopt(test, ground)
    (text,) = guide(ground.stage.pk).templates
    assert (text.id, text.name, text.subject, text.body) == (ground.template.pk, "First e-mail", ASKING.subject, ASKING.body)
    assert [change["code"] for change in version.changes] == ["playbook.template_changed"]
    assert version.evidence == {"split_test": test.pk}
    assert [check for check in checks() if not check.ok] == []


def test_a_template_of_a_later_stage_is_marked_as_long_as_it_is_tested(ground: Ground) -> None:
    later = ground.stages[2]
    set_guide(stage=later, guide=guide(ground.stage.pk), by=ground.cast.alice, at=NOW, why="There too")
    template = Template.objects.get(stage=later)
    test = ground.start(Arm("A", 50), Arm("B", 50, wordings={template.pk: ASKING}))
    assert set(Stage.objects.filter(is_tested=True)) == {ground.stage, later}
    # A playbook of that stage has templates of its own.
    other = operations.design(
        stage=later,
        plan=_plan(),
        arms=[Arm("A", 50), Arm("B", 50, guide=Guide(activities=(Standard("call", "Call"),)))],
        by=ground.cast.marc,
        at=NOW,
    )
    with pytest.raises(operations.Overlaps) as refused:
        operations.start(test=other, by=ground.cast.marc, at=NOW)
    assert (refused.value.other, refused.value.on) == (test, ["template"])
    ground.conclude(test)
    assert not Stage.objects.filter(is_tested=True).exists()


def _plan() -> Any:
    return Plan("Another", "wins", 30, Decimal(10), Decimal(3), 100)


def test_a_variant_goes_without_the_automation(ground: Ground) -> None:
    got = ground.enter(ground.ways(Way(on=False)))
    follow(at=NOW + DAY)
    assert {letter: tasks(deal) for letter, deal in got.items()} == {"A": ["Call"], "B": []}
    # The log says why.
    unrun = Run.objects.get(deal=got["B"])
    assert (unrun.state, unrun.told) == ("not_met", {"letter": "B", "number": 1})


def test_a_variant_has_other_actions_and_wins(ground: Ground) -> None:
    test = ground.ways(Way(on=True, do=(WRITE.as_json(),)))
    got = ground.enter(test)
    follow(at=NOW + DAY)
    assert {letter: tasks(deal) for letter, deal in got.items()} == {"A": ["Call"], "B": ["Write"]}
    ground.conclude(test)
    assert not watch(ground).is_tested
    version = adopt(test, ground)
    assert Recipe.of(watch(ground).recipe).actions == (WRITE,)
    assert [change["code"] for change in version.changes] == ["automation.changed"]
    assert SplitTest.objects.get(pk=test.pk).version == version


def test_a_paused_automation_runs_for_a_variant_alone(ground: Ground) -> None:
    automations.pause(automation=ground.watch, by=ground.cast.marc, at=NOW, why="To try it first")
    test = ground.ways(Way(on=True))
    assert watch(ground).is_tried
    got = ground.enter(test)
    follow(at=NOW + DAY)
    assert {letter: tasks(deal) for letter, deal in got.items()} == {"A": [], "B": ["Call"]}
    Automation.objects.update(is_tested=False)
    assert [check.name for check in checks() if not check.ok] == ["what split tests vary is marked so"]
    Automation.objects.update(is_tested=True)
    # For whom it is paused nothing is noted.
    assert not Run.objects.filter(deal=got["A"]).exists()
    ground.conclude(test)
    assert (watch(ground).is_tried, watch(ground).is_tested) == (False, False)
    adopt(test, ground)
    assert watch(ground).paused_at is None


def test_the_clock_finds_for_a_tried_automation_the_deals_of_its_variant_alone(ground: Ground) -> None:
    slow = automation(ground.pipeline, When("in_stage", days=2), CALL, name="Slow")
    automations.pause(automation=slow, by=ground.cast.marc, at=NOW, why="To try it first")
    ground.watch = slow
    got = ground.enter(ground.ways(Way(on=True)))
    look(at=NOW + 5 * DAY)
    assert {letter: tasks(deal) for letter, deal in got.items()} == {"A": [], "B": ["Call"]}


def test_too_many_runs_stop_it_for_the_variant_too(ground: Ground) -> None:
    put(ground.pipeline, [{**row, "most_per_hour": 1, "on": False} for row in told(ground.pipeline) or ()], None, NOW)
    test = ground.ways(Way(on=True))
    for _ in range(3):
        ground.enter(test)
    follow(at=NOW + DAY)
    assert (watch(ground).is_tried, watch(ground).paused_why) == (False, "rate")
    assert Run.objects.filter(automation=ground.watch, state="done").count() == 1


def test_whoever_resumes_what_is_tried_ends_the_trial(ground: Ground) -> None:
    automations.pause(automation=ground.watch, by=ground.cast.marc, at=NOW, why="To try it first")
    got = ground.enter(ground.ways(Way(on=True)))
    automations.resume(automation=ground.watch, by=ground.cast.marc, at=NOW, why="For all")
    automations.pause(automation=ground.watch, by=ground.cast.marc, at=NOW + DAY, why="Stop")
    follow(at=NOW + DAY)
    assert tasks(got["B"]) == []


def test_what_may_not_start(ground: Ground) -> None:
    with pytest.raises(operations.NothingVaried):  # It runs already.
        ground.start(Arm("A", 50), Arm("B", 50, ways={ground.watch.pk: Way(on=True)}))
    first = ground.ways(Way(on=False))
    with pytest.raises(operations.Overlaps) as refused:
        ground.start(Arm("A", 50), Arm("B", 50, ways={ground.watch.pk: Way(on=False)}), is_factorial=True)
    assert (refused.value.other, refused.value.on) == (first, ["automation"])
    gone = ground.design(Arm("A", 50), Arm("B", 50, wordings={ground.template.pk: ASKING}), is_factorial=True)
    control, other = gone.variants.order_by("position")
    by: dict[str, Any] = {"by": ground.cast.marc, "at": NOW}
    for variant, key in ((control, ground.watch.pk), (other, 999)):
        with pytest.raises(operations.NotVaried):
            operations.set_variant_way(variant=variant, automation=key, way=Way(on=False), **by)
    with pytest.raises(operations.NotVaried):
        operations.set_variant_wording(variant=other, template=999, wording=ASKING, **by)
    set_guide(stage=ground.stage, guide=Guide(), by=ground.cast.alice, at=NOW, why="Away with it")
    with pytest.raises(operations.NothingThere):
        operations.start(test=gone, by=ground.cast.marc, at=NOW)


def test_what_was_written_stays_until_it_is_taken_out(ground: Ground) -> None:
    key, watch = ground.template.pk, ground.watch.pk
    test = ground.design(Arm("A", 50), Arm("B", 50, wordings={key: ASKING}, ways={watch: Way(on=False)}))
    by: dict[str, Any] = {"by": ground.cast.marc, "at": NOW}
    operations.redesign(test=test, plan=_plan(), arms=[Arm("A", 50), Arm("Asks", 50, clock_days=2)], **by)
    found = test.variants.get(position=1)
    assert (found.wordings, found.ways, found.clock_days) == ({key: ASKING}, {watch: Way(on=False)}, 2)
    operations.set_variant_way(variant=found, automation=watch, way=None, **by)
    assert (found.wordings, found.ways) == ({key: ASKING}, {})
    assert test.variants.get(position=0).wordings == {}


def test_what_was_changed_while_a_test_ran_is_known(ground: Ground) -> None:
    test = ground.words()
    variants = list(test.variants.all())
    seen: dict[str, Any] = {"test": test, "varied": parts(test, variants), "as_of": NOW + 9 * DAY}
    at = NOW + 2 * DAY
    automations.pause(automation=ground.watch, by=ground.cast.marc, at=at, why="Not this one")
    assert changed_meanwhile(**seen) == []
    now = guide(ground.stage.pk)
    with changing(pipeline=ground.pipeline, by=ground.cast.marc, at=at, why="Better"):
        texts = tuple(replace(text, body="Hello") for text in now.templates)
        set_guide(stage=ground.stage, guide=replace(now, templates=texts), by=ground.cast.marc, at=at, why="Better")
    set_guide(stage=ground.stage, guide=Guide(), by=ground.cast.marc, at=at + DAY, why="Away with it")
    assert [(one.at, one.gone) for one in changed_meanwhile(**seen)] == [(at, False), (at + DAY, True)]
    ground.conclude(test)
    with pytest.raises(operations.NothingThere):
        adopt(test, ground)
